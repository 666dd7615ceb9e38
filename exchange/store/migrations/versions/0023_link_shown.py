"""What each authority was shown of a link last, and words on a link that others do not hear."""

from alembic import op

revision = "0023"
down_revision = "0022"

TABLES = """
-- A link as it was last shown to the authority `slug`, for when its state becomes withheld: the link must not vanish
-- then. `one` and `other` are the first notices of its two cases, as the reader's id of the link has them; `body` is
-- the grade, the words, why, and the notices that are not the reader's own, each with its number `no`.
CREATE TABLE link_shown (
    slug  text NOT NULL REFERENCES authority,
    one   bigint NOT NULL REFERENCES notice,
    other bigint NOT NULL REFERENCES notice,
    body  jsonb NOT NULL,
    at    timestamptz NOT NULL,
    PRIMARY KEY (slug, one, other)
);
CREATE INDEX link_shown_one ON link_shown (one);
CREATE INDEX link_shown_other ON link_shown (other);
-- A word that was said of a link as it was shown last is not heard by anybody but who said it.
ALTER TABLE link_judgement ADD COLUMN heard boolean NOT NULL DEFAULT true;
"""
HISTORY: tuple[str, ...] = ()
"""Tables that only grow."""


def upgrade() -> None:
    op.execute(TABLES)


def downgrade() -> None:
    raise RuntimeError("A migration is never taken back: it holds history.")
