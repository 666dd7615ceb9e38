"""Caseworkers on the console: accounts, sign-in, sessions, and the password that every act asks for again."""

import hashlib
import secrets
import threading
from datetime import datetime, timedelta
from functools import cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from exchange.deps import Hub
from exchange.domain.caseworker import Caseworker
from exchange.domain.errors import Refusal
from exchange.domain.notice import Reader
from exchange.store import accounts, ledger
from exchange.store.session import Tx

SESSION: Final = timedelta(hours=8)
TRIES: Final = 5
"""Failed tries at one account before it must wait."""
WAIT: Final = timedelta(minutes=5)
SHORTEST_PASSWORD: Final = 12
_HASHER: Final = PasswordHasher()
_AT_ONCE: Final = threading.BoundedSemaphore(2)
"""argon2 takes 64 MiB a hash: so many run at a time in one process."""


@cache
def _nobody() -> str:
    """Return a hash that no password fits: it is checked when there is no such account, so that time does not tell."""
    return _HASHER.hash(secrets.token_hex(16))


def hash_of(password: str) -> str:
    """Return the hash of a new password. Raises Refusal `weak-password`."""
    if len(password) < SHORTEST_PASSWORD:
        raise Refusal("weak-password", f"A password has at least {SHORTEST_PASSWORD} characters.")
    with _AT_ONCE:
        return _HASHER.hash(password)


def add_account(tx: Tx, authority: Reader, account: tuple[str, str, str], now: datetime) -> None:
    """Give a caseworker an account: pseudonym, role, hash of the password. It is disabled until `open_account`.

    Raises Refusal `already-enrolled`.
    """
    accounts.add(tx, Caseworker(authority, *account), now)


def open_account(tx: Tx, slug: str, pseudonym: str) -> None:
    """Let a caseworker sign in."""
    accounts.enable(tx, slug, pseudonym)


def check_password(hub: Hub, slug: str, pseudonym: str, password: str, now: datetime) -> Caseworker:
    """Return the caseworker whose password this is.

    Raises Refusal `sign-in-failed`, alike for an unknown account and a wrong password, and `sign-in-waits` when there
    were too many failed tries.
    """
    with hub.database.transaction() as tx:
        who = accounts.find(tx, slug, pseudonym)
        if accounts.failures(tx, slug, pseudonym, now - WAIT) >= TRIES:
            raise Refusal("sign-in-waits", "Too many failed tries. Wait five minutes and try again.")
    if _fits(who.password_hash if who else _nobody(), password) and who is not None:
        return who
    with hub.database.transaction() as tx:
        accounts.note_failure(tx, slug, pseudonym, now)
    raise Refusal("sign-in-failed", "Authority, pseudonym or password is wrong.")


def _fits(password_hash: str, password: str) -> bool:
    with _AT_ONCE:
        try:
            return _HASHER.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False


def sign_in(hub: Hub, slug: str, pseudonym: str, password: str, now: datetime) -> str:
    """Start a session; returns its token, which only the caseworker's browser keeps. Raises as `check_password`."""
    who = check_password(hub, slug, pseudonym, password, now)
    token = secrets.token_urlsafe(32)
    with hub.database.transaction() as tx:
        accounts.start_session(tx, who, _digest(token), now, now + SESSION)
        ledger.act(
            tx, {"at": now, "slug": slug, "pseudonym": pseudonym, "what": "sign_in", "object": "", "purpose": ""}
        )
    return token


def signed_in(hub: Hub, token: str, now: datetime) -> Caseworker | None:
    """Return whose session this is, or None."""
    with hub.database.transaction() as tx:
        return accounts.in_session(tx, _digest(token), now)


def sign_out(hub: Hub, token: str) -> None:
    """End a session."""
    with hub.database.transaction() as tx:
        accounts.end_session(tx, _digest(token))


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
