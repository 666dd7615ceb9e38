"""Acts found by whose they are: an authority reads its own log."""

from alembic import op

revision = "0013"
down_revision = "0012"

TABLES = """
CREATE INDEX act_slug ON act (slug, no);
"""
HISTORY = ()
"""Tables that this adds: none."""


def upgrade() -> None:
    op.execute(TABLES)


def downgrade() -> None:
    raise RuntimeError("A migration is never taken back: it holds history.")
