"""A running exchange for tests: every service a process of its own, everything seen through what users have."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from authorities import Office, enrolled
from exchange.deps import Hub
from exchange.domain.notice import Reader
from exchange.embedded.processes import until
from exchange.embedded.up import Exchange
from exchange.store import outbox
from exchange.wire import sdjwt, statements

PATIENCE = 60.0


@dataclass
class Journey:
    """An exchange that runs, and the authorities enrolled on it."""

    exchange: Exchange
    hub: Hub
    folder: Path
    offices: list[Office] = field(default_factory=list)

    def enrol(self, *readers: Reader) -> list[Office]:
        made = []
        for who in readers:
            office = Office(self.folder / who.slug, who)
            enrolled(self.hub, office)
            made.append(office)
        self.offices += made
        return made

    def awaited(self, what: Callable[[], Any], why: str) -> Any:
        """Return what comes, keeping the supervisor at work meanwhile."""
        got: list[Any] = []

        def looked() -> bool:
            self.exchange.supervisor.tick()
            got[:] = [what()]
            return bool(got[0])

        assert until(looked, PATIENCE), why
        return got[0]

    def alert(self, office: Office, pattern: str) -> dict[str, Any]:
        found = self.awaited(
            lambda: [a for a in office.speaker.alerts() if a["pattern"] == pattern],
            f"{pattern} did not reach {office.who.slug}",
        )
        return dict(found[0])

    def inbox(self, office: Office, count: int) -> list[dict[str, Any]]:
        def items() -> list[dict[str, Any]]:
            return list(office.speaker.inbox()["items"])

        return list(
            self.awaited(lambda: (found := items()) and len(found) >= count and found, "the inbox stayed empty")
        )

    def settle(self) -> None:
        """Await that all promised work is done."""

        def done() -> bool:
            with self.hub.database.transaction() as tx:
                return outbox.undone(tx) == (0, 0)

        self.awaited(done, "promised work was not done")

    def opened(self, item: dict[str, Any], author: Office) -> dict[str, Any]:
        """The parts that an item shows, verified as a reader would."""
        unverified = sdjwt.read(item["notice"])
        notice = sdjwt.verify_shown(unverified, author.folder.key("notice").public, self.hub.exchange_id)
        return dict(notice.parts)

    def view(self, office: Office, item: dict[str, Any]) -> dict[str, Any]:
        return statements.heard(item["view"], statements.VIEW, office.folder.hub_key("words"))

    def close(self) -> None:
        for office in self.offices:
            office.close()
        self.hub.database.close()
