"""What caseworkers say of links: confirmed, refused, or a word taken back."""

from alembic import op

revision = "0021"
down_revision = "0020"

TABLES = """
-- A word on the link between two cases, the lesser (slug, case reference) first, by a caseworker of `slug`: one of the
-- two authorities, or a monitor. `compared` are codes of the identifiers that were compared, never what they say. What
-- stands of a link follows from its words in their order.
CREATE TABLE link_judgement (
    no        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    a_slug    text NOT NULL REFERENCES authority,
    a_case    text NOT NULL,
    b_slug    text NOT NULL REFERENCES authority,
    b_case    text NOT NULL,
    verdict   text NOT NULL CHECK (verdict IN ('confirmed', 'refused', 'withdrawn')),
    slug      text NOT NULL,
    pseudonym text NOT NULL,
    at        timestamptz NOT NULL,
    compared  text[] NOT NULL,
    FOREIGN KEY (slug, pseudonym) REFERENCES caseworker
);
CREATE INDEX link_judgement_pair ON link_judgement (a_slug, a_case, b_slug, b_case, no);
"""
HISTORY: tuple[str, ...] = ("link_judgement",)
"""Tables that only grow."""


def upgrade() -> None:
    op.execute(TABLES)
    for table in HISTORY:
        op.execute(f"CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()")
        op.execute(f"CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()")


def downgrade() -> None:
    raise RuntimeError("A migration is never taken back: it holds history.")
