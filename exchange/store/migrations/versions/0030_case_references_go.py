"""Case references go with the person: out of notices, queries and the token index, and nothing of a case into leaves."""

from alembic import op

revision = "0030"
down_revision = "0029"

TABLES = """
-- The author's reference of a case is there as long as a notice of the case has its hub part, which says it too.
ALTER TABLE notice ALTER case_ref DROP NOT NULL;
"""
HISTORY: tuple[str, ...] = ()
"""Tables that only grow: none that is new."""

# Whatever a row says but for the reference never changes, nor does that before its erasure is on record.
FORGOTTEN_ONLY = """
CREATE FUNCTION refuse_all_but_forgetting_a_case() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR NEW.case_ref IS NOT NULL OR (to_jsonb(NEW) - 'case_ref') <> (to_jsonb(OLD) - 'case_ref')
       OR NOT EXISTS (SELECT 1 FROM erasure e WHERE e.notice = OLD.no AND e.name = 'hub')
       OR EXISTS (SELECT 1 FROM notice n JOIN part p ON p.notice = n.no AND p.name = 'hub'
                   WHERE n.slug = OLD.slug AND n.case_ref = OLD.case_ref) THEN
        RAISE EXCEPTION 'table % holds history: it only grows', TG_TABLE_NAME
              USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE FUNCTION refuse_all_but_forgetting_a_query() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR NEW.case_ref IS NOT NULL OR (to_jsonb(NEW) - 'case_ref') <> (to_jsonb(OLD) - 'case_ref')
       OR NOT EXISTS (SELECT 1 FROM query_erasure e WHERE e.slug = OLD.slug AND e.id = OLD.id) THEN
        RAISE EXCEPTION 'table % holds history: it only grows', TG_TABLE_NAME
              USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
DROP TRIGGER only_grows ON notice;
CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE ON notice
       FOR EACH ROW EXECUTE FUNCTION refuse_all_but_forgetting_a_case();
DROP TRIGGER only_grows ON query;
CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE ON query
       FOR EACH ROW EXECUTE FUNCTION refuse_all_but_forgetting_a_query();
"""

# What was erased until now, as it is erased from now on.
ERASED_BEFORE = """
UPDATE notice n SET case_ref = NULL
 WHERE EXISTS (SELECT 1 FROM erasure e WHERE e.notice = n.no AND e.name = 'hub')
   AND NOT EXISTS (SELECT 1 FROM notice m JOIN part p ON p.notice = m.no AND p.name = 'hub'
                    WHERE m.slug = n.slug AND m.case_ref = n.case_ref);
UPDATE query q SET case_ref = NULL FROM query_erasure e WHERE e.slug = q.slug AND e.id = q.id;
DELETE FROM probe b USING query_erasure e WHERE e.slug = b.slug AND e.id = b.id;
DELETE FROM token_case c WHERE NOT EXISTS (
    SELECT 1 FROM token_author a JOIN notice n ON n.slug = a.slug WHERE a.no = c.author AND n.case_ref = c.case_ref);
UPDATE token_author a SET cases = (SELECT count(*) FROM token_case c WHERE c.author = a.no);
"""

# Of acts on alerts and links the record of the answer was the answer, of reports the report: both say what is known of
# a person. Their leaves stay, and are opened no more.
ANSWERS = r"""
DELETE FROM opening o USING opening asked
 WHERE asked.index = o.index - 1 AND starts_with(encode(o.record, 'escape'), '{')
   AND encode(asked.record, 'escape') ~ '^asylum-exchange-request/v1\n[^\n]*\nPOST\n[^\n?]*/v1/(alerts|links)/';
DELETE FROM opening WHERE index IN (
    SELECT index FROM (
        SELECT index, translate(split_part(encode(record, 'escape'), '.', 1), '-_', '+/') AS head FROM opening) AS o
     WHERE CASE WHEN head ~ '^eyJ[A-Za-z0-9+/]*$' THEN
           position('"asylum-exchange-disclosure-report+jws"' IN
                    encode(decode(rpad(head, (length(head) + 3) / 4 * 4, '='), 'base64'), 'escape')) > 0 END);
"""


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(FORGOTTEN_ONLY)
    op.execute(ERASED_BEFORE)
    op.execute(ANSWERS)


def downgrade() -> None:
    raise RuntimeError("A migration is never taken back: it holds history.")
