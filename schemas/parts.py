"""The parts of a notice as marshmallow schemas: hub, event, safeguards, and the facts of each kind."""

import re
from types import MappingProxyType
from typing import Any, Final

from marshmallow import Schema, fields, validate

from exchange.domain import codes
from exchange.domain.kinds import KINDS, LISTED, SEVERAL
from exchange.domain.vocabulary import LEGAL_BASES, PURPOSES, SAFEGUARDS, SOURCES
from schemas import sealed
from schemas.fields import (
    AUTHORITY_URN,
    HASH,
    NOTICE_URN,
    REFERENCE,
    TOKEN,
    Choice,
    Edtf,
    Several,
    Text,
    Whole,
    acting_state,
    code,
    person_states,
    several_codes,
)

PLACE = re.compile(r"[A-Z]{2}[A-Z0-9]{3}")
"""UN/LOCODE, without a space."""
LANGUAGE = re.compile(r"[a-z]{3}")
"""ISO 639-3."""
HOURS = re.compile(r"0|[1-9][0-9]{0,3}")
MAILBOX = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
PSEUDONYM = re.compile(r"[a-z0-9][a-z0-9-]{1,31}")
MOST_TOKENS = 128
MOST_ADDRESSEES = 64


class Subject(Schema):
    """The states that a person has to do with; an absent member is not known."""

    nationality = person_states()
    origin = person_states()
    former_residence = person_states()
    feared = person_states()


class Tokens(Schema):
    """Linkage tokens: `TYPE.value`, each a keyed hash that the hub cannot reverse."""

    profile = Text(re.compile(r"N[0-9]{1,3}"), required=True)
    keyset = Text(REFERENCE, required=True)
    values = Several(Text(TOKEN), required=True, validate=validate.Length(min=1, max=MOST_TOKENS))


class Transfer(Schema):
    """On what a notice passes from the European Union to a third country, and why it is necessary (L07)."""

    basis = Choice(codes.TRANSFER_BASES.codes, codes.TRANSFER_BASES, required=True)
    necessity = Several(
        Choice(codes.NECESSITIES.codes, codes.NECESSITIES),
        required=True,
        validate=validate.Length(min=1, max=len(codes.NECESSITIES.codes)),
    )


class Hub(Schema):
    """What the hub needs and never relays."""

    subject = fields.Nested(Subject, required=True)
    tokens = fields.Nested(Tokens)
    case = Text(REFERENCE, required=True)
    aud = Several(Text(AUTHORITY_URN), required=True, validate=validate.Length(max=MOST_ADDRESSEES))
    seq = Whole(1, 2**53 - 1, required=True)
    prev = Text(HASH)
    source = Choice(SOURCES, codes.SOURCES, required=True)
    accreditation = Text(REFERENCE)
    purpose = Choice(PURPOSES, codes.PURPOSES, required=True)
    legal_basis = Choice(LEGAL_BASES, codes.LEGAL_BASES, required=True)
    transfer = fields.Nested(Transfer)


class EventPart(Schema):
    """What happened, when, and between which states."""

    kind = Choice(KINDS, required=True)
    event_time = Edtf(required=True)
    state = acting_state()
    counterpart_state = acting_state(required=False)
    in_reply_to = Text(NOTICE_URN)
    corrects = Text(NOTICE_URN)
    withdraws = Text(NOTICE_URN)
    reference = Text(REFERENCE)


def _place() -> Text:
    return Text(PLACE)


def _reference() -> Text:
    return Text(REFERENCE)


# What a kind carries beside its enumerated members. A factory each: a field belongs to one schema.
_OTHER: Final[dict[str, dict[str, Any]]] = {
    "claim_expressed": {
        "place": _place,
        "language": lambda: Text(LANGUAGE),
        "forwarded_to": lambda: Text(AUTHORITY_URN),
        "forwarded_at": Edtf,
    },
    "claim_registered": {"registration_no": lambda: Text(REFERENCE), "registered_at": Edtf},
    "claim_not_taken": {},
    "entry_refused": {"border_point": _place},
    "encounter": {"place": _place},
    "admissibility_decision": {
        "named_country": acting_state,
        "decided_at": Edtf,
        "served_at": Edtf,
    },
    "merits_decision": {"decided_at": Edtf, "served_at": Edtf},
    "protection_status": {"effective_at": Edtf},
    "responsibility_request": {"due_at": Edtf},
    "responsibility_reply": {},
    "return_decision": {
        "destinations": lambda: Several(acting_state(), required=True, validate=validate.Length(min=1, max=8)),
        "decided_at": Edtf,
        "served_at": Edtf,
        "voluntary_until": Edtf,
    },
    "removal_planned": {
        "destination": acting_state,
        "transit": lambda: Several(acting_state(), validate=validate.Length(max=8)),
        "planned_at": Edtf,
        "stand_still_until": Edtf,
    },
    "removal_executed": {
        "destination": acting_state,
        "transit": lambda: Several(acting_state(), validate=validate.Length(max=8)),
        "act_reference": lambda: Text(REFERENCE),
    },
    "arrival": {},
    "remedy": {"due_at": Edtf},
    "interim_measure": {"served_at": Edtf, "in_force_until": Edtf},
    "assurance": {"valid_until": Edtf},
    "detention": {},
    "information_request": {"approval_reference": _reference, "due_at": Edtf},
    "information_reply": {"approval_reference": _reference, "mailbox": lambda: Text(MAILBOX)},
    "safeguard": {},
    "hold_request": {"hold_until": Edtf, "due_at": Edtf},
    "correction": {
        "replaced_by": lambda: Text(NOTICE_URN),
        "approved_by": lambda: Several(Text(PSEUDONYM), validate=validate.Length(equal=2)),
    },
    "origin_contact": {"approval_reference": _reference},
    "voluntary_return": {"hours_since_arrest": lambda: Text(HOURS)},
}


_NEEDED_LISTS: Final = frozenset({"asked"})


def _facts(kind: str) -> Schema:
    members: dict[str, Any] = {name: code(listed) for name, listed in LISTED[kind].items()}
    members |= {
        name: several_codes(listed, required=name in _NEEDED_LISTS) for name, listed in SEVERAL.get(kind, {}).items()
    }
    members |= {name: make() for name, make in _OTHER[kind].items()}
    return Schema.from_dict(members, name=kind.title().replace("_", "") + "Facts")()


HUB: Final = Hub()
EVENT: Final = EventPart()
FACTS: Final = MappingProxyType({kind: _facts(kind) for kind in KINDS})
"""kind -> schema of its facts. Every enumerated member must be said: `not_recorded` is a value, absence is none."""


_SAFEGUARDS: Final = codes.SAFEGUARDS


class SafeguardCodes(Schema):
    """Codes of safeguards, without any narrative."""

    codes = Several(
        Choice(SAFEGUARDS, _SAFEGUARDS), required=True, validate=validate.Length(min=1, max=len(SAFEGUARDS))
    )


SAFEGUARD_CODES: Final = SafeguardCodes()
SEALED: Final = sealed.SEALED
