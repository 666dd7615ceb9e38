"""The token index as one narrow table, scored agreements, and link weights that two officers stand behind."""

from alembic import op

revision = "0020"
down_revision = "0019"

TABLES = """
DROP TABLE token;
-- Types of tokens by the number that stands for them: the place of a bit in token.held.
CREATE TABLE token_type (
    no   smallint PRIMARY KEY CHECK (no BETWEEN 0 AND 62),
    name text NOT NULL UNIQUE
);
-- Authors in the index, with how many cases each has in it.
CREATE TABLE token_author (
    no    smallint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    slug  text NOT NULL UNIQUE,
    cases integer NOT NULL DEFAULT 0
);
-- Cases of authors: what the index counts as a person.
CREATE TABLE token_case (
    no       integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    author   smallint NOT NULL REFERENCES token_author,
    case_ref text NOT NULL,
    UNIQUE (author, case_ref)
);
-- The hot index: 8 bytes of HMAC(pepper, profile|keyset|token), and all that one scan must know of the notice. `held`
-- has a bit for each type of token that the notice holds. New rows are made visible to index-only scans soon.
CREATE TABLE token (
    hash   bigint NOT NULL,
    notice bigint NOT NULL,
    held   bigint NOT NULL,
    person integer NOT NULL,
    author smallint NOT NULL,
    type   smallint NOT NULL
) WITH (autovacuum_vacuum_insert_scale_factor = 0.02);
CREATE INDEX token_hash ON token (hash) INCLUDE (notice, held, person, author, type);
CREATE INDEX token_notice ON token (notice);

-- A decision about two notices: what agreed and differed, under which weights, and the grade that followed. One for
-- each version of the weights; the last one counts. '0006' is the rule of two types (docs/decisions/0006): its grades
-- are written down here once, where they were worked out until now.
ALTER TABLE agreement ADD COLUMN no bigint GENERATED ALWAYS AS IDENTITY,
    ADD COLUMN weights text NOT NULL DEFAULT '0006',
    ADD COLUMN grade text NOT NULL DEFAULT 'possible' CHECK (grade IN ('probable', 'possible', 'none')),
    ADD COLUMN bits double precision NOT NULL DEFAULT 0,
    ADD COLUMN weight double precision NOT NULL DEFAULT 0,
    ADD COLUMN pattern jsonb NOT NULL DEFAULT '{}';
ALTER TABLE agreement DISABLE TRIGGER only_grows;
UPDATE agreement SET grade = 'probable' WHERE cardinality(types) > 1;
ALTER TABLE agreement ENABLE TRIGGER only_grows;
ALTER TABLE agreement ALTER weights DROP DEFAULT, ALTER grade DROP DEFAULT, ALTER bits DROP DEFAULT,
    ALTER weight DROP DEFAULT, ALTER pattern DROP DEFAULT;
ALTER TABLE agreement DROP CONSTRAINT agreement_pkey, ADD PRIMARY KEY (a, b, weights);

-- Weights that two officers stand behind, as they were signed.
CREATE TABLE link_weights (
    digest     text PRIMARY KEY,
    profile    text NOT NULL,
    version    text NOT NULL UNIQUE,
    document   text NOT NULL,
    command    text NOT NULL,
    at         timestamptz NOT NULL,
    leaf_index bigint NOT NULL
);
-- What was indexed under the table that is gone is indexed anew.
INSERT INTO outbox (step, subject, cause, promised_at)
SELECT 'link', n.no, 'token index', n.received_at FROM notice n WHERE EXISTS (
    SELECT 1 FROM neighbourhood m WHERE m.notice = n.no) ORDER BY n.no;
"""
HISTORY: tuple[str, ...] = ("link_weights",)
"""Tables that only grow."""


def upgrade() -> None:
    op.execute(TABLES)
    for table in HISTORY:
        op.execute(f"CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()")
        op.execute(f"CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()")


def downgrade() -> None:
    raise RuntimeError("A migration is never taken back: it holds history.")
