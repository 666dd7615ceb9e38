"""Signed messages in full: sealed parts, batches, acknowledgements, the quarantine, seal keys, erasure.

An inbox keeps as what its reader sees a notice, no copy of it: what is erased is erased there too.
"""

from alembic import op

revision = "0002"
down_revision = "0001"

TABLES = """
ALTER TABLE authority_key DROP CONSTRAINT authority_key_purpose_check;
ALTER TABLE authority_key ADD CHECK (purpose IN ('request', 'notice', 'seal'));
CREATE INDEX authority_key_slug ON authority_key (slug);

-- Numbers are given under the lock on the end of the ledger, so that their order is the ledger's.
ALTER TABLE notice ALTER no DROP IDENTITY;
CREATE INDEX notice_sequence ON notice (slug, seq);
CREATE TABLE sealed (
    notice     bigint NOT NULL REFERENCES notice,
    n          integer NOT NULL,
    jwe        text NOT NULL,
    recipients text[] NOT NULL,
    PRIMARY KEY (notice, n)
);
CREATE TABLE erasure (
    notice bigint NOT NULL REFERENCES notice,
    name   text NOT NULL,
    at     timestamptz NOT NULL,
    reason text NOT NULL,
    PRIMARY KEY (notice, name)
);

CREATE TABLE acknowledgement (
    no          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    slug        text NOT NULL REFERENCES authority,
    id          uuid NOT NULL,
    sha256      bytea NOT NULL CHECK (octet_length(sha256) = 32),
    notice      bigint NOT NULL REFERENCES notice,
    says        text NOT NULL,
    jws         text NOT NULL,
    receipt     text NOT NULL,
    leaf_index  bigint NOT NULL,
    received_at timestamptz NOT NULL,
    UNIQUE (slug, id),
    UNIQUE (notice, slug, says)
);

-- Signed text does not compress: trying costs more than it saves.
ALTER TABLE opening ALTER record SET STORAGE EXTERNAL;
ALTER TABLE notice ALTER jws SET STORAGE EXTERNAL;
ALTER TABLE receipt ALTER jws SET STORAGE EXTERNAL;
ALTER TABLE part ALTER disclosure SET STORAGE EXTERNAL;
ALTER TABLE sealed ALTER jwe SET STORAGE EXTERNAL;

-- What the quarantine tells a sender of a refused message; never the message.
ALTER TABLE refusal ADD COLUMN detail text NOT NULL DEFAULT '';
ALTER TABLE refusal ADD COLUMN method text NOT NULL DEFAULT '';
ALTER TABLE refusal ADD COLUMN path text NOT NULL DEFAULT '';
ALTER TABLE refusal ADD COLUMN digest text NOT NULL DEFAULT '';
ALTER TABLE refusal ADD COLUMN entry integer;
CREATE INDEX refusal_slug ON refusal (slug, no);

ALTER TABLE inbox ADD COLUMN notice bigint REFERENCES notice;
CREATE INDEX inbox_notice ON inbox (slug, notice);
ALTER TABLE inbox DISABLE TRIGGER only_grows;
UPDATE inbox i SET notice = split_part(i.cause, ':', 2)::bigint,
       item = jsonb_build_object('type', 'notice', 'sealed', '[]'::jsonb, 'seen_as',
           (SELECT CASE WHEN a.kind = 'monitor' THEN 'monitor' WHEN a.kind IN ('asylum_office', 'court_liaison')
                        THEN 'office' ELSE 'unit' END FROM authority a WHERE a.slug = i.slug))
 WHERE i.item ->> 'type' = 'notice';
ALTER TABLE inbox ENABLE TRIGGER only_grows;
"""

HISTORY = ("sealed", "erasure", "acknowledgement")
"""Tables that are never emptied; of these, erasure and acknowledgement never change and never shrink."""
ERASABLE = ("part", "sealed")
"""Tables whose rows may go, once an erasure of them is on record; they never change."""

# The erasure of `sealed` takes the Disclosure with the digests' name and every blob.
ERASED_ONLY = """
CREATE FUNCTION refuse_unrecorded_erasure() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    erased text := CASE TG_TABLE_NAME WHEN 'sealed' THEN 'sealed' ELSE to_jsonb(OLD) ->> 'name' END;
BEGIN
    IF NOT EXISTS (SELECT 1 FROM erasure e WHERE e.notice = OLD.notice AND e.name = erased) THEN
        RAISE EXCEPTION 'table % holds history: it only grows', TG_TABLE_NAME
              USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN OLD;
END
$$;
"""

# Everything that accepting needs to know, read after the lock on the end of the ledger is held: each statement of a
# volatile function sees what was committed before it.
ACCEPT_BEGIN = """
CREATE FUNCTION accept_begin(ledger_lock bigint, nonces json, wanted json, slugs json)
RETURNS TABLE (next_leaf bigint, next_notice bigint, used json, earlier json, tails json)
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(ledger_lock);
    RETURN QUERY SELECT
        (SELECT coalesce(max(l.index) + 1, 0) FROM leaf l),
        (SELECT coalesce(max(n.no) + 1, 1) FROM notice n),
        (SELECT json_agg(json_build_array(x.kid, x.nonce))
           FROM json_to_recordset(nonces) AS g (kid text, nonce text) JOIN nonce x USING (kid, nonce)),
        (SELECT json_agg(json_build_array(n.slug, n.id, encode(n.sha256, 'hex'), r.jws))
           FROM json_to_recordset(wanted) AS g (slug text, id uuid)
           JOIN notice n USING (slug, id) JOIN receipt r ON r.notice = n.no),
        (SELECT json_agg(json_build_array(t.slug, t.seq, encode(t.sha256, 'hex')))
           FROM json_array_elements_text(slugs) AS g (slug), LATERAL
                (SELECT n.slug, n.seq, n.sha256 FROM notice n WHERE n.slug = g.slug ORDER BY n.seq DESC, n.no LIMIT 1) t);
END
$$;
"""


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(ERASED_ONLY)
    op.execute(ACCEPT_BEGIN)
    op.execute("DROP TRIGGER only_grows ON part")
    for table in HISTORY:
        op.execute(f"CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()")
    for table in ("erasure", "acknowledgement"):
        op.execute(f"CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()")
    for table in ERASABLE:
        op.execute(f"CREATE TRIGGER never_changes BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()")
        op.execute(f"CREATE TRIGGER erased_only BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_unrecorded_erasure()")


def downgrade() -> None:
    raise RuntimeError("A migration is never taken back: it holds history.")
