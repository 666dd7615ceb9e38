"""The directory of neighbours: what each state says of its asylum law and offices, in versions."""

from alembic import op

revision = "0008"
down_revision = "0007"

TABLES = """
-- Versions of what is said of a state. `body` is the JSON that the officers' command names by its digest; the opening of
-- the leaf is the record of the version, which every reader is given.
CREATE TABLE neighbour (
    state      text NOT NULL,
    version    integer NOT NULL,
    body       text NOT NULL,
    command    text NOT NULL REFERENCES officer_command,
    at         timestamptz NOT NULL,
    leaf_index bigint NOT NULL,
    PRIMARY KEY (state, version)
);
"""
HISTORY = ("neighbour",)
"""Tables that only grow."""


def upgrade() -> None:
    op.execute(TABLES)
    for table in HISTORY:
        op.execute(f"CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()")
        op.execute(f"CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()")


def downgrade() -> None:
    raise RuntimeError("A migration is never taken back: it holds history.")
