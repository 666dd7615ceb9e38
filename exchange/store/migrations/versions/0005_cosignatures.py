"""Cosignatures of witnesses."""

from alembic import op

revision = "0005"
down_revision = "0004"

TABLES = """
-- A line that a witness answered, verified before it is kept. `witness` is the name of its key. `nth` says that it was
-- the n-th witness to cosign that size: so the newest checkpoint that n have cosigned is found without counting.
CREATE TABLE cosignature (
    size    bigint NOT NULL REFERENCES checkpoint,
    witness text NOT NULL,
    key_id  text NOT NULL,
    nth     integer NOT NULL,
    line    text NOT NULL,
    at      timestamptz NOT NULL,
    PRIMARY KEY (size, witness, key_id)
);
CREATE INDEX cosignature_nth ON cosignature (nth, size);
CREATE INDEX cosignature_witness ON cosignature (witness, key_id, size);
"""
HISTORY = ("cosignature",)


def upgrade() -> None:
    op.execute(TABLES)
    for table in HISTORY:
        op.execute(f"CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()")
        op.execute(f"CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()")


def downgrade() -> None:
    raise RuntimeError("A migration is never taken back: it holds history.")
