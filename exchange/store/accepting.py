"""The two statements of acceptance: what must be known first, and everything that is written. One transaction, always.

Rows travel as one JSON text a table: for one notice and for five hundred that is the cheapest form that was measured
(benchmarks/bench_notice.py).
"""

import base64
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import orjson
from psycopg.errors import UniqueViolation

from exchange.store.ledger import LEDGER
from exchange.store.session import Tx, row

Raced = UniqueViolation
"""What `write` raises when a row is there already."""
Row = dict[str, Any]
Name = tuple[str, str]
"""A nonce as (kid, nonce), or a notice as (slug, id)."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """What is true at the end of the ledger, which the transaction holds from now on.

    `used` are the nonces among those asked about that were spent before; `earlier` maps notices under the ids asked
    about to (SHA-256 of the signing input, receipt); `tails` maps slugs to the highest `seq` and its SHA-256; `quotas`
    maps slugs to what they used of their quota of notices: the beginning of the window in Unix seconds, and how much.
    """

    next_leaf: int
    next_notice: int
    used: frozenset[Name]
    earlier: dict[Name, tuple[bytes, str]]
    tails: dict[str, tuple[int, bytes]]
    quotas: dict[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Rows:
    """Everything that a group of acceptances writes, a list for each table. Bytes are base64 text."""

    nonces: list[Row] = field(default_factory=list)
    leaves: list[Row] = field(default_factory=list)
    notices: list[Row] = field(default_factory=list)
    parts: list[Row] = field(default_factory=list)
    sealed: list[Row] = field(default_factory=list)
    promises: list[Row] = field(default_factory=list)
    quotas: list[Row] = field(default_factory=list)
    conflicts: list[Row] = field(default_factory=list)
    refusals: list[Row] = field(default_factory=list)


def b64(data: bytes) -> str:
    """Return bytes in the form in which `Rows` holds them."""
    return base64.b64encode(data).decode("ascii")


def begin(tx: Tx, nonces: list[Name], wanted: list[Name], senders: set[str]) -> Beginning:
    """Take hold of the end of the ledger, and look up what is known of these nonces, notices and senders."""
    asked = (
        [{"kid": kid, "nonce": nonce} for kid, nonce in nonces],
        [{"slug": slug, "id": notice_id} for slug, notice_id in wanted],
        sorted(senders),
    )
    found = row(tx, "SELECT * FROM accept_begin(%s, %s, %s, %s)", (LEDGER, *(_json(one) for one in asked)))
    if found is None:
        raise LookupError("accept_begin returns one row")
    next_leaf, next_notice, used, earlier, tails, quotas = found
    return Beginning(
        next_leaf=next_leaf,
        next_notice=next_notice,
        used=frozenset((kid, nonce) for kid, nonce in used or ()),
        earlier={(slug, no): (bytes.fromhex(sha256), receipt) for slug, no, sha256, receipt in earlier or ()},
        tails={slug: (seq, bytes.fromhex(sha256)) for slug, seq, sha256 in tails or ()},
        quotas={slug: (begins, count) for slug, begins, count in quotas or ()},
    )


_WRITE: Final = """
WITH spent AS (
    INSERT INTO nonce (kid, nonce, expires)
    SELECT kid, nonce, to_timestamp(expires) FROM json_to_recordset(%(nonces)s)
        AS g (kid text, nonce text, expires float8)),
added AS MATERIALIZED (
    SELECT * FROM json_to_recordset(%(leaves)s) AS g (index bigint, entry text, salt text, record text)),
leaves AS (
    INSERT INTO leaf (index, entry, appended_at) SELECT index, decode(entry, 'base64'), %(now)s FROM added),
openings AS (
    INSERT INTO opening (index, salt, record)
    SELECT index, decode(salt, 'base64'), decode(record, 'base64') FROM added),
given AS MATERIALIZED (
    SELECT * FROM json_to_recordset(%(notices)s) AS g (no bigint, slug text, id uuid, sha256 text, jws text, kid text,
           kind text, event_time text, iat float8, case_ref text, seq bigint, prev text, leaf bigint, receipt text)),
notices AS (
    INSERT INTO notice (no, slug, id, sha256, jws, kid, kind, event_time, authored_at, received_at, case_ref, seq, prev,
                        leaf_index)
    SELECT no, slug, id, decode(sha256, 'base64'), jws, kid, kind, event_time, to_timestamp(iat), %(now)s, case_ref,
           seq, prev, leaf FROM given),
receipts AS (
    INSERT INTO receipt (notice, jws) SELECT no, receipt FROM given),
parts AS (
    INSERT INTO part (notice, name, disclosure, cut_at, cut)
    SELECT notice, name, disclosure, cut_at, decode(cut, 'base64') FROM json_to_recordset(%(parts)s)
        AS g (notice bigint, name text, disclosure text, cut_at integer, cut text)),
"""
_WRITE_RARE: Final = """
blobs AS (
    INSERT INTO sealed (notice, n, jwe, recipients)
    SELECT notice, n, jwe, ARRAY(SELECT json_array_elements_text(recipients)) FROM json_to_recordset(%(sealed)s)
        AS g (notice bigint, n integer, jwe text, recipients json)),
conflicts AS (
    INSERT INTO notice_conflict (slug, id, sha256, notice, at)
    SELECT slug, id, decode(sha256, 'base64'), notice, %(now)s FROM json_to_recordset(%(conflicts)s)
        AS g (slug text, id uuid, sha256 text, notice text)
    ON CONFLICT DO NOTHING),
refusals AS (
    INSERT INTO refusal (at, slug, code, detail, method, path, digest, entry, leaf_index)
    SELECT %(now)s, slug, code, detail, method, path, digest, entry, leaf FROM json_to_recordset(%(refusals)s)
        AS g (slug text, code text, detail text, method text, path text, digest text, entry integer, leaf bigint)),
counts AS (
    INSERT INTO refusal_count AS c (day, code, n)
    SELECT %(now)s::date, code, count(*) FROM json_to_recordset(%(refusals)s) AS g (code text) GROUP BY code
    ON CONFLICT (day, code) DO UPDATE SET n = c.n + EXCLUDED.n),
"""
_WRITE_LAST: Final = """
quotas AS (
    INSERT INTO quota (slug, class, begins, used)
    SELECT slug, 'notices', begins, used FROM json_to_recordset(%(quotas)s) AS g (slug text, begins bigint, used bigint)
    ON CONFLICT (slug, class) DO UPDATE SET begins = EXCLUDED.begins, used = EXCLUDED.used),
promises AS (
    INSERT INTO outbox (step, subject, cause, promised_at)
    SELECT step, subject, cause, %(now)s FROM json_to_recordset(%(promises)s)
        AS g (step text, subject bigint, cause text))
SELECT 1
"""


def write(tx: Tx, rows: Rows, now: datetime) -> None:
    """Write the rows. A nonce that somebody spent meanwhile raises `Raced`."""
    usual = {
        "now": now,
        "nonces": _json(rows.nonces),
        "leaves": _json(rows.leaves),
        "notices": _json(rows.notices),
        "parts": _json(rows.parts),
        "promises": _json(rows.promises),
        "quotas": _json(rows.quotas),
    }
    if not rows.sealed and not rows.conflicts and not rows.refusals:
        tx.execute(_WRITE + _WRITE_LAST, usual)
    else:
        rare = {"sealed": rows.sealed, "conflicts": rows.conflicts, "refusals": rows.refusals}
        written = {**usual, **{name: _json(value) for name, value in rare.items()}}
        tx.execute(_WRITE + _WRITE_RARE + _WRITE_LAST, written)


def is_of_a_nonce(raced: Raced) -> bool:
    """Tell whether the row that is there already is a nonce: somebody spent it since it was looked for."""
    return raced.diag.table_name == "nonce"


def _json(value: object) -> str:
    return orjson.dumps(value).decode()
