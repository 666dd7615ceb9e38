"""The identity of a finding: the notice by which it was first known, so that a longer chain is the same finding."""

from exchange.domain.patterns.examination import precedes
from exchange.domain.patterns.notions import Between, leg, path
from exchange.domain.timeline import Event, Timeline


def anchor(timeline: Timeline, anchored: str, event: Event, way: Between) -> int:
    """Return the number of the notice that identifies a finding.

    `event`: the event itself. `way`: the notice that first said, in the ledger's order, that the person is sent from
    this state to that one. `chain`: the same, for the first leg of the chain that led here.
    """
    if anchored == "event":
        return event.ref
    seen = {event.ref}  # overlapping times can make a ring
    while anchored == "chain":
        earlier = _into(timeline, way[0], event)
        if earlier is None or earlier.ref in seen:
            break
        event, way = earlier, leg(earlier)[0]
        seen.add(event.ref)
    return min((e for e in timeline.events if way in path(e)), key=lambda e: e.index).ref


def _into(timeline: Timeline, state: str, before: Event) -> Event | None:
    """Return the last leg into a state before an event."""
    legs = [e for e in timeline.events if any(to == state and by != state for by, to in leg(e)) and precedes(e, before)]
    return max(legs, key=lambda e: (e.when.earliest, e.index), default=None)
