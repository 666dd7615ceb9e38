"""What caseworkers said of links between cases, and where there are links that somebody could judge."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from exchange.domain.judgements import Pair, Word
from exchange.domain.notice import Reader
from exchange.domain.weighing.evidence import of_json
from exchange.store.links import Decision
from exchange.store.session import Later, Tx, asked, row, rows

_JUDGING: Final = 4206
"""Advisory lock, one for each pair of cases: what a word does follows from those before it."""


def hold(tx: Tx, pair: Pair) -> None:
    """Let nobody else speak on a link until this transaction ends."""
    key = "\n".join(part for case in pair for part in case)
    tx.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", (_JUDGING, key))


@dataclass(frozen=True, slots=True)
class Said:
    """By which pseudonym a word is said, when, and the key that signed it: none at the console."""

    pseudonym: str
    at: datetime
    kid: str | None = None


def add(tx: Tx, first: tuple[int, int], word: Word, said: Said, *, heard: bool = True) -> int:
    """Store what a caseworker said of a link; returns the number of the word.

    The two cases are those of the notices `first`, the lesser case first: a case reference is kept with its notice and
    nowhere beside. A word that is not heard has no effect but on what its own authority is shown (L21, L22).
    """
    found = row(
        tx,
        "INSERT INTO link_judgement (one, other, verdict, slug, pseudonym, at, kid, compared, heard)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING no",
        (*first, word.verdict, word.by.slug, said.pseudonym, said.at, said.kid, list(word.compared), heard),
    )
    return int(found[0]) if found else 0


_FLAGGED: Final = "coalesce(j.at >= k.compromised_since, false)"
"""Whether the key of a word was in other hands when the word was said."""
_WORD: Final = f"o.slug, o.urn, o.kind, o.state, j.verdict, j.compared, j.at, {_FLAGGED}"
_SAID: Final = """
  FROM link_judgement j JOIN authority o ON o.slug = j.slug LEFT JOIN authority_key k ON k.kid = j.kid
  JOIN notice a ON a.no = j.one JOIN notice b ON b.no = j.other
"""
_AROUND: Final = f"""
SELECT a.slug, a.case_ref, b.slug, b.case_ref, {_WORD} {_SAID}
 WHERE j.one IN (SELECT m.notice FROM neighbourhood mine JOIN neighbourhood m ON m.no = mine.no
                  WHERE mine.notice = %(notice)s)
   AND a.case_ref IS NOT NULL AND b.case_ref IS NOT NULL
   AND j.heard AND (%(until)s::timestamptz IS NULL OR j.at <= %(until)s) ORDER BY j.no
"""  # noqa: S608 -- constants


def around(tx: Tx, notice: int, until: datetime | None = None) -> Later[dict[Pair, list[Word]]]:
    """Ask for what was said of links among the cases that hang together with a notice, the first word first.

    With `until`, only what had been said by that moment.
    """
    said = asked(tx, _AROUND, {"notice": notice, "until": until})

    def by_pair() -> dict[Pair, list[Word]]:
        found: dict[Pair, list[Word]] = {}
        for a_slug, a_case, b_slug, b_case, *word in said():
            found.setdefault(((a_slug, a_case), (b_slug, b_case)), []).append(_word(word))
        return found

    return by_pair


def _word(told: Sequence[Any]) -> Word:
    *by, verdict, compared, at, flagged = told
    return Word(Reader(*by), verdict, tuple(compared), at, flagged)


def signed_since(tx: Tx, kid: str, since: datetime) -> list[int]:
    """Return a notice of each case of which a word was said that a key signed at a time or later."""
    sql = "SELECT DISTINCT unnest(ARRAY[one, other]) FROM link_judgement WHERE kid = %s AND at >= %s ORDER BY 1"
    return [no for (no,) in rows(tx, sql, (kid, since))]


_HEARD_BY: Final = f"""
SELECT {_WORD} {_SAID} WHERE (a.slug, a.case_ref, b.slug, b.case_ref) = (%s, %s, %s, %s)
   AND CASE WHEN j.heard THEN j.at <= %s ELSE j.slug = %s END ORDER BY j.no
"""


def as_shown(tx: Tx, pair: Pair, slug: str, at: datetime) -> list[Word]:
    """Return what had been said of a link by a moment, and what an authority has said since that nobody else hears."""
    found = rows(tx, _HEARD_BY, (*pair[0], *pair[1], at, slug))
    return [_word(one) for one in found]


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
SELECT one FROM link_judgement WHERE heard GROUP BY one, other ORDER BY max(no) DESC LIMIT %(most)s
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
