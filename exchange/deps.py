"""What every use case of the hub is given: the database, the hub's keys, and what it is called."""

import hashlib
import hmac
import secrets
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from psycopg_pool import PoolTimeout

from exchange.domain.errors import Refusal
from exchange.quotas import USUAL, Limits, limits_of
from exchange.settings import SecretsMissing, Settings
from exchange.store.group_commit import GroupCommit
from exchange.store.session import Database
from exchange.targets import Budget
from exchange.wire.encoding import read_json
from exchange.wire.keys import PrivateKey, generate, private_from_pem, private_to_pem
from exchange.wire.signed_note import PLAIN, NoteKey, NoteSigner
from exchange.wire.witnesses import Witness, read_witnesses

PURPOSES: Final = ("answer", "receipt", "push", "words")
"""The hub's keys by what they sign: answers, receipts, pushed notes, the hub's own words."""
PEPPER: Final = "pepper"
LEDGER_KEY: Final = "ledger.pem"
LEDGER_PUBLIC: Final = "ledger.pub"
GUESSES: Final = 20
"""Bad signatures a second of which the hub tries to say what they were meant for."""
MOST_TOGETHER: Final = 500
"""Notices that are accepted in one transaction, unless one batch has more."""
UNREACHABLE: Final = (psycopg.OperationalError, PoolTimeout)
"""What a use case raises when the database cannot be reached."""


@dataclass(frozen=True)
class Hub:
    """The hub as its use cases know it. `query_deadline` is in seconds; secrets never show in a repr.

    `ledger_vkey` is the verifier key of the ledger (C2SP signed-note), `witnesses` are those that the hub asks to
    cosign it. `waiting` bounds how many callers may wait for
    their inbox at once: each holds a thread of the web. `together` is where acceptances of one process meet;
    `guessing` bounds what is spent on explaining bad signatures. `judged` holds the keys of authorities that the
    judged history bears out, once they were looked up: kid, purpose, JWK, and the number of records then. `limits` are
    the quotas; `probing` is of how many cases, within how many days, the secretariat is told.
    """

    database: Database
    exchange_id: str
    origin: str
    query_deadline: float
    keys: dict[str, PrivateKey] = field(repr=False)
    pepper: bytes = field(repr=False)
    ledger_vkey: str = ""
    witnesses: tuple[Witness, ...] = ()
    waiting: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(8), repr=False)
    guessing: Budget = field(default_factory=lambda: Budget(GUESSES), repr=False)
    judged: set[tuple[str, str, str, int]] = field(default_factory=set, repr=False)
    limits: Limits = USUAL
    probing: tuple[int, int] = (Settings.probing_cases, Settings.probing_days)
    together: GroupCommit[Any, Any] = field(default_factory=lambda: GroupCommit(MOST_TOGETHER), repr=False)

    def token_hash(self, profile: str, keyset: str, token: str) -> int:
        """Return the first 8 bytes of HMAC-SHA-256(pepper, profile|keyset|token) as PostgreSQL's bigint.

        Tokens of two keysets or profiles never meet, whatever they say.
        """
        digest = hmac.digest(self.pepper, f"{profile}|{keyset}|{token}".encode(), hashlib.sha256)
        return int.from_bytes(digest[:8], signed=True)


def make_secrets(folder: Path, ledger_key: Path | None = None) -> list[str]:
    """Make the keys that the folder lacks, readable by their owner alone; returns the names of those made.

    The ledger's key goes to `ledger_key`, where its signer alone may read, its public half into the folder.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    contents = {f"{purpose}.pem": private_to_pem(generate(purpose)) for purpose in PURPOSES}
    contents[PEPPER] = secrets.token_hex(32).encode()
    made = [name for name, content in contents.items() if _write_once(folder / name, content)]
    where = ledger_key or folder / LEDGER_KEY
    where.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    made += [LEDGER_KEY] if _write_once(where, fresh) else []
    public = _ledger_key(where).public_key().public_bytes_raw()
    return made + ([LEDGER_PUBLIC] if _write_once(folder / LEDGER_PUBLIC, public.hex().encode()) else [])


def next_key(folder: Path, purpose: str) -> PrivateKey:
    """Return the key that is to follow the hub's key for a purpose; it is made when there is none."""
    path = folder / f"{purpose}.next.pem"
    _write_once(path, private_to_pem(generate(purpose)))
    return private_from_pem(path.read_bytes(), purpose)


def switch_key(folder: Path, purpose: str) -> None:
    """Let the next key take the place of the one in use, which is kept. The hub's processes read it at their start."""
    current = folder / f"{purpose}.pem"
    kid = private_from_pem(_read(current), purpose).kid
    _write_once(folder / f"{purpose}.{kid}.pem", _read(current))
    (folder / f"{purpose}.next.pem").replace(current)


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


def _ledger_key(path: Path) -> Ed25519PrivateKey:
    key = load_pem_private_key(_read(path), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise SecretsMissing(f"{path.name} is no Ed25519 key.")
    return key


def ledger_signer(settings: Settings) -> NoteSigner:
    """Return the key of the ledger; its signer alone calls this. Raises SecretsMissing."""
    return NoteSigner(ledger_name(settings.exchange_id), _ledger_key(settings.ledger_key))


def ledger_name(exchange_id: str) -> str:
    """Return the name of an exchange's ledger: the origin line of its checkpoints."""
    return f"{exchange_id}/ledger"


def _ledger_public(folder: Path, exchange_id: str) -> NoteKey:
    public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(_read(folder / LEDGER_PUBLIC).decode()))
    return NoteKey(ledger_name(exchange_id), PLAIN, public)


def witnesses_of(settings: Settings) -> tuple[Witness, ...]:
    """Return the witnesses that the settings name, none when they name no file.

    Raises:
        Refusal: `bad-witness` when the file is not there or not of the form; `bad-json`, `bad-key`, `weak-key`.
    """
    if settings.witnesses is None:
        return ()
    try:
        content = settings.witnesses.read_bytes()
    except OSError as error:
        told = f"The file of witnesses {settings.witnesses.name} cannot be read: {type(error).__name__}."
        raise Refusal("bad-witness", told) from None
    return read_witnesses(read_json(content), urls=True)


def open_hub(settings: Settings, *, connections: int) -> Hub:
    """Return the hub that the settings describe.

    Raises SecretsMissing when a key is not there, Refusal as `witnesses_of`.
    """
    return Hub(
        database=Database(settings.database_url, most=connections),
        exchange_id=settings.exchange_id,
        origin=settings.origin,
        query_deadline=settings.query_deadline,
        keys={p: private_from_pem(_read(settings.secrets / f"{p}.pem"), p) for p in PURPOSES},
        pepper=bytes.fromhex(_read(settings.secrets / PEPPER).decode()),
        ledger_vkey=_ledger_public(settings.secrets, settings.exchange_id).vkey,
        witnesses=witnesses_of(settings),
        waiting=threading.BoundedSemaphore(max(1, settings.web_threads // 2)),
        limits=limits_of(settings),
        probing=(settings.probing_cases, settings.probing_days),
    )
