"""Link weights that officers signed, and the notices that are weighed anew by them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from exchange.domain.judgements import Pair, Word
from exchange.domain.notice import Reader
from exchange.store.session import Tx, row, rows


@dataclass(frozen=True, slots=True)
class Signed:
    """Weights that two officers stand behind: digest, profile, version, text as it came, command, when, leaf."""

    digest: str
    profile: str
    version: str
    document: str
    command: str
    at: datetime
    leaf: int


def sign(tx: Tx, signed: Signed) -> None:
    """Store weights that count from now on. The caller holds the end of the ledger."""
    s = signed
    tx.execute(
        "INSERT INTO link_weights (digest, profile, version, document, command, at, leaf_index)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s)",
        (s.digest, s.profile, s.version, s.document, s.command, s.at, s.leaf),
    )


_SIGNED = "SELECT digest, profile, version, document, command, at, leaf_index FROM link_weights"


def last(tx: Tx, profile: str) -> Signed | None:
    """Return the weights that were signed last for a profile."""
    found = row(tx, _SIGNED + " WHERE profile = %s ORDER BY leaf_index DESC LIMIT 1", (profile,))
    return None if found is None else Signed(*found)


def of_version(tx: Tx, version: str) -> Signed | None:
    """Return signed weights by their version."""
    found = row(tx, _SIGNED + " WHERE version = %s", (version,))
    return None if found is None else Signed(*found)


_JUDGED = """
SELECT m.case_ref, n.case_ref, a.slug, a.urn, a.kind, a.state, b.slug, b.urn, b.kind, b.state,
       o.slug, o.urn, o.kind, o.state, j.verdict, j.compared, j.at, coalesce(j.at >= k.compromised_since, false)
  FROM link_judgement j JOIN notice m ON m.no = j.one JOIN notice n ON n.no = j.other
  JOIN authority a ON a.slug = m.slug JOIN authority b ON b.slug = n.slug
  JOIN authority o ON o.slug = j.slug LEFT JOIN authority_key k ON k.kid = j.kid
 WHERE j.heard AND m.case_ref IS NOT NULL AND n.case_ref IS NOT NULL ORDER BY j.no
"""


def judged(tx: Tx) -> Iterator[tuple[Pair, tuple[Reader, Reader], Word]]:
    """Yield every word on a link in the order said: the two cases, their authorities, the word.

    Not those on cases that were forgotten: weights are learned from nobody whose time is over.
    """
    for found in rows(tx, _JUDGED):
        sides = (Reader(*found[2:6]), Reader(*found[6:10]))
        pair = ((sides[0].slug, found[0]), (sides[1].slug, found[1]))
        verdict, compared, at, flagged = found[14:]
        yield pair, sides, Word(Reader(*found[10:14]), verdict, tuple(compared), at, flagged)


_PATTERNS = """
SELECT DISTINCT ON (w.place) w.place, g.pattern
  FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[])
       WITH ORDINALITY AS w (a_slug, a_case, b_slug, b_case, place)
  JOIN notice m ON m.slug = w.a_slug AND m.case_ref = w.a_case
  JOIN notice n ON n.slug = w.b_slug AND n.case_ref = w.b_case
  JOIN agreement g ON g.a = least(m.no, n.no) AND g.b = greatest(m.no, n.no)
 WHERE g.pattern <> '{}' ORDER BY w.place, g.bits DESC
"""


def patterns(tx: Tx, pairs: Sequence[Pair]) -> dict[Pair, dict[str, Any]]:
    """Return the stored evidence between these pairs of cases that spoke most for a link; none where none is stored."""
    columns = [[case[part] for case in side] for side in zip(*pairs, strict=True) for part in (0, 1)]
    found = rows(tx, _PATTERNS, tuple(columns)) if pairs else []
    return {pairs[place - 1]: pattern for place, pattern in found}


def linked_after(tx: Tx, notice: int, most: int) -> list[int]:
    """Return the next notices that are linked, above a number; at most so many."""
    sql = "SELECT notice FROM neighbourhood WHERE notice > %s ORDER BY notice LIMIT %s"
    return [no for (no,) in rows(tx, sql, (notice, most))]
