"""What a command of an officer is taken with: what came beside it, and the transaction that it is taken in."""

from dataclasses import dataclass, field

from exchange.deps import Hub
from exchange.store.ledger import Book
from exchange.wire.encoding import Json
from exchange.wire.key_history import History


@dataclass(frozen=True, slots=True)
class Given:
    """What comes with a command and is not signed by it.

    A bundle, the statement that a key of the hub follows another, an entry of the directory, a report, weights; an
    application with its keys; a password's hash.
    """

    bundle: str | None = None
    application: Json = field(default=None, repr=False)
    password_hash: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Acting:
    """The transaction in which a command is taken: the end of the ledger is held, the officers' history is judged."""

    hub: Hub
    book: Book
    history: History
