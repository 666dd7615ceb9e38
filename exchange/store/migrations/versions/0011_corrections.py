"""Corrections, and what retention has erased."""

from alembic import op

revision = "0011"
down_revision = "0010"

TABLES = """
-- A correction and a notice that it names: they are judged together.
CREATE TABLE tie (
    notice bigint NOT NULL REFERENCES notice,
    named  bigint NOT NULL REFERENCES notice,
    PRIMARY KEY (notice, named)
);
CREATE INDEX tie_named ON tie (named);

-- The leaves of a query and of its answer, which are opened no more once the query is forgotten.
CREATE TABLE query_leaf (
    slug  text NOT NULL,
    id    uuid NOT NULL,
    index bigint NOT NULL REFERENCES leaf,
    PRIMARY KEY (slug, id, index),
    FOREIGN KEY (slug, id) REFERENCES query
);
INSERT INTO query_leaf (slug, id, index)
SELECT q.slug, q.id, o.index FROM query q JOIN opening o ON sha256(o.record) = q.sha256
 UNION SELECT a.slug, a.id, o.index FROM query_answer a JOIN opening o ON o.record = convert_to(a.jws, 'UTF8');
CREATE TABLE query_erasure (
    slug text NOT NULL,
    id   uuid NOT NULL,
    at   timestamptz NOT NULL,
    PRIMARY KEY (slug, id),
    FOREIGN KEY (slug, id) REFERENCES query
);
CREATE INDEX query_received ON query (received_at);
CREATE INDEX query_answer_jws ON query_answer USING hash (jws);

-- Persons whose data are to be looked at again, and when: a row for each neighbourhood that retention has seen.
CREATE TABLE retention (
    neighbourhood bigint PRIMARY KEY,
    look_at       timestamptz NOT NULL
);
CREATE INDEX retention_look_at ON retention (look_at);
"""
HISTORY: tuple[str, ...] = ("tie", "query_leaf", "query_erasure")
"""Tables that only grow."""

# The text of an answer goes once the query is on record as forgotten; nothing else of it ever changes.
FORGOTTEN_ONLY = """
CREATE FUNCTION refuse_unrecorded_forgetting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR NEW.jws <> '' OR (to_jsonb(NEW) - 'jws') <> (to_jsonb(OLD) - 'jws')
       OR NOT EXISTS (SELECT 1 FROM query_erasure e WHERE e.slug = OLD.slug AND e.id = OLD.id) THEN
        RAISE EXCEPTION 'table % holds history: it only grows', TG_TABLE_NAME
              USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
DROP TRIGGER only_grows ON query_answer;
CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE ON query_answer
       FOR EACH ROW EXECUTE FUNCTION refuse_unrecorded_forgetting();
"""


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(FORGOTTEN_ONLY)
    for table in HISTORY:
        op.execute(f"CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()")
        op.execute(f"CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()")


def downgrade() -> None:
    raise RuntimeError("A migration is never taken back: it holds history.")
