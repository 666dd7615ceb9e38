"""The parts of a notice as marshmallow schemas: hub, event, safeguards, and the facts of each kind."""

import re
from types import MappingProxyType
from typing import Any, Final

from marshmallow import Schema, fields, validate

from exchange.domain.vocabulary import ENUMERATED, KINDS, LEGAL_BASES, PURPOSES, SAFEGUARDS, SOURCES
from schemas import sealed
from schemas.fields import (
    AUTHORITY_URN,
    HASH,
    REFERENCE,
    TOKEN,
    Choice,
    Edtf,
    Several,
    Text,
    Whole,
    acting_state,
    person_states,
)

PLACE = re.compile(r"[A-Z]{2}[A-Z0-9]{3}")
"""UN/LOCODE, without a space."""
LANGUAGE = re.compile(r"[a-z]{3}")
"""ISO 639-3."""
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


class Hub(Schema):
    """What the hub needs and never relays."""

    subject = fields.Nested(Subject, required=True)
    tokens = fields.Nested(Tokens)
    case = Text(REFERENCE, required=True)
    aud = Several(Text(AUTHORITY_URN), required=True, validate=validate.Length(max=MOST_ADDRESSEES))
    seq = Whole(1, 2**53 - 1, required=True)
    prev = Text(HASH)
    source = Choice(SOURCES, required=True)
    purpose = Choice(PURPOSES, required=True)
    legal_basis = Choice(LEGAL_BASES, required=True)


class EventPart(Schema):
    """What happened, when, and between which states."""

    kind = Choice(KINDS, required=True)
    event_time = Edtf(required=True)
    state = acting_state()
    counterpart_state = acting_state(required=False)
    reference = Text(REFERENCE)


def _place() -> Text:
    return Text(PLACE)


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
    "detention": {},
    "safeguard": {},
}


def _facts(kind: str) -> Schema:
    members: dict[str, Any] = {name: Choice(values, required=True) for name, values in ENUMERATED[kind].items()}
    members |= {name: make() for name, make in _OTHER[kind].items()}
    return Schema.from_dict(members, name=kind.title().replace("_", "") + "Facts")()


HUB: Final = Hub()
EVENT: Final = EventPart()
FACTS: Final = MappingProxyType({kind: _facts(kind) for kind in KINDS})
"""kind -> schema of its facts. Every enumerated member must be said: `not_recorded` is a value, absence is none."""


class SafeguardCodes(Schema):
    """Codes of safeguards, without any narrative."""

    codes = Several(Choice(SAFEGUARDS), required=True, validate=validate.Length(min=1, max=len(SAFEGUARDS)))


SAFEGUARD_CODES: Final = SafeguardCodes()
SEALED: Final = sealed.SEALED
