"""The third-country gate: what may pass from the Union to a participant outside it (rule L07).

Personal data leave the Union only where the Commission has found protection adequate, or under a recorded basis of
Chapter V of Regulation (EU) 2016/679 (GDPR), or of Directive (EU) 2016/680, and with a reason why it is necessary.
Without these the asylum office there may learn that there is something, and nobody else learns anything.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from exchange.domain import disclosure, members
from exchange.domain.notice import Notice, Reader


@dataclass(frozen=True, slots=True)
class Outside:
    """A participant outside the Union; `adequate_since` is None while no adequacy decision covers it."""

    state: str
    adequate_since: date | None = None


OUTSIDE: Final = (Outside("BLR"), Outside("MDA"), Outside("UKR"))


def is_gated(author: Reader, reader: Reader, at: datetime) -> bool:
    """Tell whether the gate stands between an author and a reader at a moment."""
    if not members.in_union(author.state, at):
        return False
    return any(
        one.state == reader.state and (one.adequate_since is None or one.adequate_since > at.date()) for one in OUTSIDE
    )


def is_barred(author: Reader, reader: Reader, at: datetime, *, transfer: bool) -> bool:
    """Tell whether a notice may not pass to a reader as it is; `transfer` says that it has a basis and a reason."""
    return not transfer and is_gated(author, reader, at)


def column(reader: Reader, notice: Notice, grade: str) -> str:
    """Return the column of the disclosure table in which a reader stands: past the gate at most `probable`."""
    seen_as = disclosure.column(reader, notice, grade)
    return disclosure.PROBABLE if seen_as != disclosure.NOBODY and _is_kept(notice, reader) else seen_as


def may_hint(reader: Reader, notice: Notice) -> bool:
    """Tell whether a reader may learn so much as that there is a notice: past the gate only an asylum office."""
    return reader.kind == "asylum_office" or not _is_kept(notice, reader)


def _is_kept(notice: Notice, reader: Reader) -> bool:
    return is_barred(notice.author, reader, notice.received_at, transfer=notice.transfer)
