"""The identity of a finding: the notice by which it was first known, so that a longer chain is the same finding."""

from exchange.domain.patterns.known import Known
from exchange.domain.patterns.notions import Between, path
from exchange.domain.patterns.ordering import places
from exchange.domain.timeline import Event


def anchor(known: Known, anchored: str, event: Event, way: Between) -> int:
    """Return the number of the notice that identifies a finding.

    `event`: the event itself. `way`: the notice that first said, in the ledger's order, that the person is sent from
    this state to that one. `chain`: the same, for the first leg of the chain that led here.
    """
    if anchored == "event":
        return event.ref
    if anchored == "way":
        return _first_said(known, way)
    return known.once(("chain", event.ref, way), lambda: _first_said(known, _beginning(known, event, way)))


def _beginning(known: Known, event: Event, way: Between) -> Between:
    """Return the first leg of the chain that led to an event, walking back over the last leg into each state."""
    seen = {event.ref}  # overlapping times can make a ring
    while True:
        earlier = _into(known, way[0], event)
        if earlier is None or earlier.ref in seen:
            return way
        event, way = earlier, (earlier.state, way[0])
        seen.add(event.ref)


def _first_said(known: Known, way: Between) -> int:
    said = known.groups("path")[way[0]][way[1]]
    return known.once(("said", way), lambda: min((known.order.events[p] for p in places(said)), key=_told).ref)


def _told(event: Event) -> tuple[bool, int]:
    """Return the ledger's order; a flagged notice that names several ways is last, for it would make them one."""
    return event.flagged and len(path(event)) > 1, event.index


def _into(known: Known, state: str, before: Event) -> Event | None:
    """Return the last leg into a state before an event."""
    legs = known.once(("into", state), lambda: _legs_into(known, state)) & known.order.before(before)
    return known.order.events[legs.bit_length() - 1] if legs else None


def _legs_into(known: Known, state: str) -> int:
    """Return the legs that may join two ways into one finding: no key in other hands signed them."""
    return known.trusted() & sum(towards.get(state, 0) for by, towards in known.groups("leg").items() if by != state)
