"""The identity of a finding: the notice by which it was first known, so that a longer chain is the same finding."""

from collections.abc import Hashable, Iterable
from functools import reduce
from operator import or_

from exchange.domain.patterns.known import Known
from exchange.domain.patterns.noting import Between, path
from exchange.domain.patterns.ordering import places
from exchange.domain.timeline import Event


def anchor(known: Known, anchored: str, event: Event, act: tuple[str, str, str | None]) -> int:
    """Return the number of the notice that identifies a finding.

    `act` is the notion of the anchor, and the states from which and to which it leads.

    `event`: the event itself. `act`: the notice that first said, in the ledger's order, that these states did this;
    `pair`: the same, in either direction; `person`: the same, whatever the states. `way`: the notice that first said
    that the person is sent from this state to that one. `chain`: the same, for the first leg of the chain that led
    here.
    """
    notion, by, to = act
    way = by, to
    match anchored:
        case "event":
            return event.ref
        case "act":
            return _first_said(known, notion, way)
        case "pair":
            back = _between(known, notion, (to or "", by))
            return _earliest(known, (notion, way, "pair"), _between(known, notion, way) | back)
        case "person":
            every = (group for towards in known.groups(notion).values() for group in towards.values())
            return _earliest(known, (notion,), _union(every))
        case "way":
            return _first_said(known, "path", way)
        case _:
            return _first_said(known, "path", _beginning(known, event, way))


def before(known: Known, event: Event, way: Between) -> tuple[Event, ...]:
    """Return the legs of a chain that led to an event, the last first.

    It walks back over the last leg into each state.
    """
    found: list[Event] = []
    seen = {event.ref}  # overlapping times can make a ring
    while (earlier := _into(known, way[0], event)) is not None and earlier.ref not in seen:
        event, way = earlier, (earlier.state, way[0])
        seen.add(event.ref)
        found.append(event)
    return tuple(found)


def _beginning(known: Known, event: Event, way: Between) -> Between:
    """Return the first leg of the chain that led to an event.

    Where every leg led to stands is kept, so that a person with a thousand legs is not walked back a thousand times.
    """
    kept: dict[tuple[int, Between], Between] = known.once("beginnings", dict)
    walked = [(event.ref, way)]
    seen = {event.ref}
    while walked[-1] not in kept:
        earlier = _into(known, way[0], event)
        if earlier is None:
            kept[walked[-1]] = way
        elif earlier.ref in seen:  # a ring: where it begins depends on where one starts
            return way
        else:
            event, way = earlier, (earlier.state, way[0])
            seen.add(event.ref)
            walked.append((event.ref, way))
    found = kept[walked[-1]]
    kept.update(dict.fromkeys(walked, found))
    return found


def _first_said(known: Known, notion: str, way: Between) -> int:
    return _earliest(known, (notion, way), _between(known, notion, way))


def _between(known: Known, notion: str, way: Between) -> int:
    """Return what is of a notion between two states; where the notion is towards nobody, all that the one did."""
    towards = known.groups(notion).get(way[0], {})
    return _union(towards.values()) if way[1] is None else towards.get(way[1], 0)


def _union(sets: Iterable[int]) -> int:
    return reduce(or_, sets, 0)


def _earliest(known: Known, question: Hashable, said: int) -> int:
    return known.once(("said", question), lambda: min((known.order.events[p] for p in places(said)), key=_told).ref)


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
