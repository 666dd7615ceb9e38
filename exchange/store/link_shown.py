"""What authorities were shown of links last, for when they may hear nothing new of a person any more."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from psycopg.types.json import Jsonb

from exchange.store.session import Tx, many, rows

_KEEPING: Final = 4208
"""Advisory lock, one for each authority: two requests keep the same links, and must not wait for each other."""

First = tuple[int, int]
"""The numbers of the first notices of the two cases of a link, as the id of the link has them."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A link as it was shown last: `body` as `exchange.domain.link_memory.kept` makes it, `at` when it changed last."""

    body: dict[str, Any]
    at: datetime


def of(tx: Tx, slug: str, numbers: Collection[int]) -> dict[First, Shown]:
    """Return what an authority was shown last of links among these notices, by the links' first notices."""
    found = rows(
        tx,
        "SELECT one, other, body, at FROM link_shown WHERE slug = %s AND one = ANY(%s) ORDER BY one, other",
        (slug, list(numbers)),
    )
    return {(one, other): Shown(body, at) for one, other, body, at in found}


def change(tx: Tx, slug: str, bodies: Mapping[First, dict[str, Any]], gone: Collection[First], now: datetime) -> None:
    """Keep what an authority is shown of links, and forget those that it was seen to have no more."""
    if not bodies and not gone:
        return
    tx.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", (_KEEPING, slug))
    many(
        tx,
        "INSERT INTO link_shown (slug, one, other, body, at) VALUES (%s, %s, %s, %s, %s)"
        " ON CONFLICT (slug, one, other) DO UPDATE SET body = excluded.body, at = excluded.at",
        [(slug, *first, Jsonb(body), now) for first, body in sorted(bodies.items(), key=lambda item: item[0])],
    )
    many(
        tx,
        "DELETE FROM link_shown WHERE slug = %s AND one = %s AND other = %s",
        [(slug, *first) for first in sorted(gone)],
    )


def forget(tx: Tx, numbers: list[int]) -> None:
    """Forget what anybody was shown of links with these notices."""
    tx.execute("DELETE FROM link_shown WHERE one = ANY(%(of)s) OR other = ANY(%(of)s)", {"of": numbers})


_MEMBERS: Final = {"facts": ["facts"], "safeguards": ["safeguards"], "hub": ["danger", "source"]}
"""Part of a notice -> the members of a shown notice that come from it."""
_STRIP: Final = """
UPDATE link_shown SET body = jsonb_set(body, '{notices}', (
    SELECT jsonb_agg(CASE WHEN n -> 'no' = to_jsonb(%(no)s::bigint) THEN n - %(members)s::text[] ELSE n END
                     ORDER BY place)
      FROM jsonb_array_elements(body -> 'notices') WITH ORDINALITY AS e (n, place)))
 WHERE body -> 'notices' @> jsonb_build_array(jsonb_build_object('no', %(no)s::bigint))
   AND one IN (SELECT m.notice FROM neighbourhood mine JOIN neighbourhood m ON m.no = mine.no
                WHERE mine.notice = %(no)s)
"""


def strip(tx: Tx, number: int, part: str) -> None:
    """Take a part of a notice that is erased out of what anybody was shown of links."""
    if part in _MEMBERS:
        tx.execute(_STRIP, {"no": number, "members": _MEMBERS[part]})
