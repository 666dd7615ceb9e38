"""Decisions that notices concern one person, and which notices hang together by any evidence."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from psycopg.types.json import Jsonb

from exchange.domain.weighing.evidence import Evidence, as_json, of_json
from exchange.store.session import Later, Tx, asked, many, row, rows

_LINKING = 4203
"""Advisory lock: one transaction at a time rearranges neighbourhoods, while none judges them."""
_JUDGING = 4204
"""Advisory lock, one for each neighbourhood."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided of two notices, one of them known: the other's number, why, and what followed.

    `weights` is the version of the weights; `bits` and `weight` are those of `exchange.domain.weighing.scoring.Score`.
    `grade` is "probable", "possible" or "none".
    """

    other: int
    grade: str
    bits: float
    weight: float
    weights: str
    evidence: Evidence


def hold(tx: Tx) -> None:
    """Wait until no other transaction rearranges neighbourhoods, and keep others out until this one ends."""
    tx.execute("SELECT pg_advisory_xact_lock(%s)", (_LINKING,))


_RECORD: Final = """
INSERT INTO agreement (a, b, types, weights, grade, bits, weight, pattern)
SELECT least(other, %(notice)s), greatest(other, %(notice)s), types, weights, grade, bits, weight, pattern
  FROM jsonb_to_recordset(%(told)s) AS t (other bigint, types text[], weights text, grade text, bits float8,
                                          weight float8, pattern jsonb)
    ON CONFLICT DO NOTHING
"""


def record(tx: Tx, notice: int, decisions: Sequence[Decision]) -> None:
    """Record what was decided of a notice with others. What was decided under the same weights before stays.

    One statement, whether there are any or none: a query that links is not told by how much it asks.
    """
    told = [
        {
            **{name: getattr(one, name) for name in ("other", "grade", "bits", "weight", "weights")},
            "types": [agreed.type for agreed in one.evidence.agree],
            "pattern": as_json(one.evidence),
        }
        for one in decisions
    ]
    tx.execute(_RECORD, {"notice": notice, "told": Jsonb(told)})


_LAST: Final = "SELECT DISTINCT ON (g.a, g.b) g.* FROM agreement g"
_ORDER: Final = " ORDER BY g.a, g.b, g.no DESC"


def earlier(tx: Tx, notice: int) -> list[Decision]:
    """Return the last decision about a notice with each earlier one."""
    sql = f"SELECT a, grade, bits, weight, weights, pattern FROM ({_LAST} WHERE g.b = %s{_ORDER}) last"  # noqa: S608 -- constants
    return [_decision(found) for found in rows(tx, sql, (notice,))]


def all_of(tx: Tx, notice: int) -> list[Decision]:
    """Return the last decision about a notice with each other one, earlier or later."""
    sql = (
        f"SELECT a + b - %(no)s, grade, bits, weight, weights, pattern"  # noqa: S608 -- constants
        f" FROM ({_LAST} WHERE g.a = %(no)s OR g.b = %(no)s{_ORDER}) last"
    )
    return [_decision(found) for found in rows(tx, sql, {"no": notice})]


def decided(tx: Tx, notice: int, other: int) -> Decision | None:
    """Return the last decision about two notices: why they are linked, or are not any more. None without any."""
    sql = f"SELECT b, grade, bits, weight, weights, pattern FROM ({_LAST} WHERE g.a = %s AND g.b = %s{_ORDER}) last"  # noqa: S608 -- constants
    found = row(tx, sql, (min(notice, other), max(notice, other)))
    return None if found is None else _decision(found)


def _decision(found: tuple[Any, ...]) -> Decision:
    other, grade, bits, weight, weights, pattern = found
    return Decision(other, grade, bits, weight, weights, of_json(pattern))


MOST_POSSIBLE: Final = 1000
"""Notices to which a neighbourhood grows by possible links. Where names are dense, everybody is possibly linked to
somebody; a neighbourhood of all would stop the exchange. A possible link beyond that is one for the review alone."""


def gather(tx: Tx, notice: int, tied: list[int], most: int = MOST_POSSIBLE) -> None:
    """Put a notice into one neighbourhood with all that its case, probable links and ties hang together with.

    What is only possible comes in as long as there are not too many, the likeliest first.
    """
    found = related(tx, notice)
    sure = [other for other, grade in found if grade != "possible"]
    bring_together(tx, notice, sure + same_case(tx, notice) + tied)
    for other in (other for other, grade in found if grade == "possible"):
        if _size(tx, [notice, other]) <= most:
            bring_together(tx, notice, [other])


def related(tx: Tx, notice: int) -> list[tuple[int, str]]:
    """Return the notices that are linked to one, with the grade, the likeliest first."""
    sql = f"SELECT a + b - %(no)s, grade FROM ({_LAST} WHERE g.a = %(no)s OR g.b = %(no)s{_ORDER}) last"  # noqa: S608 -- constants
    found = rows(tx, f"{sql} WHERE grade <> 'none' ORDER BY bits DESC, a, b", {"no": notice})
    return [(other, grade) for other, grade in found]


def _size(tx: Tx, notices: list[int]) -> int:
    """Return how many notices the neighbourhoods of these have together."""
    sql = "SELECT count(*) FROM neighbourhood WHERE no IN (SELECT no FROM neighbourhood WHERE notice = ANY(%s))"
    (found,) = rows(tx, sql, (notices,))
    return int(found[0])


def same_case(tx: Tx, notice: int) -> list[int]:
    """Return the other notices of the same authority under the same case reference."""
    found = rows(
        tx,
        "SELECT o.no FROM notice n JOIN notice o USING (slug, case_ref) WHERE n.no = %s AND o.no <> n.no",
        (notice,),
    )
    return [no for (no,) in found]


def bring_together(tx: Tx, notice: int, others: list[int]) -> None:
    """Put a notice, and all that hangs together with the others, into one neighbourhood: the one of least number."""
    known = rows(tx, "SELECT DISTINCT no FROM neighbourhood WHERE notice = ANY(%s)", ([notice, *others],))
    numbers = [no for (no,) in known] + [notice]
    least = min(numbers)
    tx.execute("UPDATE neighbourhood SET no = %s WHERE no = ANY(%s) AND no <> %s", (least, numbers, least))
    tx.execute("INSERT INTO neighbourhood (notice, no) VALUES (%s, %s) ON CONFLICT DO NOTHING", (notice, least))


def tie(tx: Tx, notice: int, named: list[int]) -> list[int]:
    """Record that a correction names these notices; returns all that are tied to the notice in this way.

    The other end may not be linked yet: whoever comes later finds the tie.
    """
    many(tx, "INSERT INTO tie (notice, named) VALUES (%s, %s) ON CONFLICT DO NOTHING", [(notice, n) for n in named])
    sql = "SELECT named FROM tie WHERE notice = %(no)s UNION SELECT notice FROM tie WHERE named = %(no)s"
    return [no for (no,) in rows(tx, sql, {"no": notice})]


_AGREEMENTS: Final = f"""
WITH near AS (SELECT m.notice FROM neighbourhood mine JOIN neighbourhood m ON m.no = mine.no WHERE mine.notice = %s)
SELECT least(t.notice, t.named), greatest(t.notice, t.named), 'tied' FROM near JOIN tie t ON t.notice = near.notice
 UNION ALL
SELECT last.a, last.b, last.grade FROM ({_LAST} JOIN near ON g.a = near.notice{_ORDER}) last WHERE last.grade <> 'none'
"""  # noqa: S608 -- constants


def agreements_around(tx: Tx, notice: int) -> dict[tuple[int, int], str]:
    """Return the grade of each pair of notices, among all that hang together with this one, that evidence ties.

    A correction is tied to each notice that it names, which joins no persons.
    """
    return ask_agreements_around(tx, notice)()


def ask_agreements_around(tx: Tx, notice: int) -> Later[dict[tuple[int, int], str]]:
    """Ask for what `agreements_around` returns."""
    found = asked(tx, _AGREEMENTS, (notice,))
    return lambda: {(a, b): grade for a, b, grade in found()}


def hold_for_judging(tx: Tx) -> None:
    """Let nobody rearrange neighbourhoods until the transaction ends; others may judge meanwhile."""
    tx.execute("SELECT pg_advisory_xact_lock_shared(%s)", (_LINKING,))


def lock_neighbourhood(tx: Tx, notice: int) -> int:
    """Hold the neighbourhood of a notice, so that one worker at a time judges it; returns its number.

    Nobody rearranges neighbourhoods meanwhile: a verdict on a stale one must not overwrite a fresh one.
    """
    return ask_lock(tx, notice)()


_LOCK: Final = """
SELECT no, pg_advisory_xact_lock(%(judging)s, (no %% 2147483648)::int) FROM neighbourhood WHERE notice = %(notice)s
"""


def ask_lock(tx: Tx, notice: int) -> Later[int]:
    """As `lock_neighbourhood`: what is asked after this is answered when the neighbourhood is held."""
    hold_for_judging(tx)
    found = asked(tx, _LOCK, {"judging": _JUDGING, "notice": notice})

    def held() -> int:
        for no, _ in found():
            return int(no)
        raise LookupError(f"notice {notice} is not linked yet")

    return held


def not_linked(tx: Tx, notices: list[int]) -> list[int]:
    """Return which of these notices the step `link` has not reached yet."""
    sql = (
        "SELECT n.no FROM notice n WHERE n.no = ANY(%s)"
        " AND NOT EXISTS (SELECT 1 FROM neighbourhood m WHERE m.notice = n.no) ORDER BY n.no"
    )
    return [no for (no,) in rows(tx, sql, (notices,))]
