"""Alerts about doubtful persons stand beside the others of their family and anchor, and no longer in their place."""

from alembic import op

revision = "0024"
down_revision = "0023"

TABLES = """
ALTER TABLE alert ADD COLUMN doubtful boolean NOT NULL DEFAULT false;
UPDATE alert SET doubtful = true WHERE anchor IS NOT NULL AND body ->> 'link' = 'possible';
ALTER TABLE alert DROP CONSTRAINT alert_slug_family_anchor_key;
ALTER TABLE alert ADD CONSTRAINT alert_stands_once UNIQUE (slug, family, anchor, doubtful);
"""
HISTORY: tuple[str, ...] = ()
"""Tables that only grow."""


def upgrade() -> None:
    op.execute(TABLES)
    for table in HISTORY:
        op.execute(
            f"CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    raise RuntimeError("A migration is never taken back: it holds history.")
