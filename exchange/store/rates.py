"""What became of alerts within a window, read from their history."""

from collections import Counter
from datetime import datetime
from typing import Final

from exchange.domain.rates import MOST_TOLD, Heard, Rate
from exchange.store.session import Tx, row, rows

_Key = tuple[str, str]
"""Pattern, slug of the queue."""

# An alert about a check asks what would be: no pattern has fired.
_FIRED: Final = "(a.anchor IS NOT NULL OR a.family = a.pattern)"
# An alert says another pattern when its finding grew: what it said then stands with each event of the exchange. Only
# events of the window are read, and of the alerts that they are of those before it.
_SHOWN: Final = f"""
WITH said AS (
    SELECT DISTINCT a.id, a.slug, a.family, a.anchor, a.about, a.pattern AS last,
           coalesce(e.detail ->> 'pattern', a.pattern) AS pattern
      FROM alert_event e JOIN alert a ON a.id = e.alert
     WHERE e.at >= %(start)s AND e.at < %(end)s AND e.act IN ('raised', 'changed', 'reopened') AND {_FIRED}),
first AS (
    SELECT s.* FROM said s
      JOIN LATERAL (
           SELECT count(*) AS times FROM alert_event b WHERE b.alert = s.id AND b.at < %(start)s
              AND b.act IN ('raised', 'changed', 'reopened') AND coalesce(b.detail ->> 'pattern', s.last) = s.pattern
           ) before ON before.times = 0)
"""  # noqa: S608 -- ours
_RAISED: Final = f"{_SHOWN} SELECT pattern, slug, count(*) FROM first GROUP BY 1, 2"  # noqa: S608 -- ours
_FINDINGS: Final = f"""
{_SHOWN} SELECT pattern, count(DISTINCT (family, coalesce(anchor::text, about))) FROM first GROUP BY 1
"""  # noqa: S608 -- ours
_ENDED: Final = f"""
SELECT coalesce(said.pattern, a.pattern), a.slug, e.act, coalesce(e.detail ->> 'reason', ''),
       extract(epoch FROM e.at - said.opened) / 3600
  FROM alert_event e JOIN alert a ON a.id = e.alert
  JOIN LATERAL (
       SELECT max(b.at) FILTER (WHERE b.act IN ('raised', 'reopened', 'reopen')) AS opened,
              (array_agg(b.detail ->> 'pattern' ORDER BY b.no DESC) FILTER (WHERE b.detail ? 'pattern'))[1] AS pattern
         FROM alert_event b WHERE b.alert = e.alert AND b.no < e.no) said ON true
 WHERE e.at >= %(start)s AND e.at < %(end)s AND e.act IN ('close', 'monitor_agreed', 'withdrawn', 'superseded')
   AND {_FIRED}
"""  # noqa: S608 -- ours
_OPEN: Final = f"SELECT pattern, slug, count(*) FROM alert a WHERE status = ANY(%s) AND {_FIRED} GROUP BY 1, 2"  # noqa: S608


def rates(tx: Tx, start: datetime, end: datetime, live: tuple[str, ...]) -> list[Rate]:
    """Return the rates from `start` on and before `end`, by pattern and queue; `live` are the open statuses."""
    within = {"start": start, "end": end}
    raised: Counter[_Key] = Counter({(p, slug): n for p, slug, n in rows(tx, _RAISED, within)})
    standing: Counter[_Key] = Counter({(p, slug): n for p, slug, n in rows(tx, _OPEN, (list(live),))})
    gone: dict[str, Counter[_Key]] = {"withdrawn": Counter(), "superseded": Counter()}
    closed: dict[_Key, Counter[str]] = {}
    hours: dict[_Key, list[float]] = {}
    for pattern, slug, act, reason, open_for in rows(tx, _ENDED, within):
        key = (pattern, slug)
        if act in gone:
            gone[act][key] += 1
        else:
            closed.setdefault(key, Counter())[reason] += 1
            hours.setdefault(key, []).append(float(open_for))
    keys = sorted({*raised, *standing, *gone["withdrawn"], *gone["superseded"], *closed})
    return [
        Rate(
            *key,
            raised=raised[key],
            withdrawn=gone["withdrawn"][key],
            superseded=gone["superseded"][key],
            open_now=standing[key],
            closed=closed.get(key, Counter()),
            hours=tuple(hours.get(key, ())),
        )
        for key in keys
    ]


def findings(tx: Tx, start: datetime, end: datetime) -> dict[str, int]:
    """Return how many findings of each pattern were raised, each once in however many queues."""
    return dict(rows(tx, _FINDINGS, {"start": start, "end": end}))


_PERSONS: Final = """
WITH lately AS (
    SELECT DISTINCT h.no FROM notice n JOIN neighbourhood h ON h.notice = n.no
     WHERE n.received_at >= %(start)s AND n.received_at < %(end)s),
counted AS (
    SELECT h.no, n.kind, row_number() OVER (PARTITION BY h.no, n.kind) AS nth
      FROM lately l JOIN neighbourhood h USING (no) JOIN notice n ON n.no = h.notice),
told AS (
    SELECT no, array_agg(CASE nth WHEN 1 THEN kind ELSE kind || ' ' || nth END ORDER BY kind, nth) AS kinds
      FROM counted WHERE nth <= %(most)s GROUP BY no)
SELECT kinds, count(*) FROM told GROUP BY kinds
"""


def persons(tx: Tx, start: datetime, end: datetime) -> dict[frozenset[str], int]:
    """Return of how many persons notices came, by all that is told of them; those who may be one count once."""
    within = {"start": start, "end": end, "most": MOST_TOLD}
    return {frozenset(kinds): n for kinds, n in rows(tx, _PERSONS, within)}


def days_of_posts(tx: Tx, start: datetime, end: datetime) -> int:
    """Return how many days of posts became known on which somebody was put out."""
    found = row(tx, "SELECT count(*) FROM collective_day WHERE opened_at >= %s AND opened_at < %s", (start, end))
    return 0 if found is None else int(found[0])


_HEARD: Final = """
SELECT a.slug, a.kind, a.enrolled_at, count(n.no) FROM authority a
  LEFT JOIN notice n ON n.slug = a.slug AND n.received_at >= %(start)s AND n.received_at < %(end)s
 GROUP BY a.slug, a.kind, a.enrolled_at ORDER BY a.slug
"""


def heard(tx: Tx, start: datetime, end: datetime) -> list[Heard]:
    """Return every authority with the number of notices that came from it."""
    return [Heard(*found) for found in rows(tx, _HEARD, {"start": start, "end": end})]
