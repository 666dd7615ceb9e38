"""Keys that follow one another and end, and the officers who answer for them.

Key events are open records: their leaves and openings are kept for ever. The officers themselves stand in them alone.
"""

from alembic import op

revision = "0004"
down_revision = "0003"

TABLES = """
ALTER TABLE authority_key DROP CONSTRAINT authority_key_purpose_check;
ALTER TABLE authority_key ADD CHECK (purpose IN ('request', 'notice', 'seal', 'recovery'));
ALTER TABLE authority_key RENAME COLUMN revoked_at TO ends_at;
ALTER TABLE authority_key ADD COLUMN predecessor text REFERENCES authority_key;
ALTER TABLE authority_key ADD COLUMN ended_as text CHECK (ended_as IN ('superseded', 'compromised'));
ALTER TABLE authority_key ADD COLUMN ended_leaf bigint;
ALTER TABLE authority_key ADD COLUMN compromised_since timestamptz;
CREATE INDEX notice_kid ON notice (kid, received_at);

-- Which leaf is over which record of whose keys; the records are the openings. `digest` is that of the authority's own
-- statement, with the receipt that it got, so that the same statement sent again is answered alike.
CREATE TABLE key_event (
    leaf_index bigint PRIMARY KEY,
    owner      text NOT NULL,
    no         integer NOT NULL,
    digest     text UNIQUE,
    receipt    text,
    UNIQUE (owner, no)
);
CREATE TABLE officer_command (
    digest     text PRIMARY KEY,
    no         bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    officer    text NOT NULL,
    id         uuid NOT NULL,
    act        text NOT NULL,
    what       text REFERENCES officer_command,
    jws        text NOT NULL,
    attached   text,
    at         timestamptz NOT NULL,
    leaf_index bigint NOT NULL,
    UNIQUE (officer, id)
);
CREATE INDEX officer_command_what ON officer_command (what);
CREATE TABLE command_carried (
    digest text PRIMARY KEY REFERENCES officer_command,
    at     timestamptz NOT NULL
);
"""
HISTORY = ("key_event", "officer_command", "command_carried")


def upgrade() -> None:
    op.execute(TABLES)
    for table in HISTORY:
        op.execute(f"CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()")
        op.execute(f"CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()")


def downgrade() -> None:
    raise RuntimeError("A migration is never taken back: it holds history.")
