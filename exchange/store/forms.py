"""Which notions an event can be of, as SQL for DuckDB: what `shapes` says, asked once of each form of events.

All text of a query is ours: notions, kinds and members of facts are constants of the code, never data.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from exchange.domain.patterns.shapes import DESTINATIONS, SHAPES, Shape

_ALWAYS: Final = frozenset({"merits_decision", "protection_status"})
"""The kinds that say who is examined, whatever else is asked."""
_EXAMINED: Final = (
    "geneva_convention",
    "subsidiary_protection",
    "humanitarian_status",
    "temporary_protection",
    "rejected",
)
_SERVED: Final = 'regexp_extract(facts, \'"served_at":"([0-9]{4}-[0-9]{2}-[0-9]{2})"\', 1)'
_FULL: Final = " OR ".join(f"""contains(facts, '"outcome":"{outcome}"')""" for outcome in _EXAMINED)
_EFFECT: Final = f"""
CASE WHEN kind = 'merits_decision' AND contains(facts, '"merits_scope":"full"') AND ({_FULL})
     THEN epoch_us(TRY_CAST(nullif({_SERVED}, '') AS DATE)) + 86399999999 END
"""
"""The end of the day on which a full decision was served, when that is a certain day."""
_UNDOING: Final = """
(kind = 'merits_decision' AND contains(facts, '"outcome":"annulled"')
 OR kind = 'protection_status' AND (contains(facts, '"change":"withdrawn"') OR contains(facts, '"change":"ended"')))
"""
"""Whether an event may undo a decision (`endings.undoes`)."""
_KNOWN: Final = f"""
CASE WHEN kind IN ('return_decision', 'admissibility_decision') AND contains(facts, '"served_at":')
     THEN coalesce(epoch_us(TRY_CAST(nullif({_SERVED}, '') AS DATE)) + 86399999999, {1 << 62}) END
"""
"""The latest moment at which the person knew of a decision that was served; for ever, when that is no certain day."""
_NAMED: Final = (
    "CASE WHEN contains(facts, '\"destinations\":') THEN json_extract_string(facts, '$.destinations[*]') ELSE [] END"
)
Forms = Sequence[tuple[Shape, int]]
"""Shapes, each with the bit of its notion."""


def formed(bits: Mapping[str, int], lacking: Mapping[str, int]) -> str:
    """Return the query for the events of kinds that these notions (each with its bit) ask about, with their form.

    Whose word an event is belongs to its form only where one of the notions asks.
    """
    shapes = [shape for notion in (*bits, *lacking) for shape in SHAPES[notion]]
    kinds = _words({shape.kind for shape in shapes} | _ALWAYS)
    office = "CASE WHEN author_state = state THEN author_kind ELSE '' END" if any(s.offices for s in shapes) else "''"
    form = f"counterpart IS NOT NULL AS paired, {office} AS office"
    return f"SELECT *, {form} FROM events WHERE kind IN ({kinds})"  # noqa: S608 -- constants


def forms(bits: Mapping[str, int], lacking: Mapping[str, int], apart: int) -> str:
    """Return the query for the forms that events have, and of which of these notions an event of each form can be.

    A form is all that notions ask about in an event, but for the states and times. There are far fewer forms than
    events, and what facts say is asked of a form alone. `towards`, `back` and `ordered` are notions, as bits, of the
    event from its state to its counterpart, the other way round, and from its state to each of `places`; `sure` and
    `sure_back` those that must be lacking; `apart` the notions of which more is asked than that there is such an event.
    """
    wide = [(shape, bit) for notion, bit in bits.items() for shape in SHAPES[notion]]
    exact = [(shape, bit) for notion, bit in lacking.items() for shape in SHAPES[notion] if shape.exact]
    back, sure_back = ([one for one in forms if one[0].by == "counterpart"] for forms in (wide, exact))
    ordered = [one for one in wide if one[0].to == DESTINATIONS]
    towards, sure = ([one for one in forms if _is_towards(one[0])] for forms in (wide, exact))
    return f"""
SELECT kind, facts, paired, office, {apart}::BIGINT AS apart,
       {_bits(towards)} AS towards, {_bits(back)} AS back, {_bits(ordered)} AS ordered,
       {_bits(sure)} AS sure, {_bits(sure_back)} AS sure_back, {_EFFECT} AS served, {_KNOWN} AS known,
       {_UNDOING} AS undone, CASE WHEN ordered <> 0 THEN {_NAMED} END AS named
  FROM (SELECT DISTINCT kind, facts, paired, office FROM formed)
"""  # noqa: S608 -- constants


def _is_towards(shape: Shape) -> bool:
    return shape.by == "state" and shape.to != DESTINATIONS


def _words(of: Iterable[str]) -> str:
    return ", ".join(f"'{word}'" for word in sorted(of))


def _bits(forms: Forms) -> str:
    """Return the expression for the notions of an event, as bits."""
    by_kind: dict[str, list[str]] = {}
    for shape, bit in forms:
        by_kind.setdefault(shape.kind, []).append(f"CASE WHEN {_says(shape)} THEN {bit} ELSE 0 END")
    cases = " ".join(f"WHEN '{kind}' THEN {' | '.join(of)}" for kind, of in by_kind.items())
    return f"(CASE kind {cases} ELSE 0 END)::BIGINT" if cases else "0::BIGINT"


def _says(shape: Shape) -> str:
    """Return the test of what the facts say. They are JSON of one spelling: a member and its value are a text."""
    told = ((said, [f'contains(facts, \'"{said[0]}":"{value}"\')' for value in said[1]]) for said in shape.says)
    tests = ["paired"] if "counterpart" in (shape.by, shape.to) else []
    tests += [f"office IN ({_words(shape.offices)})"] if shape.offices else []
    tests += [f"({' OR '.join(of)})" for _, of in told]
    tests += [f'NOT contains(facts, \'"{member}":"{v}"\')' for member, values in shape.never for v in values]
    return " AND ".join(tests) or "true"
