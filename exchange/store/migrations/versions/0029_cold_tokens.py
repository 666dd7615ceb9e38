"""Tokens of a notice are cut out of its stored hub part and kept encrypted beside the rest, in the same row."""

from alembic import op

revision = "0029"
down_revision = "0028"

TABLES = """
-- `cut` is a value that stood in the Disclosure at character `cut_at`, encrypted (nonce, ciphertext, tag); in its place
-- stand two characters. Parts from before stay as they came: rows of history never change.
ALTER TABLE part ADD COLUMN cut_at integer, ADD COLUMN cut bytea;
ALTER TABLE part ALTER cut SET STORAGE EXTERNAL;
"""
HISTORY: tuple[str, ...] = ()
"""Tables that only grow."""


def upgrade() -> None:
    op.execute(TABLES)


def downgrade() -> None:
    raise RuntimeError("A migration is never taken back: it holds history.")
