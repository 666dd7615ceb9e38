"""Clocks: by when an answer is due, and who was reminded."""

from alembic import op

revision = "0012"
down_revision = "0011"

TABLES = """
-- A notice and one that it answers by in_reply_to.
CREATE TABLE reply (
    notice   bigint PRIMARY KEY REFERENCES notice,
    answered bigint NOT NULL REFERENCES notice
);
CREATE INDEX reply_answered ON reply (answered);

-- When to look at the clocks of a person again, because somebody may then be told something: what is due is worked out
-- anew each time, so a row changes and goes. What was told stands in the inboxes.
CREATE TABLE clock (
    notice bigint NOT NULL REFERENCES notice,
    due_at timestamptz NOT NULL,
    PRIMARY KEY (notice, due_at)
);
CREATE INDEX clock_due ON clock (due_at);
"""
HISTORY: tuple[str, ...] = ("reply",)
"""Tables that only grow."""


def upgrade() -> None:
    op.execute(TABLES)
    for table in HISTORY:
        op.execute(f"CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()")
        op.execute(f"CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()")


def downgrade() -> None:
    raise RuntimeError("A migration is never taken back: it holds history.")
