"""Members: since when a state takes part, and from what it is suspended."""

from alembic import op

revision = "0009"
down_revision = "0008"

TABLES = """
-- What officers said of a state, in order. Where there is no command, the state takes part since its first authority was
-- enrolled, for which three officers stand. `scope` is `all`, or the nationality that a suspension is for.
CREATE TABLE member (
    no         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    state      text NOT NULL,
    status     text NOT NULL CHECK (status IN ('observer', 'full', 'suspended', 'left')),
    scope      text NOT NULL CHECK (scope = 'all' OR (scope ~ '^[A-Z]{3}$' AND status IN ('full', 'suspended'))),
    track      text NOT NULL,
    since      timestamptz NOT NULL,
    command    text REFERENCES officer_command,
    leaf_index bigint
);
CREATE INDEX member_state ON member (state);
INSERT INTO member (state, status, scope, track, since)
SELECT state, 'full', 'all', CASE WHEN state = 'UKR' THEN 'north+south'
       WHEN state IN ('BLR', 'EST', 'LTU', 'LVA', 'POL') THEN 'north'
       WHEN state IN ('HUN', 'MDA', 'ROU', 'SVK') THEN 'south' ELSE '' END, min(enrolled_at)
  FROM authority GROUP BY state ORDER BY min(enrolled_at), state;
-- Alliances that officers added to those that every exchange begins with, or ended (L24).
CREATE TABLE ally (
    no         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    state      text NOT NULL,
    of_state   text NOT NULL,
    ended      boolean NOT NULL,
    since      timestamptz NOT NULL,
    command    text NOT NULL REFERENCES officer_command,
    leaf_index bigint NOT NULL
);
-- How far an authority had read when it was suspended.
CREATE INDEX act_shown ON act (slug, what, at) WHERE what IN ('shown', 'listed', 'alerts');
"""
HISTORY = ("member", "ally")
"""Tables that only grow."""


def upgrade() -> None:
    op.execute(TABLES)
    for table in HISTORY:
        op.execute(f"CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()")
        op.execute(f"CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()")


def downgrade() -> None:
    raise RuntimeError("A migration is never taken back: it holds history.")
