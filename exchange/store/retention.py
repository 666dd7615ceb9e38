"""What is to be looked at for erasing, and erasing what is not a part of a notice: tokens, findings, queries."""

from datetime import datetime
from typing import Final

from psycopg.types.json import Jsonb

from exchange.store import link_shown, tokens
from exchange.store.session import Tx, row, rows

_MEET: Final = """
INSERT INTO retention (neighbourhood, look_at)
SELECT m.no, min(n.received_at) + %s FROM neighbourhood m JOIN notice n ON n.no = m.notice
 WHERE NOT EXISTS (SELECT 1 FROM retention r WHERE r.neighbourhood = m.no) GROUP BY m.no
"""


def meet(tx: Tx, after: object) -> None:
    """Note every neighbourhood that is not known yet, to be looked at so long (a timedelta) after its first notice."""
    tx.execute(_MEET, (after,))


def due(tx: Tx, now: datetime, most: int) -> list[int]:
    """Return neighbourhoods that are to be looked at, the longest overdue first; at most so many."""
    sql = "SELECT neighbourhood FROM retention WHERE look_at <= %s ORDER BY look_at, neighbourhood LIMIT %s"
    return [no for (no,) in rows(tx, sql, (now, most))]


def member(tx: Tx, neighbourhood: int) -> int | None:
    """Return the number of a notice of a neighbourhood; None when it went up in another."""
    found = row(tx, "SELECT min(notice) FROM neighbourhood WHERE no = %s", (neighbourhood,))
    return None if found is None else found[0]


def look_again(tx: Tx, neighbourhood: int, at: datetime | None) -> None:
    """Say when to look at a neighbourhood next; None when it is none any more."""
    if at is None:
        tx.execute("DELETE FROM retention WHERE neighbourhood = %s", (neighbourhood,))
    else:
        tx.execute("UPDATE retention SET look_at = %s WHERE neighbourhood = %s", (at, neighbourhood))


_ABOUT: Final = "(a.anchor = ANY(%(notices)s) OR (a.anchor IS NULL AND a.person && %(notices)s::bigint[]))"
"""An alert is about the person of these notices: by its anchor, or, of a check, by the notices that were the person."""
_RESTS_ON: Final = f"""
SELECT a.raised_at, a.status,
       coalesce((SELECT array_agg(DISTINCT e.no::bigint) FROM finding f, jsonb_array_elements(f.body -> 'clauses') c,
                        jsonb_array_elements_text(c -> 'events') AS e (no)
                  WHERE f.anchor = a.anchor AND f.family = a.family), a.person) || coalesce(a.anchor, a.person[1])
  FROM alert a WHERE {_ABOUT} AND a.status NOT IN ('withdrawn', 'superseded')
"""  # noqa: S608 -- constants


def rests_on(tx: Tx, numbers: list[int]) -> list[tuple[datetime, str, list[int]]]:
    """Return the alerts about the person of these notices that are not gone: when raised, status, what each rests on.

    That is what its finding names; where none stands any more, all that was the person then.
    """
    return [(raised, status, events) for raised, status, events in rows(tx, _RESTS_ON, {"notices": numbers})]


_FORGOTTEN: Final[dict[str, list[str]]] = {"clauses": [], "notices": [], "suppressors": []}

_FORGET_EVIDENCE: Final = f"""
UPDATE alert a SET body = (body || %(nothing)s) - 'your_cases' - 'contradictions' - 'check' || CASE
    WHEN body ? 'check' THEN jsonb_build_object('check', body -> 'check' #- '{{asked_by}}' #- '{{id}}'
                                                         #- '{{destination}}' #- '{{date}}')
    ELSE '{{}}'::jsonb END
 WHERE {_ABOUT}
"""  # noqa: S608 -- as above


def forget_person(tx: Tx, numbers: list[int]) -> None:
    """Drop what was derived from these notices: tokens in the index, findings, timers, the evidence inside alerts.

    Also what anybody was shown of links with them. An alert about a check goes on saying that it is one, what was told
    and which patterns showed; who asked for which removal goes.
    """
    tokens.drop(tx, numbers)
    link_shown.forget(tx, numbers)
    tx.execute("DELETE FROM finding WHERE anchor = ANY(%s)", (numbers,))
    tx.execute("DELETE FROM timer WHERE notice = ANY(%s)", (numbers,))
    tx.execute(_FORGET_EVIDENCE, {"nothing": Jsonb(_FORGOTTEN), "notices": numbers})


_FORGET: Final = """
WITH old AS (
    SELECT q.slug, q.id FROM query q WHERE q.received_at <= %(before)s
       AND NOT EXISTS (SELECT 1 FROM query_erasure e WHERE e.slug = q.slug AND e.id = q.id)
     ORDER BY q.received_at LIMIT %(most)s)
INSERT INTO query_erasure (slug, id, at) SELECT slug, id, %(now)s FROM old ON CONFLICT DO NOTHING
RETURNING slug, id::text
"""
_TEXTS: Final = """
UPDATE query_answer a SET jws = '' FROM unnest(%(slugs)s::text[], %(ids)s::uuid[]) AS g (slug, id)
 WHERE a.slug = g.slug AND a.id = g.id
"""
_CASES: Final = """
UPDATE query q SET case_ref = NULL FROM unnest(%(slugs)s::text[], %(ids)s::uuid[]) AS g (slug, id)
 WHERE q.slug = g.slug AND q.id = g.id
"""
_PROBES: Final = """
DELETE FROM probe b USING unnest(%(slugs)s::text[], %(ids)s::uuid[]) AS g (slug, id)
 WHERE b.slug = g.slug AND b.id = g.id
"""
_OPENINGS: Final = """
DELETE FROM opening WHERE index IN (
    SELECT l.index FROM query_leaf l JOIN unnest(%(slugs)s::text[], %(ids)s::uuid[]) AS g (slug, id)
        ON l.slug = g.slug AND l.id = g.id)
"""


def forget_queries(tx: Tx, before: datetime, most: int, now: datetime) -> list[tuple[str, str]]:
    """Erase queries asked by a moment: in which case, the answer, what their leaves are over. Returns (slug, id).

    That one was asked, when, by whom, and its hash stay, as do the leaves.
    """
    found = [(slug, query) for slug, query in rows(tx, _FORGET, {"before": before, "most": most, "now": now})]
    of = {"slugs": [slug for slug, _ in found], "ids": [query for _, query in found]}
    for sql in (_TEXTS, _CASES, _PROBES, _OPENINGS):
        tx.execute(sql, of)
    return found
