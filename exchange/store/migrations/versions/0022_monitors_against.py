"""Which monitors have spoken against the closing of an alert: one that did holds until it agrees itself."""

from alembic import op

revision = "0022"
down_revision = "0021"

TABLES = """
-- `against` are the slugs of the monitors behind `monitor_disagrees`, never shown; without that they say nothing.
ALTER TABLE alert ADD COLUMN against text[] NOT NULL DEFAULT '{}';
-- Who spoke until now stands in the histories of the monitors' own alerts.
UPDATE alert SET against = ARRAY(
    SELECT DISTINCT m.slug FROM alert m JOIN alert_event e ON e.alert = m.id JOIN authority a ON a.slug = alert.slug
     WHERE m.family = alert.family AND m.anchor = alert.anchor AND e.act = 'disagree'
       AND e.detail ->> 'authority' = a.urn)
 WHERE monitor_disagrees;
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
