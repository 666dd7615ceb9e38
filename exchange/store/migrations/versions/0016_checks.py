"""Checks: what an authority asked before a removal, and what it was told."""

from alembic import op

revision = "0016"
down_revision = "0015"

TABLES = """
-- A check is asked, answered, kept and forgotten as a query is, in the same tables; `what` says which of the two.
ALTER TABLE query ADD COLUMN what text NOT NULL DEFAULT 'query' CHECK (what IN ('query', 'check'));
-- The answer to a check has no mailbox: nobody is asked to speak.
ALTER TABLE query_answer ALTER mailbox DROP NOT NULL;

-- An alert about a check is about that: `about` no longer names authorities alone. It has no anchor, and the numbers of
-- the notices that made up the person then.
ALTER TABLE alert DROP CONSTRAINT alert_about_fkey;
"""
HISTORY: tuple[str, ...] = ()
"""Tables that only grow: none that is new."""


def upgrade() -> None:
    op.execute(TABLES)
    for table in HISTORY:
        op.execute(f"CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()")
        op.execute(f"CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()")


def downgrade() -> None:
    raise RuntimeError("A migration is never taken back: it holds history.")
