"""How states stand: what officers said of members and allies, and how far a member had read by then."""

from datetime import datetime

from exchange.domain import members
from exchange.domain.members import AllyChange, Change, Standing
from exchange.store.session import Later, Tx, asked, row, rows

LIFTED = "lifted:"
"""With this begins the cause of a step that is done again because a suspension was lifted."""


def standing(tx: Tx, now: datetime) -> Standing:
    """Return how every state stands as of a moment, by what was said until now."""
    return ask_standing(tx, now)()


def ask_standing(tx: Tx, now: datetime) -> Later[Standing]:
    """Ask for what `standing` returns."""
    changes = asked(tx, "SELECT state, status, scope, since FROM member ORDER BY no")
    allied = asked(tx, "SELECT state, of_state, ended, since FROM ally ORDER BY no")
    return lambda: Standing(
        now, tuple(Change(*found) for found in changes()), members.alliances(AllyChange(*found) for found in allied())
    )


def add(tx: Tx, change: Change, command: str) -> int:
    """Note what a command (its digest) says of a state; returns the number of the row."""
    found = row(
        tx,
        "INSERT INTO member (state, status, scope, track, since, command, leaf_index)"
        " SELECT %s, %s, %s, %s, %s, digest, leaf_index FROM officer_command WHERE digest = %s RETURNING no",
        (change.state, change.status, change.scope, members.track(change.state), change.since, command),
    )
    if found is None:
        raise LookupError(f"no command {command}")
    return int(found[0])


def add_ally(tx: Tx, change: AllyChange, command: str) -> None:
    """Note an alliance that a command (its digest) adds or ends."""
    tx.execute(
        "INSERT INTO ally (state, of_state, ended, since, command, leaf_index)"
        " SELECT %s, %s, %s, %s, digest, leaf_index FROM officer_command WHERE digest = %s",
        (change.state, change.of, change.ended, change.since, command),
    )


def begin(tx: Tx, state: str, now: datetime) -> None:
    """Let a state take part in full, of which nothing was ever said: its first authority is being enrolled."""
    tx.execute(
        "INSERT INTO member (state, status, scope, track, since) SELECT %(state)s, 'full', 'all', %(track)s, %(now)s"
        " WHERE NOT EXISTS (SELECT 1 FROM member WHERE state = %(state)s)",
        {"state": state, "track": members.track(state), "now": now},
    )


def received_since(tx: Tx, since: datetime) -> list[int]:
    """Return the numbers of the notices that came at a time or later."""
    return [no for (no,) in rows(tx, "SELECT no FROM notice WHERE received_at >= %s ORDER BY no", (since,))]


def shown_until(tx: Tx, slug: str, at: datetime) -> int:
    """Return the highest number of its inbox that an authority was shown, or had listed, by a moment; 0 when none."""
    found = row(
        tx,
        "SELECT coalesce(max(split_part(object, ' ', 2)::bigint), 0) FROM act"
        " WHERE slug = %s AND what IN ('shown', 'listed') AND at <= %s",
        (slug, at),
    )
    return int(found[0]) if found else 0


def queue_read(tx: Tx, slug: str, at: datetime) -> datetime | None:
    """Return when an authority last read its queue of alerts by a moment, if it ever did."""
    found = row(tx, "SELECT max(at) FROM act WHERE slug = %s AND what = 'alerts' AND at <= %s", (slug, at))
    return None if found is None else found[0]


def deliveries(tx: Tx, slug: str, seqs: list[int]) -> dict[int, tuple[datetime, str, int | None]]:
    """Return items of an inbox by their numbers: since when, because of what, and the notice delivered."""
    found = rows(tx, "SELECT seq, at, cause, notice FROM inbox WHERE slug = %s AND seq = ANY(%s)", (slug, seqs))
    return {seq: (at, cause, notice) for seq, at, cause, notice in found}


def delivery(tx: Tx, slug: str, notice: int) -> int | None:
    """Return where a notice stands in the inbox of an authority the last time, if it does."""
    found = row(tx, "SELECT max(seq) FROM inbox WHERE slug = %s AND notice = %s", (slug, notice))
    return None if found is None else found[0]
