"""Who works on cases at an authority. The exchange knows pseudonyms, never names."""

from dataclasses import dataclass, field
from typing import Final

from exchange.domain.notice import Reader

CASEWORKER: Final = "caseworker"


@dataclass(frozen=True, slots=True)
class Caseworker:
    """A caseworker by pseudonym. `role` is caseworker or supervisor."""

    authority: Reader
    pseudonym: str
    role: str
    password_hash: str = field(repr=False)
