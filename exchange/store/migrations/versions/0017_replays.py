"""Replays of changed rules, and the reports that two officers sign."""

from alembic import op

revision = "0017"
down_revision = "0016"

TABLES = """
-- A replay: which history (SHA-256 of its manifest), where the workers find it, which rules (hash of all that they say).
-- `id` follows from history and rules, so that to begin it again is to go on with it.
CREATE TABLE replay (
    id         text PRIMARY KEY,
    begun_at   timestamptz NOT NULL,
    folder     text NOT NULL,
    input      text NOT NULL,
    definition text NOT NULL,
    patterns   text[] NOT NULL,
    buckets    integer NOT NULL
);
-- A bucket that is done, and how much was looked at. What was found in it came in the same transaction.
CREATE TABLE replay_bucket (
    replay     text NOT NULL REFERENCES replay,
    bucket     integer NOT NULL,
    done_at    timestamptz NOT NULL,
    persons    bigint NOT NULL,
    events     bigint NOT NULL,
    candidates bigint NOT NULL,
    findings   bigint NOT NULL,
    PRIMARY KEY (replay, bucket)
);
-- No history: it is needed for the report of differences, and can be worked out again.
CREATE TABLE replay_found (
    replay    text NOT NULL REFERENCES replay,
    anchor    bigint NOT NULL,
    family    text COLLATE "C" NOT NULL,
    pattern   text NOT NULL,
    severity  text NOT NULL,
    stage     text NOT NULL,
    certainty text NOT NULL,
    acting    text[] NOT NULL,
    PRIMARY KEY (replay, anchor, family)
);
-- A report of differences that two officers stand behind: from then on these rules count. Its text is the attachment of
-- the command.
CREATE TABLE signed_rules (
    report     text PRIMARY KEY,
    definition text NOT NULL,
    command    text NOT NULL REFERENCES officer_command,
    at         timestamptz NOT NULL,
    leaf_index bigint NOT NULL
);
CREATE INDEX signed_definition ON signed_rules (definition);
"""
HISTORY = ("replay", "replay_bucket", "signed_rules")
"""Tables that only grow."""


def upgrade() -> None:
    op.execute(TABLES)
    for table in HISTORY:
        op.execute(f"CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()")
        op.execute(f"CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()")


def downgrade() -> None:
    raise RuntimeError("A migration is never taken back: it holds history.")
