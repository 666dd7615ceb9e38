"""What caseworkers said of links between cases, and where there are links that somebody could judge."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from exchange.domain.judgements import Pair, Word
from exchange.domain.notice import Reader
from exchange.domain.weighing.evidence import of_json
from exchange.store.links import Decision
from exchange.store.session import Tx, row, rows

_JUDGING: Final = 4206
"""Advisory lock, one for each pair of cases: what a word does follows from those before it."""


def hold(tx: Tx, pair: Pair) -> None:
    """Let nobody else speak on a link until this transaction ends."""
    key = "\n".join(part for case in pair for part in case)
    tx.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", (_JUDGING, key))


def add(tx: Tx, pair: Pair, word: Word, said: tuple[str, datetime], *, heard: bool = True) -> int:
    """Store what a caseworker said of a link, `said` by which pseudonym and when; returns the number of the word.

    One that is not heard has no effect but on what its own authority is shown (L21, L22).
    """
    found = row(
        tx,
        "INSERT INTO link_judgement (a_slug, a_case, b_slug, b_case, verdict, slug, pseudonym, at, compared,"
        " heard) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING no",
        (*pair[0], *pair[1], word.verdict, word.by.slug, *said, list(word.compared), heard),
    )
    return int(found[0]) if found else 0


_AROUND: Final = """
WITH near AS (
    SELECT DISTINCT n.slug, n.case_ref FROM neighbourhood mine
      JOIN neighbourhood m ON m.no = mine.no JOIN notice n ON n.no = m.notice WHERE mine.notice = %(notice)s)
SELECT j.a_slug, j.a_case, j.b_slug, j.b_case, o.slug, o.urn, o.kind, o.state, j.verdict, j.compared
  FROM near JOIN link_judgement j ON j.a_slug = near.slug AND j.a_case = near.case_ref
  JOIN authority o ON o.slug = j.slug
 WHERE j.heard AND (%(until)s::timestamptz IS NULL OR j.at <= %(until)s) ORDER BY j.no
"""


def around(tx: Tx, notice: int, until: datetime | None = None) -> dict[Pair, list[Word]]:
    """Return what was said of links among the cases that hang together with a notice, the first word first.

    With `until`, only what had been said by that moment.
    """
    found: dict[Pair, list[Word]] = {}
    said = rows(tx, _AROUND, {"notice": notice, "until": until})
    for a_slug, a_case, b_slug, b_case, slug, urn, kind, state, verdict, compared in said:
        pair = ((a_slug, a_case), (b_slug, b_case))
        found.setdefault(pair, []).append(Word(Reader(slug, urn, kind, state), verdict, tuple(compared)))
    return found


_HEARD_BY: Final = """
SELECT o.slug, o.urn, o.kind, o.state, j.verdict, j.compared FROM link_judgement j JOIN authority o ON o.slug = j.slug
 WHERE (j.a_slug, j.a_case, j.b_slug, j.b_case) = (%s, %s, %s, %s)
   AND CASE WHEN j.heard THEN j.at <= %s ELSE j.slug = %s END ORDER BY j.no
"""


def as_shown(tx: Tx, pair: Pair, slug: str, at: datetime) -> list[Word]:
    """Return what had been said of a link by a moment, and what an authority has said since that nobody else hears."""
    found = rows(tx, _HEARD_BY, (*pair[0], *pair[1], at, slug))
    return [Word(Reader(*by), verdict, tuple(compared)) for *by, verdict, compared in found]


LOOKED: Final = 1000
"""Notices of an authority, the newest, among which its links are looked for. What others said does not move it: a link
that is hidden takes no place (L22)."""
_AGREEING: Final = (
    "EXISTS (SELECT FROM agreement g WHERE g.a = n.no) OR EXISTS (SELECT FROM agreement g WHERE g.b = n.no)"
)
_OWN: Final = f"""
WITH newest AS (
    SELECT n.no FROM notice n WHERE n.slug = %(slug)s AND (%(case)s = '' OR n.case_ref = %(case)s)
     ORDER BY n.id DESC LIMIT %(looked)s)
SELECT max(n.no) AS newest FROM newest n JOIN neighbourhood m ON m.notice = n.no WHERE {_AGREEING}
 GROUP BY m.no ORDER BY newest DESC LIMIT %(most)s
"""  # noqa: S608 -- constants
_SPOKEN_OF: Final = """
SELECT f.no FROM (SELECT DISTINCT ON (a_slug, a_case, b_slug, b_case) a_slug, a_case, no FROM link_judgement WHERE heard
                   ORDER BY a_slug, a_case, b_slug, b_case, no DESC) j
  JOIN LATERAL (SELECT min(n.no) AS no FROM notice n WHERE n.slug = j.a_slug AND n.case_ref = j.a_case) f ON true
 ORDER BY j.no DESC LIMIT %(most)s
"""


def own(tx: Tx, slug: str, case: str, most: int = LOOKED) -> list[int]:
    """Return a notice of each neighbourhood in which a notice of an authority agrees with another, the newest first.

    `case` is one of its case references, or empty for all; at most so many are returned, of its `LOOKED` newest.
    """
    return [no for (no,) in rows(tx, _OWN, {"slug": slug, "case": case, "most": most, "looked": LOOKED})]


def anywhere(tx: Tx, slugs: Sequence[str], most: int) -> list[int]:
    """Return notices whose links were spoken of, the last word first, then the newest of each of these authorities.

    Of each as many as of any other: who invents notices by the thousand takes nobody else's place.
    """
    found = [no for (no,) in rows(tx, _SPOKEN_OF, {"most": most})]
    each = max(2, most // max(1, len(slugs)))
    found += [no for slug in slugs for no in own(tx, slug, "", each)]
    return list(dict.fromkeys(found))


def is_linked(tx: Tx, notice: int) -> bool:
    """Tell whether a notice is there, and the step `link` has reached it."""
    return row(tx, "SELECT 1 FROM neighbourhood WHERE notice = %s", (notice,)) is not None


_EVIDENCE: Final = """
SELECT DISTINCT ON (a, b) a, b, grade, bits, weight, weights, pattern FROM agreement
 WHERE a = ANY(%(numbers)s) AND b = ANY(%(numbers)s) ORDER BY a, b, no DESC
"""


def evidence(tx: Tx, numbers: list[int]) -> dict[tuple[int, int], Decision]:
    """Return the last decision about every two of these notices, by their numbers; `other` is the later one."""
    found = rows(tx, _EVIDENCE, {"numbers": numbers}) if numbers else []
    return {
        (a, b): Decision(b, grade, bits, weight, version, of_json(pattern))
        for a, b, grade, bits, weight, version, pattern in found
    }
