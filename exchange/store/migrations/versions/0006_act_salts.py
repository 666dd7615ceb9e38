"""Acts with a salt of their own, so that one can be shown without telling of its neighbours."""

from alembic import op

revision = "0006"
down_revision = "0005"

TABLES = """
-- Acts from before have no salt: the leaves of their minutes are over their bare records, and stay so.
ALTER TABLE act ADD COLUMN salt bytea;
ALTER TABLE act ADD CONSTRAINT act_salted CHECK (salt IS NOT NULL AND octet_length(salt) = 32) NOT VALID;
"""
HISTORY = ()
"""Tables that this adds: none."""


def upgrade() -> None:
    op.execute(TABLES)


def downgrade() -> None:
    raise RuntimeError("A migration is never taken back: it holds history.")
