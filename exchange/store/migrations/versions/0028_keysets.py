"""The keysets under which tokens are compared, as two officers named them."""

from alembic import op

revision = "0028"
down_revision = "0027"

TABLES = """
-- What officers say of a keyset: how its tokens are made, the token service's public key, and the check value of the
-- key that authorities share (an HMAC of a fixed text: it says nothing of any token). Of several the last one counts.
CREATE TABLE keyset (
    leaf_index bigint PRIMARY KEY,
    keyset     text NOT NULL,
    profile    text NOT NULL,
    mode       text NOT NULL CHECK (mode IN ('voprf', 'hmac')),
    public_key text NOT NULL,
    key_check  text NOT NULL,
    state      text NOT NULL CHECK (state IN ('compared', 'ended')),
    command    text NOT NULL,
    at         timestamptz NOT NULL
);
CREATE INDEX keyset_said ON keyset (keyset, profile, leaf_index);
"""
HISTORY: tuple[str, ...] = ("keyset",)
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
