"""What can happen in a story: a function for each act of an authority, with the facts that its notice states.

Roles stand for states. Each comes weeks or months after the step before, unless `steps.at` or `hours` says otherwise.
"""

from dataclasses import replace
from typing import Final

from exchange.domain.world.steps import MONTHS, OFFICE, UNIT, WEEKS, Fact, Step, told

_READMISSION: Final = "readmission"


def _step(kind: str, by: str, to: str | None = None, **facts: Fact) -> Step:
    return Step(kind, by, to, WEEKS, facts)


def _months(step: Step) -> Step:
    return replace(step, gap=MONTHS)


def _by(author: str, step: Step) -> Step:
    return replace(step, author=author)


def stopped(by: str, circumstances: str = "irregular_entry") -> Step:
    """Border guards meet the person; nobody asks about fear."""
    return Step("encounter", by, facts={"circumstances": circumstances, "interview_held": "no"})


def interviewed(by: str) -> Step:
    """Border guards ask about fear, in a language understood, and note that there is none."""
    asked: dict[str, Fact] = {"interview_held": "yes", "fear_asked": "yes", "fear_answer": "no"}
    understood: dict[str, Fact] = {"language_understood": "yes", "relayed_interpreting": "no", "minor_check": "yes"}
    return Step("encounter", by, facts={**asked, **understood, "circumstances": "irregular_entry"})


def claimed(by: str) -> Step:
    """The person says to border guards that they seek protection."""
    return Step("claim_expressed", by, facts={"channel": "oral", "heard_by": "border_guard", "interpreter": "yes"})


def counsel_claimed(by: str) -> Step:
    """Counsel, through the monitor, says that the person asked for protection in a state."""
    return told(Step("claim_expressed", by, facts={"channel": "written", "heard_by": "border_guard"}))


def registered(by: str) -> Step:
    """The asylum office registers the claim."""
    return Step("claim_registered", by, facts={"previous_applications_known": "no"}, author=OFFICE)


def not_taken(by: str, reason: str = "formal_grounds") -> Step:
    """The asylum office does not take the claim."""
    return Step("claim_not_taken", by, facts={"reason": reason}, author=OFFICE)


def decided(by: str, outcome: str, scope: str = "full") -> Step:
    """The asylum office decides on the merits, and serves that three days later."""
    said = {"outcome": outcome, "merits_scope": scope, "instance": "first", "decided_at": "@0", "served_at": "@3"}
    return _by(OFFICE, _months(_step("merits_decision", by, **said)))


def discontinued(by: str) -> Step:
    """The asylum office closes the procedure without a decision."""
    said = {"outcome": "discontinued", "merits_scope": "none", "decided_at": "@0", "served_at": "@2"}
    return _by(OFFICE, _step("merits_decision", by, **said))


def inadmissible(by: str, to: str, ground: str = "safe_third_country", suspensive: str = "none") -> Step:
    """The asylum office finds the claim inadmissible because of another state."""
    said = {"outcome": "inadmissible", "ground": ground, "named_country": f"{{{to}}}", "suspensive": suspensive}
    return _by(OFFICE, _step("admissibility_decision", by, to, decided_at="@0", served_at="@2", **said))


def appealed(by: str, suspensive: str = "automatic") -> Step:
    """A remedy is lodged."""
    return _by(OFFICE, _step("remedy", by, step="lodged", suspensive=suspensive, result="pending"))


def dismissed(by: str, suspensive: str = "automatic") -> Step:
    """The remedy is dismissed."""
    return _by(OFFICE, _months(_step("remedy", by, step="decided", suspensive=suspensive, result="dismissed")))


def ordered(by: str, to: str, ground: str = "rejection", suspensive: str = "none") -> Step:
    """The return unit orders the return to a state."""
    said: dict[str, Fact] = {"destinations": (f"{{{to}}}",), "ground": ground, "suspensive": suspensive}
    return _by(UNIT, _step("return_decision", by, to, annulled="no", decided_at="@0", served_at="@1", **said))


def planned(by: str, to: str, means: str = "land") -> Step:
    """The return unit plans the removal, five days ahead."""
    said = {"destination": f"{{{to}}}", "means": means, "planned_at": "@5", "cancelled": "no", "escort": "yes"}
    return _by(UNIT, _step("removal_planned", by, to, **said))


def cancelled(by: str, to: str) -> Step:
    """The return unit calls the removal off."""
    return _by(UNIT, _step("removal_planned", by, to, destination=f"{{{to}}}", cancelled="yes"))


def removed(by: str, to: str, means: str = "land", act: str = "return_decision") -> Step:
    """The person is handed over, or flown, to a state."""
    said = {"destination": f"{{{to}}}", "means": means, "legal_act": act, "documents_handed_over": "yes"}
    return _step("removal_executed", by, to, **said)


def refused(by: str, to: str) -> Step:
    """Entry is refused, and the person brought back."""
    said = {"reason_letter": "C", "fear_asked": "no", "form_signed": "yes", "physically_returned": "yes"}
    return _step("entry_refused", by, to, **said)


def refused_at_post(by: str, to: str) -> Step:
    """Entry is refused at a post that the notice names; nobody is asked anything."""
    return replace(refused(by, to), facts={**refused(by, to).facts, "border_point": "{P}", "form_signed": "no"})


def arrived(by: str, of: str, opened: str = "not_recorded") -> Step:
    """A state says that the person arrived from another, and perhaps that a procedure is open."""
    return _step("arrival", by, of, outcome="arrived", procedure_opened=opened)


def asked(by: str, to: str, request: str = _READMISSION) -> Step:
    """A state asks another to take the person."""
    step = _step("responsibility_request", by, to, request_type=request, evidence=("entry", "stay"))
    return _by(UNIT if request == _READMISSION else OFFICE, step)


def agreed(by: str, to: str, request: str = _READMISSION, intended: str = "not_recorded") -> Step:
    """A state agrees to take the person, and perhaps says what it will do then."""
    step = _step("responsibility_reply", by, to, request_type=request, reply="accepted", intended_procedure=intended)
    return _by(UNIT if request == _READMISSION else OFFICE, step)


def declined(by: str, to: str) -> Step:
    """A state does not take the person back."""
    return _by(UNIT, _step("responsibility_reply", by, to, request_type=_READMISSION, reply="refused"))


def detained(by: str) -> Step:
    """The person is detained."""
    return _by(UNIT, Step("detention", by, facts={"step": "start", "ground": "removal", "reviewed_by": "court"}))


def released(by: str) -> Step:
    """The person is released."""
    return _by(UNIT, _step("detention", by, step="end", ground="removal", reviewed_by="court"))


def inquired(by: str, to: str) -> Step:
    """An asylum office asks another what it knows."""
    said: dict[str, Fact] = {"asked": ("stage", "decision_outcome"), "approved_in_writing": "not_recorded"}
    return _by(OFFICE, _step("information_request", by, to, **said))


def informed(by: str, to: str, outcome: str = "hit") -> Step:
    """The other asylum office answers."""
    said: dict[str, Fact] = {"told": ("stage",)} if outcome == "hit" else {}
    return _by(OFFICE, _step("information_reply", by, to, outcome=outcome, **said))


def granted(by: str) -> Step:
    """A state gives the person a status."""
    said = {"change": "granted", "granted_by": "state", "effective_at": "@0"}
    return _by(OFFICE, Step("protection_status", by, facts=said))


def renewed(by: str) -> Step:
    """A state renews the status."""
    said = {"change": "renewed", "granted_by": "state", "effective_at": "@0"}
    return _by(OFFICE, _months(_step("protection_status", by, **said)))


def mandate(by: str) -> Step:
    """UNHCR recognises the person under its mandate, in a state."""
    step = _step("protection_status", by, change="granted", granted_by="unhcr_mandate", effective_at="@0")
    return told(step, "own_act")


def measured(by: str, step: str = "indicated") -> Step:
    """A court tells a state not to remove the person, or lifts that."""
    said = {"step": step, "body": "ecthr_rule_39", **({"served_at": "@0"} if step == "indicated" else {})}
    return _by(OFFICE, _step("interim_measure", by, **said))


def assured(by: str, to: str) -> Step:
    """A state promises another not to send the person on."""
    said = {"step": "given", "text": "no_onward_removal", "individual": "yes", "monitored": "yes"}
    return _by(OFFICE, _step("assurance", by, to, **said))


def hold(by: str, to: str) -> Step:
    """An asylum office asks another state to hold a removal."""
    return _by(OFFICE, _step("hold_request", by, to, step="asked", reason="claim_unexamined"))


def held(by: str, to: str) -> Step:
    """The other state holds it."""
    return _by(OFFICE, _step("hold_request", by, to, step="held", reason="claim_unexamined"))


def contacted(by: str) -> Step:
    """An authority asks the embassy of the state of origin for a travel document."""
    said = {"contacted": "embassy", "aim": "travel_document", "basis": "none", "claim_state": "open"}
    return _by(UNIT, _step("origin_contact", by, "O", **said))


def signed_form(by: str, *, doubtful: bool) -> Step:
    """The person signs that they return of their own will; `doubtful`: within hours of arrest and without counsel."""
    said = dict.fromkeys(("counsel", "interpreter"), "no" if doubtful else "yes")
    said |= {"hours_since_arrest": "9"} if doubtful else {}
    detention = "yes" if doubtful else "no"
    return _by(UNIT, _step("voluntary_return", by, "O", informed_by="authority", detained=detention, **said))


def vulnerable(by: str) -> Step:
    """The asylum office notes that the person needs special care."""
    return _by(OFFICE, Step("safeguard", by))
