"""What every use case of the hub is given: the database, the hub's keys, and what it is called."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import psycopg
from psycopg_pool import PoolTimeout

from exchange.settings import Settings
from exchange.store.session import Database
from exchange.wire.keys import PrivateKey, generate, private_from_pem, private_to_pem

PURPOSES: Final = ("answer", "receipt", "words")
"""The hub's keys by what they sign: answers, receipts, and the hub's own words. The log has a signer of its own."""
PEPPER: Final = "pepper"
UNREACHABLE: Final = (psycopg.OperationalError, PoolTimeout)
"""What a use case raises when the database cannot be reached."""


class SecretsMissing(Exception):  # noqa: N818 -- it says what is missing, not that code failed
    """The folder of the hub's keys lacks one; the message says which, and how they are made."""


@dataclass(frozen=True)
class Hub:
    """The hub as its use cases know it. `query_deadline` is in seconds; secrets never show in a repr."""

    database: Database
    exchange_id: str
    origin: str
    query_deadline: float
    keys: dict[str, PrivateKey] = field(repr=False)
    pepper: bytes = field(repr=False)

    def token_hash(self, token: str) -> int:
        """Return the first 8 bytes of HMAC-SHA-256(pepper, token) as PostgreSQL's bigint."""
        digest = hmac.digest(self.pepper, token.encode(), hashlib.sha256)
        return int.from_bytes(digest[:8], signed=True)


def make_secrets(folder: Path) -> list[str]:
    """Make the keys that the folder lacks, readable by their owner alone; returns the names of those made."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    contents = {f"{purpose}.pem": private_to_pem(generate(purpose)) for purpose in PURPOSES}
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


def open_hub(settings: Settings, *, connections: int) -> Hub:
    """Return the hub that the settings describe. Raises SecretsMissing when a key is not there."""
    return Hub(
        database=Database(settings.database_url, most=connections),
        exchange_id=settings.exchange_id,
        origin=settings.origin,
        query_deadline=settings.query_deadline,
        keys={p: private_from_pem(_read(settings.secrets / f"{p}.pem"), p) for p in PURPOSES},
        pepper=bytes.fromhex(_read(settings.secrets / PEPPER).decode()),
    )
