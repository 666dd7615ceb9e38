"""Codes of what happens to alerts, in plain words."""

from typing import Final

STATUS: Final = {
    "open": "Open: nobody has taken it",
    "taken": "Taken",
    "acknowledged": "Acknowledged for a time",
    "closed": "Closed",
    "withdrawn": "Withdrawn: its evidence no longer stands",
    "superseded": "Replaced: another alert has taken its place",
}
REASON: Final = {
    "removal_stopped": "The removal was stopped",
    "claim_registered": "The claim is now registered",
    "merits_examined": "The merits were examined in full",
    "protection_confirmed": "Protection is confirmed",
    "wrong_link": "The notices concern different persons",
    "wrong_facts": "A notice is wrong",
    "too_late": "Too late: the person is gone and nothing more can be done here",
    "handled_elsewhere": "Handled elsewhere",
    "closed_by_mistake": "It was closed by mistake",
    "new_information": "There is new information",
    "removal_planned_again": "A removal is planned again",
    "reason_no_longer_holds": "The reason for which it was closed no longer holds",
    "asked_by_supervisor": "A supervisor asked for it",
    "asked_by_monitor": "A monitor asked for it",
}
"""Of closing, and of opening again."""
COMMENT: Final = {
    "asked_other_state": "The other state was asked",
    "asked_own_border_guard": "Our own border guard was asked",
    "asked_own_return_unit": "Our own return unit was asked",
    "asked_court": "A court was asked",
    "waiting_for_reply": "Waiting for a reply",
    "hold_requested": "A hold of the removal was asked for",
    "file_checked": "Our own file was checked",
    "link_checked": "Whether this is one person was checked",
    "person_heard": "The person was heard",
    "counsel_informed": "Counsel was informed",
    "monitor_informed": "A monitor was informed",
    "referred_to_colleague": "Handed to a colleague",
    "see_own_file": "See our own file",
}
ACT: Final = {
    "raised": "Raised",
    "changed": "Changed by new evidence",
    "reopened": "Opened again by new evidence",
    "withdrawn": "Withdrawn",
    "superseded": "Replaced by another alert",
    "run_out": "The acknowledgement ran out",
    "snooze_over": "Back: the time for which it was put aside is over",
    "snooze_broken": "Back: there is something new of this kind about the person",
    "take": "Taken",
    "acknowledge": "Acknowledged",
    "close_asked": "Closing asked for; a second person must agree",
    "close": "Closed",
    "reopen": "Opened again",
    "comment": "Comment",
    "snooze": "Put aside",
    "unsnooze": "Brought back",
    "agree": "Agreed to the closing that another authority asked for",
    "disagree": "Spoke against the closing",
    "monitor_agreed": "A monitor agreed: closed",
    "monitor_disagreed": "A monitor spoke against the closing: it stays open",
}
BECAUSE: Final = {
    "assurance": "an assurance came",
    "claim_registered": "what became of the claim was reported",
    "confirmation": "a report of arrival or of detention came",
    "correction": "a notice was corrected or withdrawn",
    "decision": "a decision came",
    "interim_measure": "an interim measure changed",
    "interview": "a record of an interview came",
    "link_undone": "the notices are no longer taken to concern one person",
    "not_shown": "what was found does not show any more",
    "other_notice": "another notice came",
    "removal_plan": "a plan was changed or called off",
    "remedy": "a remedy changed",
    "reply": "a reply came",
}
"""Why an alert was withdrawn."""
