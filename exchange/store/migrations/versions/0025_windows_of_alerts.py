"""Indexes for what became of alerts within a window, and for the alerts about checks of one person."""

from alembic import op

revision = "0025"
down_revision = "0024"

TABLES = """
-- What happened to alerts is stored as it happens: a few pages of the index name the blocks of a window.
CREATE INDEX alert_event_at ON alert_event USING brin (at) WITH (autosummarize = on);
-- Each new notice of a person asks for these, and there are few.
CREATE INDEX alert_check ON alert USING gin (person) WHERE family = 'check';
"""
HISTORY: tuple[str, ...] = ()
"""Tables that only grow: none."""


def upgrade() -> None:
    op.execute(TABLES)


def downgrade() -> None:
    raise RuntimeError("A migration is never taken back: it holds history.")
