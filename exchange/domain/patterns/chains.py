"""The identity of a finding: the notice by which it was first known, so that a longer chain is the same finding."""

from functools import reduce
from operator import or_

from exchange.domain.patterns.known import Known
from exchange.domain.patterns.noting import Between, path
from exchange.domain.patterns.ordering import places
from exchange.domain.timeline import Event


def anchor(known: Known, anchored: str, place: int, act: tuple[str, str, str | None]) -> int:
    """Return the number of the notice that identifies a finding, whose anchor stands at a place of the timeline.

    `act` is the notion of the anchor, and the states from which and to which it leads.

    `event`: the event itself. `act`: the notice that first said, in the ledger's order, that these states did this;
    `pair`: the same, in either direction; `person`: the same, whatever the states. `way`: the notice that first said
    that the person is sent from this state to that one. `chain`: the same, for the first leg of the chain that led
    here.
    """
    notion, by, to = act
    match anchored:
        case "event":
            return known.events[place].ref
        case "act":
            return _first_said(known, notion, (by, to))
        case "pair":
            back = _between(known, notion, (to or "", by))
            return _earliest(known, _between(known, notion, (by, to)) | back)
        case "person":
            return _earliest(known, known.every(notion))
        case "way":
            return _first_said(known, "path", (by, to))
        case _:
            return _first_said(known, "path", _beginning(known, place, (by, to)))


def before(known: Known, place: int, way: Between) -> tuple[int, ...]:
    """Return the legs of a chain that led to an event, the last first.

    It walks back over the last leg into each state.
    """
    found: list[int] = []
    seen = {place}  # overlapping times can make a ring
    while (earlier := _into(known, way[0], place)) is not None and earlier not in seen:
        place, way = earlier, (known.events[earlier].state, way[0])
        seen.add(place)
        found.append(place)
    return tuple(found)


def _beginning(known: Known, place: int, way: Between) -> Between:
    """Return the first leg of the chain that led to an event.

    Where every leg led to stands is kept, so that a person with a thousand legs is not walked back a thousand times.
    """
    kept = known.beginnings
    walked: list[tuple[int, Between]] = []
    seen = {place}
    step = place, way
    while (found := kept.get(step)) is None:
        walked.append(step)
        earlier = _into(known, way[0], place)
        if earlier is None:
            found = way
            break
        if earlier in seen:  # a ring: where it begins depends on where one starts
            return way
        step = place, way = earlier, (known.events[earlier].state, way[0])
        seen.add(place)
    for step in walked:
        kept[step] = found
    return found


def _first_said(known: Known, notion: str, way: Between) -> int:
    found = known.first_said.get((notion, way))
    if found is None:
        found = known.first_said[notion, way] = _earliest(known, _between(known, notion, way))
    return found


def _between(known: Known, notion: str, way: Between) -> int:
    """Return what is of a notion between two states; where the notion is towards nobody, all that the one did."""
    towards = known.groups(notion).get(way[0], {})
    return reduce(or_, towards.values(), 0) if way[1] is None else towards.get(way[1], 0)


def _earliest(known: Known, said: int) -> int:
    return min((known.events[place] for place in places(said)), key=_told).ref


def _told(event: Event) -> tuple[bool, int]:
    """Return the ledger's order; a flagged notice that names several ways is last, for it would make them one."""
    return event.flagged and len(path(event)) > 1, event.index


def _into(known: Known, state: str, before: int) -> int | None:
    """Return the last leg into a state before an event; none that a key in other hands signed: it may join two ways."""
    legs = known.legs_into.get(state)
    if legs is None:
        groups = known.groups("leg").items()
        legs = known.legs_into[state] = known.trusted & sum(of.get(state, 0) for by, of in groups if by != state)
    earlier = legs & known.order.before(before) if legs else 0
    return earlier.bit_length() - 1 if earlier else None
