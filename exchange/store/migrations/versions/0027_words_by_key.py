"""Words on links: by which key they were signed, and of which cases by their notices in place of references."""

from alembic import op

revision = "0027"
down_revision = "0026"

TABLES = """
-- The two cases are those of the notices `one` and `other`, the lesser (slug, case reference) first: the reference is
-- not kept a second time, where nothing is ever erased. `kid` is the key that signed the request; at the console there
-- is none.
ALTER TABLE link_judgement ADD COLUMN one bigint REFERENCES notice, ADD COLUMN other bigint REFERENCES notice,
                           ADD COLUMN kid text REFERENCES authority_key;
ALTER TABLE link_judgement DISABLE TRIGGER only_grows;
UPDATE link_judgement j SET
    one = (SELECT min(n.no) FROM notice n WHERE n.slug = j.a_slug AND n.case_ref = j.a_case),
    other = (SELECT min(n.no) FROM notice n WHERE n.slug = j.b_slug AND n.case_ref = j.b_case);
ALTER TABLE link_judgement ENABLE TRIGGER only_grows;
ALTER TABLE link_judgement ALTER one SET NOT NULL, ALTER other SET NOT NULL,
    DROP COLUMN a_slug, DROP COLUMN a_case, DROP COLUMN b_slug, DROP COLUMN b_case;
CREATE INDEX link_judgement_one ON link_judgement (one, other, no);
CREATE INDEX link_judgement_kid ON link_judgement (kid, at);
"""
HISTORY: tuple[str, ...] = ()
"""Tables that only grow: none that is new."""


def upgrade() -> None:
    op.execute(TABLES)


def downgrade() -> None:
    raise RuntimeError("A migration is never taken back: it holds history.")
