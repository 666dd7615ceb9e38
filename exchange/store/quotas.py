"""How much each authority has used of its quotas: one row for each class, whose window moves on."""

from dataclasses import dataclass

from exchange.store.session import Tx, row


@dataclass(frozen=True, slots=True)
class Window:
    """A window of time: its beginning in Unix seconds, and its length in seconds."""

    begins: int
    length: int

    def is_running(self, begins: int) -> bool:
        """Tell whether a stored window is still this one; a process whose clock is ahead may have begun the next."""
        return begins in {self.begins, self.begins + self.length}


_TAKE = """
INSERT INTO quota AS q (slug, class, begins, used) VALUES (%(slug)s, %(class)s, %(begins)s, 1)
ON CONFLICT (slug, class) DO UPDATE
   SET begins = CASE WHEN q.begins IN (%(begins)s, %(next)s) THEN q.begins ELSE EXCLUDED.begins END,
       used = CASE WHEN q.begins IN (%(begins)s, %(next)s) THEN q.used + 1 ELSE 1 END
 WHERE q.begins NOT IN (%(begins)s, %(next)s) OR q.used < %(most)s
RETURNING used
"""


def take(tx: Tx, of: tuple[str, str], window: Window, most: int) -> bool:
    """Count one more of an authority and a class; tells whether there was room. Where there is none, nothing changes.

    The counter is held until the transaction ends.
    """
    slug, name = of
    values = {"slug": slug, "class": name, "begins": window.begins, "next": window.begins + window.length, "most": most}
    return row(tx, _TAKE, values) is not None
