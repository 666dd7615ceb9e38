"""An index for judging a person when very much is stored (benchmarks/bench_verdict.py)."""

from alembic import op

revision = "0019"
down_revision = "0018"

TABLES = """
-- The alerts anchored in the notices of a person. Without it the index of the key is searched once for every queue and
-- family.
CREATE INDEX alert_anchor ON alert (anchor);
"""
HISTORY: tuple[str, ...] = ()
"""Tables that only grow: none."""


def upgrade() -> None:
    op.execute(TABLES)


def downgrade() -> None:
    raise RuntimeError("A migration is never taken back: it holds history.")
