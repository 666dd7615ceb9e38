"""Parts that their author had erased, and that a holder who must not hear of it still sees (rule L21)."""

from alembic import op

revision = "0014"
down_revision = "0013"

TABLES = """
CREATE TABLE kept_part (
    notice bigint NOT NULL REFERENCES notice,
    name   text NOT NULL,
    slug   text NOT NULL REFERENCES authority,
    PRIMARY KEY (notice, name, slug)
);
"""
HISTORY = ("kept_part",)
"""Tables that only grow."""


def upgrade() -> None:
    op.execute(TABLES)
    for table in HISTORY:
        op.execute(f"CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()")
        op.execute(f"CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()")


def downgrade() -> None:
    raise RuntimeError("A migration is never taken back: it holds history.")
