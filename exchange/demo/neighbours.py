"""The first entries of the directory, which the package ships, entered by the officers' own act."""

from pathlib import Path
from typing import Final

from exchange import directory_room, neighbours
from exchange.commands import Given
from exchange.demo.ceremony import Secretariat

SHIPPED: Final = Path(__file__).parents[1] / "data" / "neighbours"


def shipped() -> dict[str, str]:
    """Return the text of each shipped entry by its state."""
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(SHIPPED.glob("*.json"))}


def enter(office: Secretariat) -> list[str]:
    """Enter the shipped entry of every state that has none; returns those states. Done twice it changes nothing.

    Raises Refusal.
    """
    known = directory_room.states(office.hub)
    missing = {state: text for state, text in shipped().items() if state not in known}
    for text in missing.values():
        office.act("directory", neighbours.members(text, 0), Given(bundle=text))
    return sorted(missing)
