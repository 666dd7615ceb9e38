"""A caseworker at the console and the links of their authority. What they read and say enters the ledger (L20)."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from exchange import judging, signing_in
from exchange.deps import Hub
from exchange.domain.caseworker import Caseworker
from exchange.domain.errors import Refusal
from exchange.judging import Asked, Judging
from exchange.store import ledger
from exchange.store.session import Tx


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of a link at the console; the password is asked for anew, and never shows in a repr.

    `seen` is the grade, with the words on it, that the caseworker read before: see `state`.
    """

    judging: Judging
    password: str = field(repr=False)
    seen: str


def links(hub: Hub, who: Caseworker, which: str, now: datetime) -> list[dict[str, Any]]:
    """Return the links of the caseworker's authority; `which` is one of `judging.WHICH`."""
    with hub.database.transaction() as tx:
        _note(tx, who, ("links", which), now)
    with hub.database.transaction() as tx:  # another one: a long list keeps nobody from noting an act
        return judging.in_view(tx, hub, who.authority, Asked(which), now)


def link(hub: Hub, who: Caseworker, link_id: str, now: datetime) -> dict[str, Any]:
    """Return one link as the caseworker's authority may see it. Raises Refusal `no-such-link`."""
    with hub.database.transaction() as tx:
        found = judging.show(tx, hub, who.authority, link_id, now)
        _note(tx, who, ("link", found["id"]), now)
    return found


def act(hub: Hub, who: Caseworker, said: Said, now: datetime) -> dict[str, Any]:
    """Say something of a link for the caseworker whose password this is; returns the link as it stands then.

    Raises Refusal as `signing_in.check_password` and `judging.act` do, and `changed-since-read` when somebody spoke on
    the link after the caseworker read it.
    """
    doer = signing_in.check_password(hub, who.authority.slug, who.pseudonym, said.password, now)
    with hub.database.transaction() as tx:
        before = judging.see(tx, hub, doer.authority, said.judging.link_id, now)
        if state(before.view) != said.seen:
            raise Refusal("changed-since-read", "The link changed after you read it. Read it again before you act.")
        found = judging.act(tx, hub, doer, said.judging, now)
        found.keep()
        _note(tx, doer, (f"link_{said.judging.name}", found.view["id"]), now)
    return found.view


def state(found: dict[str, Any]) -> str:
    """Return how a link stands as one word: its grade, how many notices it has, and who has said what."""
    words = sorted(f"{word['by']}={word['verdict']}" for word in found["words"])
    return ";".join([found["grade"], found.get("doubted", "no"), str(len(found["notices"])), *words])


def _note(tx: Tx, who: Caseworker, done: tuple[str, str], now: datetime) -> None:
    what, of = done
    made = {"at": now, "slug": who.authority.slug, "pseudonym": who.pseudonym, "what": what, "object": of}
    ledger.act(tx, made | {"purpose": "own_cases"})
