"""Alerts about doubtful persons: one for each two persons that are taken as one, and no longer the worst of them."""

from alembic import op

revision = "0026"
down_revision = "0025"

TABLES = """
-- `beside` is the lowest number of that of the two persons in which the anchor is not, and 0 when there are not two.
ALTER TABLE alert ADD COLUMN beside bigint NOT NULL DEFAULT 0;
-- Who the other was is not known of those that stand: the next look gives each the one that takes its place.
UPDATE alert SET beside = anchor WHERE doubtful;
ALTER TABLE alert DROP COLUMN doubtful;
ALTER TABLE alert ADD COLUMN doubtful boolean GENERATED ALWAYS AS (beside <> 0) STORED;
ALTER TABLE alert ADD CONSTRAINT alert_stands_once UNIQUE (slug, family, anchor, beside);
DELETE FROM finding WHERE projection LIKE 'doubtful:%';
-- Without it one that is addressed before the next look would be withdrawn, as if nothing showed any more.
INSERT INTO outbox (step, subject, cause, promised_at)
SELECT DISTINCT 'detect', anchor, 'doubtful persons', changed_at FROM alert WHERE doubtful ON CONFLICT DO NOTHING;
"""
HISTORY: tuple[str, ...] = ()
"""Tables that only grow."""


def upgrade() -> None:
    op.execute(TABLES)


def downgrade() -> None:
    raise RuntimeError("A migration is never taken back: it holds history.")
