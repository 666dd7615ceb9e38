"""What the store knows of its own past, beside the times that notices carry themselves."""

from datetime import datetime

from exchange.store.session import Tx, rows


def erased_after(tx: Tx, notices: list[int], moment: datetime) -> dict[int, frozenset[str]]:
    """Return which parts of these notices were erased after a moment: number -> names."""
    sql = "SELECT notice, array_agg(name) FROM erasure WHERE notice = ANY(%s) AND at > %s GROUP BY notice"
    return {no: frozenset(names) for no, names in rows(tx, sql, (notices, moment))}


def signed_with(tx: Tx, notices: list[int]) -> dict[int, str]:
    """Return with which key these notices were signed: number -> its thumbprint."""
    return dict(rows(tx, "SELECT no, kid FROM notice WHERE no = ANY(%s)", (notices,)))


def key_events_by(tx: Tx, owners: list[str], moment: datetime) -> set[int]:
    """Return the leaves of what had become of the keys of these owners by a moment."""
    sql = (
        "SELECT k.leaf_index FROM key_event k JOIN leaf l ON l.index = k.leaf_index"
        " WHERE k.owner = ANY(%s) AND l.appended_at <= %s"
    )
    return {leaf for (leaf,) in rows(tx, sql, (owners, moment))}


def enrolled_by(tx: Tx, slug: str, moment: datetime) -> bool:
    """Tell whether an authority was enrolled by a moment."""
    return bool(rows(tx, "SELECT 1 FROM authority WHERE slug = %s AND enrolled_at <= %s", (slug, moment)))
