"""What leaves about one notice are over: read for the party that is entitled to it, and for nobody else."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from exchange.store.ledger import ACT_ENTRY, ACT_RECORD
from exchange.store.session import Tx, row, rows


@dataclass(frozen=True, slots=True)
class Opening:
    """A leaf with what it is over: its index, its entry (SHA-256 of salt and record), salt and record."""

    index: int
    entry: bytes
    salt: bytes
    record: bytes


@dataclass(frozen=True, slots=True)
class Act:
    """An act: its number, its record (JSON), who did it or whom it concerns; no salt for one from before salts."""

    no: int
    record: str
    salt: bytes | None
    slug: str | None
    what: str
    object: str


@dataclass(frozen=True, slots=True)
class Minute:
    """A closed minute of acts: its leaf; numbers and entries of its acts; whether all have salts of their own."""

    leaf: int
    numbers: tuple[int, ...]
    entries: tuple[bytes, ...]
    salted: bool


def of_leaf(tx: Tx, index: int) -> Opening | None:
    """Return what a leaf is over; None when that was erased, or when there is no such leaf."""
    sql = "SELECT l.index, l.entry, o.salt, o.record FROM leaf l JOIN opening o USING (index) WHERE l.index = %s"
    found = row(tx, sql, (index,))
    return None if found is None else Opening(found[0], *(bytes(one) for one in found[1:]))


def leaf_of_notice(tx: Tx, number: int) -> int:
    """Return the index of the leaf with which a notice was accepted. Raises LookupError."""
    found = row(tx, "SELECT leaf_index FROM notice WHERE no = %s", (number,))
    if found is None:
        raise LookupError(f"no notice {number}")
    return int(found[0])


def acknowledged(tx: Tx, number: int) -> list[tuple[str, str, int]]:
    """Return (slug, JWS, leaf) of the acknowledgements of a notice, in the order in which they came."""
    sql = "SELECT slug, jws, leaf_index FROM acknowledgement WHERE notice = %s ORDER BY no"
    return [(slug, jws, leaf) for slug, jws, leaf in rows(tx, sql, (number,))]


_ACTS: Final = f"SELECT no, {ACT_RECORD}, salt, slug, what, object FROM act"  # noqa: S608 -- constants
_ABOUT: Final = " WHERE object = %(about)s OR starts_with(object, %(about)s || ' ') ORDER BY no"
_SHOWN: Final = """
 WHERE slug = %(slug)s AND CASE WHEN what = 'shown' THEN %(seq)s BETWEEN split_part(object, ' ', 1)::bigint
                                                                    AND split_part(object, ' ', 2)::bigint END
 ORDER BY no
"""


def acts_about(tx: Tx, iss: str, notice_id: str) -> list[Act]:
    """Return the acts that name a notice, in their order. It goes over all acts: it is for rare use."""
    return _acts(rows(tx, _ACTS + _ABOUT, {"about": f"{iss} {notice_id}"}))


def acts_showing(tx: Tx, slug: str, seq: int) -> list[Act]:
    """Return the acts by which an authority was shown a number of its inbox."""
    return _acts(rows(tx, _ACTS + _SHOWN, {"slug": slug, "seq": seq}))


def _acts(found: Sequence[tuple[object, ...]]) -> list[Act]:
    made = []
    for no, record, salt, slug, what, of in found:
        own = bytes(salt) if isinstance(salt, bytes | memoryview) else None
        made.append(Act(int(str(no)), str(record), own, None if slug is None else str(slug), str(what), str(of)))
    return made


def minute_of(tx: Tx, act: int) -> Minute | None:
    """Return the closed minute of an act; None while it is open."""
    closing = "SELECT minute, last_act, leaf_index FROM act_leaf WHERE last_act >= %s ORDER BY minute LIMIT 1"
    closed = row(tx, closing, (act,))
    if closed is None:
        return None
    minute, last, leaf = closed
    before = row(tx, "SELECT coalesce(max(last_act), 0) FROM act_leaf WHERE minute < %s", (minute,))
    sql = f"SELECT no, {ACT_ENTRY}, salt IS NOT NULL FROM act WHERE no > %s AND no <= %s ORDER BY no"  # noqa: S608 -- constants
    found = rows(tx, sql, (before[0] if before else 0, last))
    numbers, entries = tuple(no for no, _, _ in found), tuple(bytes(entry) for _, entry, _ in found)
    return Minute(leaf, numbers, entries, all(salted for _, _, salted in found))
