"""What the hub needs to know before it says a word of its own: what it said before, and who was given what."""

from dataclasses import dataclass
from datetime import datetime

from exchange.store.session import Tx, rows


@dataclass(frozen=True, slots=True)
class Given:
    """A notice in somebody's inbox: which, whose, when, and in which column of the disclosure table it is seen."""

    notice: int
    slug: str
    at: datetime
    seen_as: str


def causes(tx: Tx, slug: str, prefix: str) -> list[str]:
    """Return the causes of items in an inbox that begin with a text, in the order of the items."""
    sql = "SELECT cause FROM inbox WHERE slug = %s AND starts_with(cause, %s) ORDER BY seq"
    return [cause for (cause,) in rows(tx, sql, (slug, prefix))]


def given(tx: Tx, slugs: list[str], notices: list[int]) -> list[Given]:
    """Return which of these notices are in the inboxes of these authorities, each the first time that it came."""
    sql = (
        "SELECT DISTINCT ON (slug, notice) notice, slug, at, item ->> 'seen_as' FROM inbox"
        " WHERE slug = ANY(%s) AND notice = ANY(%s) ORDER BY slug, notice, seq"
    )
    return [Given(*found) for found in rows(tx, sql, (slugs, notices))]
