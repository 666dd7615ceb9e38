"""Every address and method under /v1: what it takes, what it answers, and with which codes it may refuse.

The OpenAPI document is made from this table and from the schemas; tests compare it with the URL map, with the table of
codes, and with what the running hub answers.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from exchange.api.problems import STATUS
from exchange.wire.witnesses import MOST_ASKED

ENVELOPE: Final = "application/vnd.asylum-exchange.envelope+json"
BATCH: Final = "application/vnd.asylum-exchange.batch+json"
JOSE: Final = "application/jose"
JSON: Final = "application/json"
SCHEMA: Final = "application/schema+json"
TEXT: Final = "text/plain; charset=utf-8"
CSV: Final = "text/csv; charset=utf-8"


class Body(NamedTuple):
    """A body: its media type, and the name of its schema. Of a JWS the schema is that of the payload.

    Of plain text the schema is words that say its form.
    """

    media_type: str
    schema: str
    typ: str = ""


class Operation(NamedTuple):
    """One method of one address."""

    summary: str
    answers: Mapping[int, Body | None]
    takes: Body | None = None
    codes: str = ""
    query: Mapping[str, Mapping[str, Any]] = MappingProxyType({})


_ANY: Final = "bad-request too-large too-many headers-too-large internal not-ready " + " ".join(
    code
    for code, status in STATUS.items()
    if status == 401  # noqa: PLR2004 -- who is calling cannot be told
)
"""Codes of every signed address."""
_BODY: Final = "wrong-media-type bad-json bad-schema "
_JWS: Final = (
    "wrong-media-type bad-json bad-schema bad-base64 bad-jws wrong-typ bad-notice-signature foreign-key bad-notice-key"
    " foreign-iss wrong-exchange id-conflict "
)
_NOTICE: Final = (
    _BODY + "bad-base64 bad-jws wrong-typ bad-notice bad-notice-signature bad-disclosure foreign-disclosure"
    " repeated-disclosure part-missing bad-time contradictory-times contradictory-states contradictory-references"
    " approval-missing accreditation-missing unknown-reference unknown-caseworker four-eyes foreign-key bad-notice-key"
    " foreign-iss wrong-exchange not-yours-to-say id-conflict sealed-mismatch bad-sealed classical-recipient"
    " unknown-recipient recipient-outside-aud sandbox-tokens not-a-member"
    " no-transfer-basis"
)
_ACT: Final = _BODY + "no-such-alert unknown-caseworker wrong-status"
_LINK: Final = _BODY + "no-such-link unknown-caseworker wrong-status not-yours-to-judge bad-parameter"
_KEY: Final = "bad-base64 bad-key weak-key sandbox-key bad-key-statement stale-nonce no-possession"
_OF: Final = {
    "schema": {"type": "string", "pattern": "^(?=.{1,63}$)[a-z0-9]+(-[a-z0-9]+)*$"},
    "description": "slug of an authority; without it, the records of all",
}
_ONE_LINK: Final = {200: Body(JSON, "link")}
_RECEIPT: Final = Body(JOSE, "receipt", "asylum-exchange-receipt+jws")
_NUMBER: Final = {"type": "string", "pattern": "^[0-9]{1,15}$"}
_AFTER: Final = {"schema": _NUMBER, "description": "the number to go on from, which the page before gave as `next`"}
_SIZE: Final = {"schema": _NUMBER, "description": "number of leaves of a checkpoint"}
_COSIGNED: Final = {
    "schema": {"type": "string", "pattern": f"^[1-{MOST_ASKED}]$"},
    "description": "witnesses that must have cosigned the checkpoint, the newest such one; without it, the last one",
}
_VERSION: Final = {"schema": _NUMBER, "description": "number of a version; without it, the one in force"}
_WAIT: Final = {
    "schema": {"type": "string", "pattern": "^([12]?[0-9]|30)$"},
    "description": "seconds to wait for an item, when there is none",
}
_WHICH: Final = {
    "schema": {"type": "string", "enum": ["own", "addressed"], "default": "own"},
    "description": "own notices, or those that the caller was given",
}
_WHICH_ALERTS: Final = {
    "schema": {"type": "string", "enum": ["waiting", "closed"], "default": "waiting"},
    "description": "the queue, or the alerts that the caller closed last, the last one first",
}
_WHICH_LINKS: Final = {
    "schema": {"type": "string", "enum": ["waiting", "judged"], "default": "waiting"},
    "description": "links that wait for a word of the caller, or those that are judged or have one",
}
_CASE: Final = {"schema": {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"}}
_AFTER_EITHER: Final = {
    "schema": {"type": "string", "pattern": "^([0-9]{1,15}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$"},
    "description": "what the page before gave as `next`: an id among own notices, a number among those addressed",
}

OPERATIONS: Final[Mapping[tuple[str, str], Operation]] = MappingProxyType(
    {
        ("POST", "/v1/notices"): Operation(
            "Send one notice. The same bytes again are answered with the same receipt.",
            {201: _RECEIPT, 200: _RECEIPT},
            Body(ENVELOPE, "envelope"),
            _NOTICE,
        ),
        ("GET", "/v1/notices"): Operation(
            "List notices: one's own, or those that one was given.",
            {200: Body(JSON, "notices-page")},
            codes="bad-parameter",
            query={"which": _WHICH, "after": _AFTER_EITHER},
        ),
        ("POST", "/v1/notices/batch"): Operation(
            "Send up to 500 notices; each is judged for itself. At most 4 MB.",
            {200: Body(JSON, "batch-outcomes")},
            Body(BATCH, "batch"),
            _BODY,
        ),
        ("GET", "/v1/notices/{iss}/{notice_id}"): Operation(
            "Read one notice, as far as the caller may.",
            {200: Body(JSON, "notice-reading")},
            codes="not-found tokens-not-opened",
        ),
        ("GET", "/v1/inbox"): Operation(
            "Read the inbox above a number.",
            {200: Body(JSON, "inbox-page")},
            codes="bad-parameter",
            query={"after": _AFTER, "wait": _WAIT},
        ),
        ("GET", "/v1/due"): Operation(
            "Read which notices the caller owes an answer, and by when.",
            {200: Body(JSON, "owed")},
            codes="bad-parameter",
        ),
        ("POST", "/v1/acknowledgements"): Operation(
            "Say that a notice came, and whether it could be opened.",
            {201: _RECEIPT, 200: _RECEIPT},
            Body(JOSE, "acknowledgement", "asylum-exchange-ack+jws"),
            _JWS + "bad-query not-found not-the-content",
        ),
        ("POST", "/v1/queries"): Operation(
            "Ask whether anybody has something about the person of an own open case.",
            {200: Body(JOSE, "answer", "asylum-exchange-answer+jws")},
            Body(JOSE, "query", "asylum-exchange-query+jws"),
            _JWS + "bad-query not-a-member no-own-case tokens-not-opened",
        ),
        ("POST", "/v1/checks"): Operation(
            "Ask before a removal what it would complete or begin. It is no clearance, whatever the answer is.",
            {200: Body(JOSE, "check-answer", "asylum-exchange-check-answer+jws")},
            Body(JOSE, "check", "asylum-exchange-check+jws"),
            _JWS + "bad-query not-a-member no-own-case tokens-not-opened contradictory-states contradictory-times",
        ),
        ("GET", "/v1/quarantine"): Operation(
            "Read which messages of one's own were refused, and why.",
            {200: Body(JSON, "quarantine-page")},
            codes="bad-parameter",
            query={"after": _AFTER},
        ),
        ("GET", "/v1/acts"): Operation(
            "Read the log of what one read and did oneself, also at the console.",
            {200: Body(JSON, "acts-page")},
            codes="bad-parameter",
            query={"after": _AFTER},
        ),
        ("GET", "/v1/ledger/checkpoint"): Operation(
            "Read the last checkpoint of the ledger.",
            {200: Body(TEXT, "a signed note (C2SP tlog-checkpoint)")},
            codes="bad-parameter not-published",
        ),
        ("GET", "/v1/ledger/proof/{index}"): Operation(
            "Read the proof that a leaf is in the ledger.",
            {200: Body(TEXT, "c2sp.org/tlog-proof@v1")},
            codes="bad-parameter not-published",
            query={"cosigned": _COSIGNED},
        ),
        ("GET", "/v1/ledger/consistency"): Operation(
            "Read the proof that one checkpoint continues another.",
            {200: Body(TEXT, "hashes in base64, one a line (RFC 9162 section 2.1.4)")},
            codes="bad-parameter not-published",
            query={"from": _SIZE, "to": _SIZE},
        ),
        ("GET", "/v1/keys"): Operation(
            "Read the records of key events: the history of everybody's keys, to be judged anew by the reader.",
            {200: Body(JSON, "keys"), 304: None},
            codes="bad-parameter",
            query={"of": _OF},
        ),
        ("POST", "/v1/keys"): Operation(
            "Say of one's own keys that one follows another, or that one is revoked.",
            {201: _RECEIPT, 200: _RECEIPT},
            Body(JOSE, "key-statement", "asylum-exchange-key+jws"),
            "wrong-media-type bad-json bad-schema bad-base64 bad-jws wrong-typ bad-notice-signature foreign-iss"
            " wrong-exchange " + _KEY + " not-its-key already-enrolled bad-history",
        ),
        ("POST", "/v1/keys/challenges"): Operation(
            "Ask for the nonce over which one shows that one holds a new key.",
            {200: Body(JSON, "key-challenge-answer")},
            Body(JSON, "key-challenge"),
            _BODY + _KEY,
        ),
        ("GET", "/v1/self"): Operation(
            "Read how the exchange sees the caller: its keys, its sequence, the time.", {200: Body(JSON, "self")}
        ),
        ("GET", "/v1/keysets"): Operation(
            "Read the keysets that officers named.", {200: Body(JSON, "keysets")}, codes="bad-parameter"
        ),
        ("GET", "/v1/schemas"): Operation(
            "List the names of the schemas.", {200: Body(JSON, "schema-names"), 304: None}
        ),
        ("GET", "/v1/schemas/{name}"): Operation(
            "Read the JSON Schema of a message, with a valid example.",
            {200: Body(SCHEMA, ""), 304: None},
            codes="not-found",
        ),
        ("GET", "/v1/directory"): Operation(
            "Read the directory of neighbours: the entry of every state, and the enrolled authorities.",
            {200: Body(JSON, "directory"), 304: None},
            codes="bad-parameter",
        ),
        ("GET", "/v1/directory/{state}"): Operation(
            "Read the entry of a state, the version in force or an earlier one.",
            {200: Body(JSON, "directory-page"), 304: None},
            codes="bad-parameter not-found",
            query={"version": _VERSION},
        ),
        ("GET", "/v1/aggregates"): Operation(
            "List the frozen quarterly releases. For monitors, observers and the secretariat.",
            {200: Body(JSON, "releases")},
            codes="bad-parameter not-yours-to-read",
        ),
        ("GET", "/v1/aggregates/{quarter}"): Operation(
            "Read the release of a quarter, byte for byte as it was frozen.",
            {200: Body(JSON, "release")},
            codes="bad-parameter not-yours-to-read not-found",
        ),
        ("GET", "/v1/aggregates/{quarter}.csv"): Operation(
            "Read the release of a quarter as a table.",
            {200: Body(CSV, "a table with a header line (RFC 4180)")},
            codes="bad-parameter not-yours-to-read not-found",
        ),
        ("POST", "/v1/disclosure-reports"): Operation(
            "Have a report made of who was told what of the person of an own case, when, and for which purpose.",
            {200: Body(JSON, "disclosure-report-answer")},
            Body(JSON, "disclosure-report-request"),
            _BODY + "not-yours-to-read no-own-case not-handed-over",
        ),
        ("GET", "/v1/alerts"): Operation(
            "Read the queue, the worst first, or what was closed last.",
            {200: Body(JSON, "alert-queue")},
            codes="bad-parameter",
            query={"which": _WHICH_ALERTS},
        ),
        ("GET", "/v1/alerts/{alert_id}"): Operation(
            "Read one alert with its history.", {200: Body(JSON, "alert")}, codes="no-such-alert"
        ),
        **{
            ("POST", f"/v1/alerts/{{alert_id}}/{name}"): Operation(
                summary, {200: Body(JSON, "alert")}, Body(JSON, said), _ACT + codes
            )
            for name, said, codes, summary in (
                ("take", "act", "", "Take an alert."),
                ("acknowledge", "act", "", "Acknowledge an alert, for 72 hours."),
                ("close", "closing", " four-eyes", "Close an alert with a reason, or ask to close a critical one."),
                ("reopen", "reopening", "", "Open a closed alert again, with a reason."),
                ("comment", "comment", "", "Put a code into the history of an alert; there is no free text."),
                ("snooze", "snooze", " never-snoozed changed-since-read", "Put aside all of a pattern about a person."),
                ("unsnooze", "act", "", "Bring back what was put aside."),
                ("agree", "agreement", " no-closing-asked", "Agree, as a monitor, to another authority's closing."),
                ("disagree", "disagreement", " no-closing-asked", "Speak against a closing that is asked for."),
            )
        },
        ("GET", "/v1/links"): Operation(
            "Read the links of own cases with those of others, and why they are taken to concern one person.",
            {200: Body(JSON, "links")},
            codes="bad-parameter",
            query={"which": _WHICH_LINKS, "case": _CASE},
        ),
        ("GET", "/v1/links/{link_id}"): Operation("Read one link.", _ONE_LINK, codes="no-such-link"),
        **{
            ("POST", f"/v1/links/{{link_id}}/{name}"): Operation(summary, _ONE_LINK, Body(JSON, said), _LINK)
            for name, said, summary in (
                ("confirm", "link-confirming", "Say that two cases are of one person; both authorities must say so."),
                ("refuse", "link-refusing", "Say that two cases are of two persons; a second must agree."),
                ("withdraw", "act", "Take back one's word on a link, as long as it has had no effect."),
            )
        },
    }
)


def codes(operation: Operation) -> dict[int, list[str]]:
    """Return the codes with which an operation may refuse, by HTTP status."""
    by_status: dict[int, list[str]] = {}
    for code in sorted(set(f"{_ANY} {operation.codes}".split())):
        if code in STATUS:
            by_status.setdefault(STATUS[code], []).append(code)
    return dict(sorted(by_status.items()))
