"""The table of shapes, from which a replay makes SQL, holds what the notions say in Python: nothing is left out."""

import random
from dataclasses import replace

from domain.patterns import histories
from exchange.domain.kinds import LISTED, TERMS
from exchange.domain.patterns.notions import DOUBTS, NOTIONS
from exchange.domain.patterns.shapes import DESTINATIONS, NOBODY, SHAPES, Shape
from exchange.domain.timeline import Event

FREE = {"hours_since_arrest": ("2", "71", "500"), "legal_act": ("none", "unnamed"), "individual": ("yes", "no")}
"""Members of facts that are no closed list of `kinds`, as far as notions ask about them."""


def words() -> dict[str, dict[str, tuple[str, ...]]]:
    """Every member of the facts of each kind, with values: of the lists, of the shapes, and one that means nothing."""
    found: dict[str, dict[str, set[str]]] = {kind: {m: {*v, "yes", "no"} for m, v in FREE.items()} for kind in TERMS}
    for kind, members in LISTED.items():
        for member, values in members.items():
            found[kind].setdefault(member, {"unheard_of"}).update(values.codes)
    for shape in (shape for shapes in SHAPES.values() for shape in shapes):
        for member, values in (*shape.says, *shape.never):
            found[shape.kind].setdefault(member, {"unheard_of"}).update(values)
    for kind, _, members in histories.KINDS:
        for member, values in members.items():
            found[kind].setdefault(member, {"unheard_of"}).update(values)
    return {kind: {m: tuple(sorted(v)) for m, v in members.items()} for kind, members in found.items()}


WORDS = words()
ASKED: dict[tuple[str, str], tuple[str, ...]] = {}
"""Values that some shape asks about: they come more often."""
for _shape in (shape for shapes in SHAPES.values() for shape in shapes):
    for _member, _values in (*_shape.says, *_shape.never):
        ASKED[_shape.kind, _member] = (*ASKED.get((_shape.kind, _member), ()), *_values)


def some_event(rng: random.Random) -> Event:
    kind = rng.choice(sorted(TERMS))
    facts: dict[str, str | tuple[str, ...]] = {
        member: rng.choice(ASKED.get((kind, member), values) if rng.random() < 0.7 else values)
        for member, values in WORDS[kind].items()
        if rng.random() < 0.9
    }
    facts["hours_since_arrest"] = rng.choice(FREE["hours_since_arrest"])
    if kind == "return_decision" and rng.random() < 0.5:
        facts["destinations"] = tuple(rng.sample(histories.STATES, 2))
    plain = histories.event(histories.world(rng), 1, 1)
    state, other = rng.sample(histories.STATES, 2)
    return replace(
        plain, kind=kind, state=state, counterpart=rng.choice((other, other, other, "UNO", None)), facts=facts
    )


def between(shape: Shape, event: Event) -> set[tuple[str | None, str | None]]:
    """What a shape says of an event."""
    facts = event.facts
    fits = all(facts.get(m) in values for m, values in shape.says) and not any(
        facts.get(m) in v for m, v in shape.never
    )
    fits = fits and (not shape.offices or (event.author_state == event.state and event.author_kind in shape.offices))
    ends = {"state": event.state, "counterpart": event.counterpart}
    if not fits or shape.kind != event.kind or ("counterpart" in (shape.by, shape.to) and event.counterpart is None):
        return set()
    if shape.to == DESTINATIONS:
        return {(event.state, place) for place in (*facts.get("destinations", ()), event.counterpart)}
    return {(ends[shape.by], None if shape.to == NOBODY else ends.get(shape.to, event.counterpart))}


def test_every_notion_has_its_shapes() -> None:
    """A notion without shapes selects everybody: add its row to exchange/domain/patterns/shapes.py."""
    assert set(NOTIONS) == set(SHAPES)


def test_shapes_hold_all_that_a_notion_says_of_an_event_and_the_exact_ones_nothing_else() -> None:
    seed = random.randrange(2**32)
    print("seed", seed)
    rng = random.Random(seed)
    shown = dict.fromkeys(NOTIONS, 0)
    for _ in range(5000):
        event = some_event(rng)
        for name, notion in NOTIONS.items():
            said = set(notion(event))
            shown[name] += bool(said)
            perhaps = name in DOUBTS and DOUBTS[name](event)
            shapes = [shape for shape in SHAPES.get(name, ()) if shape.kind == event.kind]
            wide = set().union(*(between(shape, event) for shape in shapes))
            sure = set().union(*(between(shape, event) for shape in shapes if shape.exact))
            assert said <= wide or name not in SHAPES, (name, event, said, wide)
            assert sure <= (set() if perhaps else said), (name, event, said, sure)
    assert not [name for name, times in shown.items() if not times]
