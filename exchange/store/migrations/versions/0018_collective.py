"""Collective patterns, and how often each pattern fires."""

from alembic import op

revision = "0018"
down_revision = "0017"

TABLES = """
-- What a notice tells of a post and a day, and what is known of its person around that day: derived, and kept for
-- sixty days after the notice came. It holds no token, no case and no reference.
CREATE TABLE sighting (
    notice      bigint PRIMARY KEY REFERENCES notice,
    person      bigint NOT NULL,
    state       text NOT NULL,
    post        text NOT NULL,
    day         date NOT NULL,
    code        text NOT NULL,
    looked_at   text NOT NULL CHECK (looked_at IN ('no', 'asked', 'decided')),
    record      text NOT NULL,
    noted       boolean NOT NULL,
    elsewhere   boolean NOT NULL,
    heard       boolean NOT NULL,
    named       text[] NOT NULL,
    since       timestamptz NOT NULL,
    received_at timestamptz NOT NULL
);
CREATE INDEX sighting_post ON sighting (state, post, day);
CREATE INDEX sighting_received ON sighting (received_at);
-- What monitors seated in a state were told of, as it was then: who is kept from that state later goes on counting so.
CREATE TABLE sighting_told (
    seat text NOT NULL,
    LIKE sighting,
    PRIMARY KEY (seat, notice)
);
CREATE INDEX sighting_told_post ON sighting_told (seat, state, post, day);
-- A day of a post, since when it is known, and whether it waits to be judged again. A row stays: it closes the day.
CREATE TABLE collective_day (
    state     text NOT NULL,
    post      text NOT NULL,
    day       date NOT NULL,
    opened_at timestamptz NOT NULL,
    dirty     boolean NOT NULL,
    PRIMARY KEY (state, post, day)
);
CREATE INDEX collective_dirty ON collective_day (state, post) WHERE dirty;
-- How far the pass has read the notices, those of them that it has still to look at, and the keys that it knows to have
-- been in other hands.
CREATE TABLE collective_mark (
    one  boolean PRIMARY KEY DEFAULT true CHECK (one),
    last bigint NOT NULL
);
CREATE TABLE collective_waiting (
    notice bigint PRIMARY KEY REFERENCES notice
);
CREATE TABLE collective_key (
    kid text PRIMARY KEY REFERENCES authority_key
);
"""
HISTORY: tuple[str, ...] = ()
"""Tables that only grow: none."""


def upgrade() -> None:
    op.execute(TABLES)
    for table in HISTORY:
        op.execute(f"CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()")
        op.execute(f"CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()")


def downgrade() -> None:
    raise RuntimeError("A migration is never taken back: it holds history.")
