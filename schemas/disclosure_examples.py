"""Examples of a disclosure report, of the one invented case."""

from typing import Any, Final

from schemas.examples import CLAIMS, IAT, ID, ISS, OTHER, UUID, ZEROS, jws

ASKED: Final = {
    "case": "PL-2026-17",
    "purpose": "access_by_the_person",
    "legal_basis": "gdpr_15",
    "for": "counsel",
}
_TOLD: Final[dict[str, Any]] = {
    "to": OTHER,
    "state": "SVK",
    "kind": "asylum_office",
    "at": IAT + 3,
    "parts": [{"part": "event", "whole": "yes", "members": ["event_time", "kind", "state"]}],
    "shown": IAT + 60,
    "acknowledged": [{"state": "delivered", "at": IAT + 61}],
}
_ALERT: Final = {
    "to": OTHER,
    "state": "SVK",
    "kind": "asylum_office",
    "at": IAT + 4,
    "pattern": "P04",
    "title": "Chain completed",
    "severity": "critical",
}
REPORT: Final[dict[str, Any]] = {
    "v": 1,
    "ex": CLAIMS["ex"],
    "id": UUID,
    "iat": IAT + 3600,
    "to": ISS,
    **ASKED,
    "not_into": ["AFG"],
    "notices": [
        {
            "iss": ISS,
            "id": ID,
            "kind": "claim_registered",
            "event_time": "2026-11-22",
            "state": "POL",
            "counterpart_state": "SVK",
            "received": IAT + 2,
            "case": ASKED["case"],
            "reference": "UDS/17/2026",
            "source": "own_act",
            "purpose": "examining_the_application",
            "legal_basis": "ammr_51",
            "told": [_TOLD],
            "alerts": [_ALERT],
        }
    ],
    "queries": [{"asked_by": OTHER, "purpose": "examining_the_application", "legal_basis": "ammr_51", "at": IAT + 100}],
    "reports": [{"for": "person", "purpose": "rectification", "legal_basis": "national_law", "at": IAT + 200}],
}
MADE: Final = {
    "report": jws("asylum-exchange-disclosure-report+jws", REPORT),
    "leaf": {"index": 4712, "hash": ZEROS, "salt": ZEROS},
}
