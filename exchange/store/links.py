"""Tokens, the evidence that notices concern one person, and which notices hang together by any evidence."""

from exchange.store.session import Tx, many, row, rows

_LINKING = 4203
"""Advisory lock: one transaction at a time rearranges neighbourhoods, while none judges them."""
_JUDGING = 4204
"""Advisory lock, one for each neighbourhood."""


def hold(tx: Tx) -> None:
    """Wait until no other transaction rearranges neighbourhoods, and keep others out until this one ends."""
    tx.execute("SELECT pg_advisory_xact_lock(%s)", (_LINKING,))


def add_tokens(tx: Tx, notice: int, tokens: list[tuple[int, str]]) -> None:
    """Index a notice's tokens, given as (hash, type). A second call changes nothing."""
    if row(tx, "SELECT 1 FROM token WHERE notice = %s", (notice,)) is None:
        many(tx, "INSERT INTO token (hash, notice, type) VALUES (%s, %s, %s)", [(h, notice, t) for h, t in tokens])


_AGREE = """
WITH equal AS MATERIALIZED (
    SELECT other.notice, array_agg(DISTINCT mine.type ORDER BY mine.type) AS types FROM token mine
      JOIN token other ON other.hash = mine.hash AND other.type = mine.type AND other.notice <> mine.notice
     WHERE mine.notice = %(notice)s GROUP BY other.notice),
added AS (
    INSERT INTO agreement (a, b, types)
    SELECT least(notice, %(notice)s), greatest(notice, %(notice)s), types FROM equal ON CONFLICT DO NOTHING)
SELECT notice FROM equal
"""


def find_agreements(tx: Tx, notice: int) -> list[int]:
    """Record every notice that holds equal tokens, with their types; returns the numbers of those notices.

    One statement, whether there are any or none: a query that links is not told by how much it asks.
    """
    return [other for (other,) in rows(tx, _AGREE, {"notice": notice})]


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


_AGREEMENTS = """
WITH near AS (SELECT m.notice FROM neighbourhood mine JOIN neighbourhood m ON m.no = mine.no WHERE mine.notice = %s)
SELECT g.a, g.b, g.types FROM near JOIN agreement g ON g.a = near.notice
 UNION ALL
SELECT least(t.notice, t.named), greatest(t.notice, t.named), '{}' FROM near JOIN tie t ON t.notice = near.notice
"""


def agreements_around(tx: Tx, notice: int) -> dict[tuple[int, int], frozenset[str]]:
    """Return the agreements among all notices that hang together with this one.

    A correction has one with each notice that it names, of no types: a possible link, which joins no persons.
    """
    found: dict[tuple[int, int], frozenset[str]] = {}
    for a, b, types in rows(tx, _AGREEMENTS, (notice,)):
        found[a, b] = found.get((a, b), frozenset()) | frozenset(types)
    return found


def hold_for_judging(tx: Tx) -> None:
    """Let nobody rearrange neighbourhoods until the transaction ends; others may judge meanwhile."""
    tx.execute("SELECT pg_advisory_xact_lock_shared(%s)", (_LINKING,))


def lock_neighbourhood(tx: Tx, notice: int) -> int:
    """Hold the neighbourhood of a notice, so that one worker at a time judges it; returns its number.

    Nobody rearranges neighbourhoods meanwhile: a verdict on a stale one must not overwrite a fresh one.
    """
    hold_for_judging(tx)
    found = row(tx, "SELECT no FROM neighbourhood WHERE notice = %s", (notice,))
    if found is None:
        raise LookupError(f"notice {notice} is not linked yet")
    tx.execute("SELECT pg_advisory_xact_lock(%s, %s)", (_JUDGING, int(found[0]) % 2**31))
    return int(found[0])


def not_linked(tx: Tx, notices: list[int]) -> list[int]:
    """Return which of these notices the step `link` has not reached yet."""
    sql = (
        "SELECT n.no FROM notice n WHERE n.no = ANY(%s)"
        " AND NOT EXISTS (SELECT 1 FROM neighbourhood m WHERE m.notice = n.no) ORDER BY n.no"
    )
    return [no for (no,) in rows(tx, sql, (notices,))]
