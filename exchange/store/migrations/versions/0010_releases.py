"""The aggregate report: one frozen release for each quarter."""

from alembic import op

revision = "0010"
down_revision = "0009"

TABLES = """
-- `body` is the record of the leaf, byte for byte; `salt` belongs to the leaf, and is told with the release. Its opening
-- may be erased with others, a release stays.
CREATE TABLE release (
    quarter    text PRIMARY KEY,
    body       text NOT NULL,
    sha256     bytea NOT NULL CHECK (octet_length(sha256) = 32),
    frozen_at  timestamptz NOT NULL,
    leaf_index bigint NOT NULL REFERENCES leaf,
    salt       bytea NOT NULL CHECK (octet_length(salt) = 32)
);
-- Notices stand in the order of their receipt: an index of this kind costs acceptance next to nothing.
CREATE INDEX notice_received ON notice USING brin (received_at) WITH (autosummarize = on);
"""
HISTORY = ("release",)
"""Tables that only grow."""


def upgrade() -> None:
    op.execute(TABLES)
    for table in HISTORY:
        op.execute(f"CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()")
        op.execute(f"CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()")


def downgrade() -> None:
    raise RuntimeError("A migration is never taken back: it holds history.")
