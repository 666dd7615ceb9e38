"""How much each authority has asked for, and what the secretariat is told of probing."""

from alembic import op

revision = "0007"
down_revision = "0006"

TABLES = """
-- One row for each authority and class of request: the window that runs, as the Unix time of its beginning, and how much
-- of it is used. Half of each page is kept free: a row that changes with every request stays in its page.
CREATE TABLE quota (
    slug   text NOT NULL REFERENCES authority,
    class  text NOT NULL,
    begins bigint NOT NULL,
    used   bigint NOT NULL,
    PRIMARY KEY (slug, class)
) WITH (fillfactor = 50);

-- What the step `queried` needs. Of queries from before, whose holders were told at once, nothing is known.
ALTER TABLE query ADD COLUMN case_ref text;
ALTER TABLE query ADD COLUMN purpose text;
ALTER TABLE query ADD COLUMN legal_basis text;
ALTER TABLE query_answer ADD COLUMN holders text[] NOT NULL DEFAULT '{}';

-- Queries about persons who are kept from the asker's own state; a row goes when its window is over.
CREATE TABLE probe (
    slug     text NOT NULL,
    id       uuid NOT NULL,
    case_ref text NOT NULL,
    at       timestamptz NOT NULL,
    PRIMARY KEY (slug, id),
    FOREIGN KEY (slug, id) REFERENCES query
);
CREATE INDEX probe_at ON probe (slug, at);

-- An alert is about a person, by its first anchor notice, or about an authority.
ALTER TABLE alert ALTER anchor DROP NOT NULL;
ALTER TABLE alert ADD COLUMN about text REFERENCES authority;
ALTER TABLE alert ADD CHECK ((anchor IS NULL) <> (about IS NULL));
CREATE UNIQUE INDEX alert_about ON alert (slug, family, about) WHERE about IS NOT NULL;

DROP FUNCTION accept_begin(bigint, json, json, json);
"""
HISTORY = ()
"""Tables that only grow: none."""

# As in 0002, and what the senders have used of their quota. It is read, and later written, under the lock on the end of
# the ledger, so that no two acceptances count at once.
ACCEPT_BEGIN = """
CREATE FUNCTION accept_begin(ledger_lock bigint, nonces json, wanted json, slugs json)
RETURNS TABLE (next_leaf bigint, next_notice bigint, used json, earlier json, tails json, quotas json)
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
                (SELECT n.slug, n.seq, n.sha256 FROM notice n WHERE n.slug = g.slug ORDER BY n.seq DESC, n.no LIMIT 1) t),
        (SELECT json_agg(json_build_array(q.slug, q.begins, q.used))
           FROM json_array_elements_text(slugs) AS g (slug) JOIN quota q ON q.slug = g.slug AND q.class = 'notices');
END
$$;
"""


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(ACCEPT_BEGIN)


def downgrade() -> None:
    raise RuntimeError("A migration is never taken back: it holds history.")
