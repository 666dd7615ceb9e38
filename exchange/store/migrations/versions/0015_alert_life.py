"""The rest of the life of an alert: superseded, put aside for a time, closed with a monitor.

What was done, and by whom, goes on standing in `alert_event`, which only grows; these columns say how things are now.
"""

from alembic import op

revision = "0015"
down_revision = "0014"

TABLES = """
-- `rests_on` are the notices that the finding rests on, never shown as numbers. An alert is snoozed by somebody until a
-- moment. `monitor_disagrees`: a monitor has spoken against its closing, so that only a monitor can agree to one.
ALTER TABLE alert
    ADD COLUMN rests_on bigint[] NOT NULL DEFAULT '{}',
    ADD COLUMN snoozed_by text,
    ADD COLUMN snoozed_until timestamptz,
    ADD COLUMN monitor_disagrees boolean NOT NULL DEFAULT false,
    ADD COLUMN superseded_by uuid REFERENCES alert,
    ADD CHECK ((snoozed_by IS NULL) = (snoozed_until IS NULL)),
    ADD CHECK ((superseded_by IS NOT NULL) = (status = 'superseded'));
-- One dossier for each person: alerts of a queue whose lists of notices overlap.
CREATE INDEX alert_person ON alert USING gin (person);
CREATE INDEX alert_snoozed ON alert (snoozed_until) WHERE snoozed_until IS NOT NULL;
"""
HISTORY: tuple[str, ...] = ()
"""Tables that only grow."""


def upgrade() -> None:
    op.execute(TABLES)
    for table in HISTORY:
        op.execute(f"CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()")
        op.execute(f"CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()")


def downgrade() -> None:
    raise RuntimeError("A migration is never taken back: it holds history.")
