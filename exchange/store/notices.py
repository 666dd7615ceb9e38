"""Notices read back as they were accepted: the signed part byte for byte, each Disclosure on its own."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from exchange.domain.notice import Reader
from exchange.store import link_shown
from exchange.store.session import Later, Tx, asked, many, row, rows


@dataclass(frozen=True, slots=True)
class Stored:
    """A notice read back: its number (in the order of the ledger), id, author, time of receipt, signed part, parts.

    `flagged` says that it came when the key that signed it was in other hands already.
    """

    no: int
    id: str
    author: Reader
    received_at: datetime
    seq: int
    jws: str
    disclosures: dict[str, str]
    flagged: bool


_NEIGHBOURS = """
SELECT n.no, n.id::text, a.slug, a.urn, a.kind, a.state, n.received_at, n.seq, n.jws,
       (SELECT string_agg(p.name || ' ' || p.disclosure, '~') FROM part p WHERE p.notice = n.no
           AND NOT EXISTS (SELECT 1 FROM erasure e WHERE e.notice = n.no AND e.name = p.name)),
       coalesce(n.received_at >= k.compromised_since, false)
  FROM notice n JOIN authority a USING (slug) JOIN authority_key k ON k.kid = n.kid
"""
_AROUND = """
 WHERE n.no IN (SELECT m.notice FROM neighbourhood m JOIN neighbourhood mine ON mine.no = m.no WHERE mine.notice = %s)
 ORDER BY n.no
"""


def _stored(found: tuple[Any, ...]) -> Stored:
    no, notice_id, slug, urn, kind, state, received_at, seq, signed, parts, flagged = found
    # as text, which is read in half the time of JSON: base64url has neither separator
    disclosures = dict(part.split(" ") for part in parts.split("~")) if parts else {}
    return Stored(no, notice_id, Reader(slug, urn, kind, state), received_at, seq, signed, disclosures, flagged)


def around(tx: Tx, number: int) -> Later[list[Stored]]:
    """Ask for every notice that any evidence ties to this one, itself included, in the order of the ledger."""
    found = asked(tx, _NEIGHBOURS + _AROUND, (number,))
    return lambda: list(map(_stored, found()))


def one(tx: Tx, number: int) -> Stored:
    """Return one notice. Raises LookupError when there is none of this number."""
    found = row(tx, _NEIGHBOURS + " WHERE n.no = %s", (number,))
    if found is None:
        raise LookupError(f"no notice {number}")
    return _stored(found)


def of_case(tx: Tx, slug: str, case: str) -> list[int]:
    """Return the numbers of an authority's notices under one of its case references."""
    found = rows(tx, "SELECT no FROM notice WHERE slug = %s AND case_ref = %s ORDER BY no", (slug, case))
    return [no for (no,) in found]


def in_case(tx: Tx, slug: str, case: str) -> list[Stored]:
    """Return an authority's notices under one of its case references, in the order of the ledger."""
    sql = _NEIGHBOURS + " WHERE n.slug = %s AND n.case_ref = %s ORDER BY n.no"
    return [_stored(found) for found in rows(tx, sql, (slug, case))]


def of_id(tx: Tx, urn: str, notice_id: str) -> Stored | None:
    """Return the notice of an authority under this id, if there is one."""
    found = row(tx, _NEIGHBOURS + " WHERE a.urn = %s AND n.id = %s", (urn, notice_id))
    return None if found is None else _stored(found)


def signed_since(tx: Tx, kid: str, since: datetime) -> list[int]:
    """Return the numbers of the notices under a key that came at a time or later."""
    found = rows(tx, "SELECT no FROM notice WHERE kid = %s AND received_at >= %s ORDER BY no", (kid, since))
    return [no for (no,) in found]


def receipt(tx: Tx, number: int) -> str:
    """Return the receipt of a notice. Raises LookupError when there is none of this number."""
    found = row(tx, "SELECT jws FROM receipt WHERE notice = %s", (number,))
    if found is None:
        raise LookupError(f"no receipt of notice {number}")
    return str(found[0])


def own(tx: Tx, slug: str, after: str, most: int) -> list[tuple[str, str, bytes]]:
    """Return (urn, id, SHA-256 of the signing input) of an authority's notices above an id, in the order of ids."""
    sql = (
        "SELECT a.urn, n.id::text, n.sha256 FROM notice n JOIN authority a USING (slug)"
        " WHERE slug = %s AND n.id > %s ORDER BY n.id LIMIT %s"
    )
    return [(urn, notice_id, sha256) for urn, notice_id, sha256 in rows(tx, sql, (slug, after, most))]


def sequence(tx: Tx, slug: str) -> tuple[int, bytes] | None:
    """Return the highest `seq` that an authority used, with the SHA-256 of the signing input of that notice."""
    found = row(tx, "SELECT seq, sha256 FROM notice WHERE slug = %s ORDER BY seq DESC, no LIMIT 1", (slug,))
    return None if found is None else (found[0], found[1])


def used(tx: Tx, places: list[tuple[str, int]]) -> set[tuple[str, int]]:
    """Return which of these places in a sequence, as (slug, seq), an accepted notice has, in one question."""
    if not places:
        return set()
    sql = (
        "SELECT slug, seq FROM unnest(%s::text[], %s::bigint[]) AS g (slug, seq)"
        " WHERE EXISTS (SELECT 1 FROM notice n WHERE n.slug = g.slug AND n.seq = g.seq)"
    )
    return {(slug, seq) for slug, seq in rows(tx, sql, ([slug for slug, _ in places], [seq for _, seq in places]))}


_SEALED = """
SELECT n, jwe, recipients FROM sealed s WHERE notice = %(no)s AND (
       NOT EXISTS (SELECT 1 FROM erasure e WHERE e.notice = s.notice AND e.name = 'sealed')
    OR EXISTS (SELECT 1 FROM kept_part k WHERE k.notice = s.notice AND k.name = 'sealed' AND k.slug = %(slug)s))
 ORDER BY n
"""


def sealed(tx: Tx, number: int, slug: str = "") -> dict[int, tuple[str, list[str]]]:
    """Return the sealed blobs of a notice that are not erased, or kept for `slug`: place -> (JWE, its recipients)."""
    found = rows(tx, _SEALED, {"no": number, "slug": slug})
    return {n: (jwe, recipients) for n, jwe, recipients in found}


def erased(tx: Tx, number: int) -> set[str]:
    """Return the names of the parts of a notice that were erased."""
    return {name for (name,) in rows(tx, "SELECT name FROM erasure WHERE notice = %s", (number,))}


def kept(tx: Tx, number: int, slug: str) -> dict[str, str]:
    """Return the Disclosures that were erased for all but this holder, by name."""
    sql = (
        "SELECT p.name, p.disclosure FROM kept_part k JOIN part p ON p.notice = k.notice AND p.name = k.name"
        " WHERE k.notice = %s AND k.slug = %s"
    )
    return dict(rows(tx, sql, (number, slug)))


def kept_names(tx: Tx, numbers: list[int]) -> set[tuple[int, str]]:
    """Return the parts (number, name) of these notices that were erased for all but some holders, and stand still."""
    sql = "SELECT p.notice, p.name FROM kept_part k JOIN part p USING (notice, name) WHERE p.notice = ANY(%s)"
    return {(no, name) for no, name in rows(tx, sql, (numbers,))}


def erase_but_for(tx: Tx, number: int, name: str, why: tuple[str, datetime], holders: list[str]) -> bool:
    """Erase one part of a notice for everybody but some holders (slugs), who must not hear that it went (L21).

    `why` is reason and moment. Says whether it was there; what was erased before stays as it is.
    """
    noted = rows(
        tx,
        "INSERT INTO erasure (notice, name, at, reason) SELECT notice, name, %s, %s FROM part"
        " WHERE notice = %s AND name = %s ON CONFLICT DO NOTHING RETURNING notice",
        (why[1], why[0], number, name),
    )
    if noted:
        many(tx, "INSERT INTO kept_part (notice, name, slug) VALUES (%s, %s, %s)", [(number, name, s) for s in holders])
    return bool(noted)


_FORGET_CASE = """
UPDATE notice n SET case_ref = NULL FROM notice o
 WHERE o.no = %(no)s AND n.slug = o.slug AND n.case_ref = o.case_ref
   AND NOT EXISTS (SELECT 1 FROM notice m JOIN part p ON p.notice = m.no AND p.name = 'hub'
                    WHERE m.slug = o.slug AND m.case_ref = o.case_ref)
"""


def erase(tx: Tx, number: int, name: str, reason: str, now: datetime) -> bool:
    """Erase one part of a notice, with the blobs when it is `sealed`; says whether there was anything to erase.

    The last hub part of a case takes its reference. The signed part, its digests and the receipt stay: everything that
    was proven stays so.
    """
    tx.execute(
        "INSERT INTO erasure (notice, name, at, reason) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING",
        (number, name, now, reason),
    )
    if name == "sealed":
        tx.execute("DELETE FROM sealed WHERE notice = %s", (number,))
    link_shown.strip(tx, number, name)
    gone = rows(tx, "DELETE FROM part WHERE notice = %s AND name = %s RETURNING notice", (number, name)) != []
    if name == "hub":
        tx.execute(_FORGET_CASE, {"no": number})
    return gone
