"""The ledger as it is published: full tiles with their roots, and checkpoints."""

from alembic import op

revision = "0003"
down_revision = "0002"

TABLES = """
-- The hashes of each full tile (C2SP tlog-tiles) and their root, which is a hash of the level above. Derived from the
-- leaves, kept so that a proof reads little.
CREATE TABLE tile (
    level  integer NOT NULL CHECK (level >= 0),
    index  bigint NOT NULL CHECK (index >= 0),
    hashes bytea NOT NULL CHECK (octet_length(hashes) = 256 * 32),
    root   bytea NOT NULL CHECK (octet_length(root) = 32),
    PRIMARY KEY (level, index)
);
ALTER TABLE tile ALTER hashes SET STORAGE EXTERNAL;
CREATE TABLE checkpoint (
    size bigint PRIMARY KEY,
    root bytea NOT NULL CHECK (octet_length(root) = 32),
    note text NOT NULL,
    at   timestamptz NOT NULL
);
"""
HISTORY = ("tile", "checkpoint")


def upgrade() -> None:
    op.execute(TABLES)
    for table in HISTORY:
        op.execute(f"CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()")
        op.execute(f"CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()")


def downgrade() -> None:
    raise RuntimeError("A migration is never taken back: it holds history.")
