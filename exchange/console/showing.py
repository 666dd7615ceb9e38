"""What a page shows of an alert: facts, states and the one question of every screen, as words in order."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from exchange.console import when, words
from exchange.domain import disclosure
from exchange.domain.hypothesis import IF_DONE
from exchange.domain.kinds import LISTED, SEVERAL

_STATES: Final = frozenset({"destination", "destinations", "named_country", "transit"})
_LEGS: Final = frozenset({"entry_refused", "removal_executed", "removal_planned", "return_decision"})
_ON_MERITS: Final = frozenset({"admissibility_decision", "merits_decision", "protection_status"})


def facts(notice: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the facts shown of a notice as (name, value) in words; what was not recorded is said, not left out."""
    kind = notice["event"]["kind"]
    shown = notice.get("facts", {})
    # as the disclosure table lists them: the store keeps no order
    listed = [member for member in disclosure.FACTS.get(kind, "").split() if member in shown]
    rest = sorted(shown.keys() - set(listed))
    said = [(words.said("member", member), _value(kind, member, shown[member])) for member in [*listed, *rest]]
    reference = notice["event"].get("reference")
    return [*said, ("Reference", reference)] if reference else said


def _value(kind: str, member: str, said: Any) -> str:  # noqa: ANN401 -- a fact is text, or a list of it
    if isinstance(said, list | tuple):
        return ", ".join(_value(kind, member, one) for one in said)
    text = str(said)
    if member in _STATES:
        return words.said("state", text)
    if member.endswith(("_at", "_until")):
        return when.edtf(text)
    if member == "forwarded_to":
        return words.authority(text)
    coded = member in LISTED.get(kind, {}) or member in SEVERAL.get(kind, {})
    return words.value(member, text) if coded else text


def states(event: Mapping[str, Any]) -> str:
    """Return who acts, and towards which state, in words."""
    acts, other = words.said("state", event["state"]), event.get("counterpart_state")
    if other is None:
        return acts
    named = words.said("state", other)
    if event["kind"] in _LEGS:
        return f"{acts} to {named}"
    return f"{acts}, from {named}" if event["kind"] == "arrival" else f"{acts}; other state: {named}"


def merits(alert: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the evidence says to the question who has examined the merits.

    `clauses` are those that speak of the merits, `notices` the decisions and grants of protection behind the alert.
    """
    clauses = [c for c in alert["clauses"] if "merits" in f"{c['clause']} {c['words']}".lower()]
    notices = [n for n in alert["notices"] if n["event"]["kind"] in _ON_MERITS]
    return {"clauses": clauses, "notices": notices}


def dossiers(alerts: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return alerts as one dossier for each person, each with the cases of the reader's own that it belongs to.

    The dossier with the worst open work comes first; in each, what another alert covers comes after it.
    """
    found: dict[str, dict[str, Any]] = {}
    for alert in sorted(alerts, key=lambda one: "inhibited_by" in one):
        dossier = found.setdefault(alert.get("dossier", alert["id"]), {"alerts": [], "cases": []})
        dossier["alerts"].append(alert)
        dossier["cases"] += [case for case in alert.get("your_cases", ()) if case not in dossier["cases"]]
    return list(found.values())


def is_of_person(alert: Mapping[str, Any]) -> bool:
    """Tell whether an alert is about a person: it has a dossier."""
    return "dossier" in alert


def rests_on_what_is_asked(alert: Mapping[str, Any]) -> bool:
    """Tell whether an alert about a check would show only if the removal were done: some of its sentences say so."""
    return "check" in alert and any(clause["words"].startswith(IF_DONE) for clause in alert["clauses"])


def suppressor(found: Any) -> str:  # noqa: ANN401 -- a code, or a code with its words
    """Return what spoke against a finding, in words."""
    if isinstance(found, Mapping):
        code = str(found.get("suppressor") or found.get("code") or found.get("id") or "")
        return f"{code}: {found.get('words') or words.said('suppressor', code)}"
    return f"{found}: {words.said('suppressor', str(found))}"
