"""Every message by its name: the schema, and an example that it accepts."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from marshmallow import Schema

from exchange.domain.aggregates import MEASURES
from exchange.domain.kinds import KINDS
from schemas import (
    acts,
    aggregates,
    alerts,
    answers,
    checks,
    disclosure_examples,
    disclosure_reports,
    examples,
    hub_words,
    keys,
    keysets,
    links,
    messages,
    neighbour_examples,
    owed,
)
from schemas.examples import AT, CLAIMS, IAT, ID, ISS, OTHER, OTHER_ID, TOKENS, UUID, ZEROS
from schemas.jsonschema import Shape, document
from schemas.neighbours import Directory, Neighbour, Page
from schemas.parts import EVENT, FACTS, HUB, SAFEGUARD_CODES
from schemas.sealed import PERSON_BLOCK, SEALED


class Entry(NamedTuple):
    """A message: what describes it, and one that it accepts."""

    schema: Schema
    example: Any


_FACTS: Final = {kind: Entry(FACTS[kind], examples.facts(kind, list(FACTS[kind].fields))) for kind in KINDS}
NOTICE: Final = examples.notice(_FACTS[examples.EVENT["kind"]].example)
_ISSUED: Final = NOTICE.partition("~")[0]
_SHA256: Final = examples.sha256(_ISSUED.rpartition(".")[0].encode())
_ENVELOPE: Final = {"notice": NOTICE, "sealed": [examples.JWE]}
_QUERY: Final = {
    **CLAIMS,
    "purpose": "examining_the_application",
    "legal_basis": "ammr_51",
    "case": examples.HUB["case"],
    "tokens": TOKENS,
}
_CHECK: Final = {**_QUERY, "destination": "UKR", "date": "2026-12-05", "means": "land"}
_ACKNOWLEDGEMENT: Final = {
    **CLAIMS,
    "id": OTHER_ID,
    "iss": OTHER,
    "notice": {"iss": ISS, "id": ID},
    "state": "opened",
    "pt_sha256": examples.SEALED[0]["pt_sha256"],
}
_RECEIPT: Final = {
    "iss": ISS,
    "id": ID,
    "sha256": _SHA256,
    "state": "accepted",
    "received": IAT + 2,
    "leaf": {"index": 4711, "hash": ZEROS, "salt": ZEROS},
}
_SIGNED_RECEIPT: Final = examples.jws("asylum-exchange-receipt+jws", _RECEIPT)
_VIEW: Final = {
    "iss": ISS,
    "id": ID,
    "event": {"kind": "removal_planned", "event_time": "2026-11-22", "state": "POL"},
    "facts": {"destination": "UKR", "means": "land"},
    "stop": "yes",
}
_WORD: Final = {
    "word": "query",
    "mailbox": UUID,
    "asked_by": ISS,
    "purpose": "examining_the_application",
    "legal_basis": "ammr_51",
}
_CHECK_ANSWER: Final = {
    "iat": IAT,
    "jti": UUID,
    "id": ID,
    "sha256": ZEROS,
    "answer": "patterns",
    "words": "What is known speaks against this removal.",
    "question": "Ask both states to hold the removal until somebody has examined the merits.",
    "patterns": [{"pattern": "P05", "stage": "imminent", "shows": "planned", "notices": [1]}],
    "notices": [f"urn:asylum-exchange:notice:{ISS.rpartition(':')[2]}:{ID}"],
    "pad": ZEROS,
}
_PROBLEM: Final = {
    "type": "urn:asylum-exchange:problem:stale",
    "title": "The exchange cannot tell who is calling.",
    "status": 401,
    "code": "stale",
    "detail": "The request has expired.",
    "time": IAT,
}
_DELIVERED: Final = {
    "seq": 1,
    "type": "notice",
    "notice": NOTICE,
    "view": examples.jws("asylum-exchange-view+jws", _VIEW),
    "sealed": [examples.JWE],
}
_SAID: Final = {"seq": 2, "type": "word", "jws": examples.jws("asylum-exchange-word+jws", _WORD)}
_SEEN: Final = {"number": 1, "seen_as": "office", "event": _VIEW["event"], "facts": _VIEW["facts"]}
_ALERT: Final[dict[str, Any]] = {
    "id": UUID,
    "status": "open",
    "raised_at": AT,
    "changed_at": AT,
    "dossier": UUID,
    "pattern": "P04",
    "title": "Chain completed",
    "meaning": "The person was handed from state to state, and nobody had examined the claim.",
    "severity": "critical",
    "certainty": "likely",
    "stage": "done",
    "link": "probable",
    "question": "Who has examined the merits?",
    "clauses": [{"clause": "leg", "words": "A put the person out to B.", "notices": [1]}],
    "notices": [_SEEN],
    "suppressors": [],
    "contradictions": [{"words": "They name different nationalities.", "notices": [1]}],
    "your_cases": [examples.HUB["case"]],
}
_RAISED: Final = {
    "at": AT,
    "act": "raised",
    "actor": "exchange",
    "detail": {"pattern": "P04", "severity": "critical", "certainty": "likely", "stage": "done"},
}
_REFUSED: Final = {
    "no": 1,
    "at": IAT,
    "method": "POST",
    "path": "/v1/notices",
    "digest": "sha-256=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:",
    "code": "bad-schema",
    "detail": "The event part is not as the schema says: kind: Missing data for required field..",
}
_KEY: Final = {"kid": ZEROS, "purpose": "request", "alg": "Ed25519", "active_from": IAT, "status": "active"}
_JWK: Final = {"kty": "OKP", "crv": "Ed25519", "x": ZEROS, "alg": "Ed25519", "kid": ZEROS}
_SELF: Final = {
    "iss": ISS,
    "kind": "asylum_office",
    "state": "POL",
    "time": IAT,
    "keys": [_KEY],
    "sequence": {"seq": 2, "prev": _SHA256},
}
_OWED: Final = {"iss": ISS, "id": ID, "kind": "hold_request", "what": "answer", "due": IAT}
_READING: Final = {"iss": ISS, "id": ID, "notice": NOTICE, "sealed": [examples.JWE], "receipt": _SIGNED_RECEIPT}

_RELEASE: Final = {
    "v": 1,
    "typ": "asylum-exchange-release",
    "ex": CLAIMS["ex"],
    "quarter": "2026-Q3",
    "from": "2026-07-01",
    "until": "2026-10-01",
    "rounded_to": 5,
    "rows": [
        {"state": state, **dict.fromkeys(MEASURES, 0), "entry_refusals": count}
        for state, count in (("POL", 45), ("SVK", "suppressed"), ("UKR", "suppressed"), ("ALL", 60))
    ],
}
_RELEASED: Final = {
    "quarter": "2026-Q3",
    "sha256": examples.sha256(examples.compact(_RELEASE)),
    "frozen_at": IAT,
    "leaf": _RECEIPT["leaf"],
}

_LINK: Final = {
    "id": "0" * 32,
    "grade": "probable",
    "contested": "yes",
    "your_cases": [examples.HUB["case"]],
    "words": [{"by": "other", "verdict": "refused", "compared": ["photograph"]}],
    "notices": [{**_SEEN, "side": "other"}],
    "why": {
        "weights": "2026-12",
        "bits": 14,
        "weight": 22,
        "reasons": [
            {
                "type": "C2D",
                "says": "agrees",
                "bits": 18,
                "words": "The same: two name parts by their consonants, and the birth date.",
            }
        ],
    },
    "acts": ["confirm", "refuse"],
}

SENT: Final[Mapping[str, Entry]] = MappingProxyType(
    {
        "envelope": Entry(messages.ENVELOPE, _ENVELOPE),
        "batch": Entry(messages.BATCH, {"notices": [_ENVELOPE]}),
        "notice": Entry(messages.SignedNotice(), examples.signed_notice([ZEROS] * 5)),
        "hub": Entry(HUB, examples.HUB),
        "event": Entry(EVENT, examples.EVENT),
        **{f"facts-{kind}": entry for kind, entry in _FACTS.items()},
        "safeguards": Entry(SAFEGUARD_CODES, examples.SAFEGUARDS),
        "sealed": Entry(SEALED, examples.SEALED),
        "person": Entry(PERSON_BLOCK, examples.PERSON),
        "query": Entry(messages.SignedQuestion(), _QUERY),
        "check": Entry(checks.SignedCheck(), _CHECK),
        "acknowledgement": Entry(messages.SignedAcknowledgement(), _ACKNOWLEDGEMENT),
        "act": Entry(messages.ACT, {"caseworker": "nn-1"}),
        "key-challenge": Entry(keys.CHALLENGE, {"purpose": "request", "key": _JWK}),
        "key-statement": Entry(keys.SignedStatement(), {**CLAIMS, "act": "revoke", "kid": ZEROS, "as": "superseded"}),
        "closing": Entry(messages.CLOSING, {"caseworker": "nn-1", "reason": "removal_stopped"}),
        "reopening": Entry(messages.REOPENING, {"caseworker": "nn-1", "reason": "new_information"}),
        "comment": Entry(messages.COMMENT, {"caseworker": "nn-1", "code": "see_own_file", "reference": UUID}),
        "snooze": Entry(messages.SNOOZE, {"caseworker": "nn-1", "days": 7, "seen": [{"id": UUID, "changed_at": AT}]}),
        "agreement": Entry(messages.AGREEMENT, {"caseworker": "nn-1", "authority": ISS}),
        "disagreement": Entry(messages.DISAGREEMENT, {"caseworker": "nn-1", "authority": ISS}),
        "link-confirming": Entry(messages.CONFIRMING, {"caseworker": "nn-1", "compared": ["document", "photograph"]}),
        "link-refusing": Entry(messages.REFUSING, {"caseworker": "nn-1", "compared": ["photograph"]}),
        "disclosure-report-request": Entry(disclosure_reports.ASKED, disclosure_examples.ASKED),
    }
)
"""What authorities say."""
HEARD: Final[Mapping[str, Entry]] = MappingProxyType(
    {
        "receipt": Entry(answers.Receipt(), _RECEIPT),
        "view": Entry(answers.View(), _VIEW),
        "word": Entry(hub_words.Word(), _WORD),
        "answer": Entry(
            answers.Answer(), {"iat": IAT, "jti": UUID, "answer": "mailbox", "mailbox": UUID, "pad": ZEROS}
        ),
        "check-answer": Entry(checks.CheckAnswer(), _CHECK_ANSWER),
        "problem": Entry(answers.Problem(), _PROBLEM),
        "batch-outcomes": Entry(
            answers.Outcomes(),
            {"outcomes": [{"status": 201, "receipt": _SIGNED_RECEIPT}, {"status": 401, "problem": _PROBLEM}]},
        ),
        "inbox-page": Entry(answers.InboxPage(), {"items": [_DELIVERED, _SAID], "next": 2}),
        "notices-page": Entry(
            answers.NoticesPage(), {"items": [{"iss": ISS, "id": ID, "sha256": _SHA256}], "next": ID}
        ),
        "owed": Entry(owed.OwedPage(), {"owed": [_OWED]}),
        "notice-reading": Entry(answers.NoticeReading(), _READING),
        "acts-page": Entry(
            acts.ActsPage(),
            {
                "items": [{"no": 1, "at": IAT, "what": "inbox", "object": "0", "purpose": "own_cases"}],
                "next": 1,
            },
        ),
        "quarantine-page": Entry(answers.QuarantinePage(), {"items": [_REFUSED], "next": 1}),
        "keys": Entry(keys.Keys(), {"ex": CLAIMS["ex"], "events": [{"record": "{}", "leaf": _RECEIPT["leaf"]}]}),
        "key-challenge-answer": Entry(keys.Nonce(), {"nonce": ZEROS}),
        "self": Entry(keys.Self(), _SELF),
        "keysets": Entry(keysets.Keysets(), {"keysets": [keysets.EXAMPLE]}),
        "alert": Entry(alerts.Alert(), {**_ALERT, "history": [_RAISED]}),
        "alert-queue": Entry(alerts.Queue(), {"alerts": [_ALERT], "open_work": 1}),
        "link": Entry(links.Link(), _LINK),
        "links": Entry(links.Links(), {"links": [_LINK]}),
        "disclosure-report": Entry(disclosure_reports.REPORT, disclosure_examples.REPORT),
        "disclosure-report-answer": Entry(disclosure_reports.Made(), disclosure_examples.MADE),
        "releases": Entry(aggregates.Releases(), {"releases": [_RELEASED]}),
        "release": Entry(aggregates.Release(), _RELEASE),
        "neighbour": Entry(Neighbour(), neighbour_examples.ENTRY),
        "directory": Entry(Directory(), neighbour_examples.DIRECTORY),
        "directory-page": Entry(Page(), neighbour_examples.PAGE),
        "schema-names": Entry(answers.Names(), {"schemas": ["envelope", "receipt"]}),
    }
)
"""What the hub says: bodies of answers, and payloads of its JWS."""
CATALOGUE: Final[Mapping[str, Entry]] = MappingProxyType({**SENT, **HEARD})
"""name -> schema and example; `GET /v1/schemas/{name}` serves them as JSON Schema."""


def served(name: str) -> Shape:
    """Return the JSON Schema that is served under a name. Raises KeyError."""
    entry = CATALOGUE[name]
    shape = document(name, entry.schema, entry.example)
    if name.startswith("facts-"):
        shape["description"] = f"The facts of a notice of the kind {name.removeprefix('facts-')}."
    return shape
