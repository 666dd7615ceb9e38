"""What every use case of the hub is given: the database, the hub's keys, and what it is called."""

import base64
import hashlib
import hmac
import secrets
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from psycopg_pool import PoolTimeout

from exchange.settings import Settings
from exchange.store.group_commit import GroupCommit
from exchange.store.session import Database
from exchange.targets import Budget
from exchange.wire.keys import PrivateKey, generate, private_from_pem, private_to_pem

PURPOSES: Final = ("answer", "receipt", "push", "words")
"""The hub's keys by what they sign: answers, receipts, pushed notes, the hub's own words."""
PEPPER: Final = "pepper"
LEDGER_KEY: Final = "ledger.pem"
"""The key of the ledger. The web and the workers never read it."""
GUESSES: Final = 20
"""Bad signatures a second of which the hub tries to say what they were meant for."""
MOST_TOGETHER: Final = 500
"""Notices that are accepted in one transaction, unless one batch has more."""
UNREACHABLE: Final = (psycopg.OperationalError, PoolTimeout)
"""What a use case raises when the database cannot be reached."""


class SecretsMissing(Exception):  # noqa: N818 -- it says what is missing, not that code failed
    """The folder of the hub's keys lacks one; the message says which, and how they are made."""


@dataclass(frozen=True)
class Hub:
    """The hub as its use cases know it. `query_deadline` is in seconds; secrets never show in a repr.

    `waiting` bounds how many callers may wait for their inbox at once: each holds a thread of the web. `together` is
    where acceptances of one process meet; `guessing` bounds what is spent on explaining bad signatures.
    """

    database: Database
    exchange_id: str
    origin: str
    query_deadline: float
    keys: dict[str, PrivateKey] = field(repr=False)
    pepper: bytes = field(repr=False)
    waiting: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(8), repr=False)
    guessing: Budget = field(default_factory=lambda: Budget(GUESSES), repr=False)
    together: GroupCommit[Any, Any] = field(default_factory=lambda: GroupCommit(MOST_TOGETHER), repr=False)

    def token_hash(self, token: str) -> int:
        """Return the first 8 bytes of HMAC-SHA-256(pepper, token) as PostgreSQL's bigint."""
        digest = hmac.digest(self.pepper, token.encode(), hashlib.sha256)
        return int.from_bytes(digest[:8], signed=True)


def make_secrets(folder: Path) -> list[str]:
    """Make the keys that the folder lacks, readable by their owner alone; returns the names of those made."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    contents = {f"{purpose}.pem": private_to_pem(generate(purpose)) for purpose in PURPOSES}
    contents[LEDGER_KEY] = private_to_pem(generate("answer"))
    contents[PEPPER] = secrets.token_hex(32).encode()
    return [name for name, content in contents.items() if _write_once(folder / name, content)]


def _write_once(path: Path, content: bytes) -> bool:
    if path.exists():
        return False
    path.touch(mode=0o600)
    path.write_bytes(content)
    return True


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise SecretsMissing(f"{path.name} is not in the hub's secrets; `asylum-exchange hub-keys` makes it.") from None


def ledger_vkey(exchange_id: str, folder: Path) -> str:
    """Return the verifier key of the ledger (C2SP signed-note): its name, a hash of both, and the public key."""
    public = private_from_pem(_read(folder / LEDGER_KEY), "answer").public.key
    if not isinstance(public, Ed25519PublicKey):
        raise SecretsMissing(f"{LEDGER_KEY} is no Ed25519 key.")
    name, key = f"{exchange_id}/ledger", b"\x01" + public.public_bytes_raw()
    hashed = hashlib.sha256(f"{name}\n".encode() + key).digest()[:4].hex()
    return f"{name}+{hashed}+{base64.b64encode(key).decode()}"


def open_hub(settings: Settings, *, connections: int) -> Hub:
    """Return the hub that the settings describe. Raises SecretsMissing when a key is not there."""
    return Hub(
        database=Database(settings.database_url, most=connections),
        exchange_id=settings.exchange_id,
        origin=settings.origin,
        query_deadline=settings.query_deadline,
        keys={p: private_from_pem(_read(settings.secrets / f"{p}.pem"), p) for p in PURPOSES},
        pepper=bytes.fromhex(_read(settings.secrets / PEPPER).decode()),
        waiting=threading.BoundedSemaphore(max(1, settings.web_threads // 2)),
    )
