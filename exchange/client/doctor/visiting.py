"""What the hub itself says: is it there, is it the pinned one, what is its time, which keys of ours does it know.

Requests go out by the standard library, byte for byte as they were captured: another client would tidy them first.
"""

import http.client
import secrets
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final, cast
from urllib.parse import urlsplit

from exchange.client.doctor import diffing
from exchange.client.doctor.findings import NEXT, Finding, Report, fine, wrong
from exchange.client.doctor.identity import Identity
from exchange.domain.errors import Refusal
from exchange.wire import httpsig
from exchange.wire.encoding import read_json
from exchange.wire.messages import Answer, Request

SELF: Final = "/v1/self"
TOLERATED: Final = 5
"""Seconds that two clocks may differ; the hub takes `created` so far ahead of its own."""
_PATIENCE: Final = 20.0  # seconds
_NOT_OURS: Final = frozenset({"content-length", "transfer-encoding", "connection"})
Clock = Callable[[], datetime]


class NotReached(Exception):  # noqa: N818 -- it says what was met instead of the hub
    """There was no answer; the message says in which way."""


def carry(request: Request) -> Answer:
    """Send a request as it is, and return the answer, verified by nobody. Raises NotReached."""
    parts = urlsplit(request.target_uri)
    line = _line(parts.scheme, parts.netloc)
    try:
        target = request.target_uri.removeprefix(f"{parts.scheme}://{parts.netloc}")
        line.putrequest(request.method, target, skip_host=request.header("host") is not None, skip_accept_encoding=True)
        for name, value in request.headers:
            if name.lower() not in _NOT_OURS:
                line.putheader(name, value)
        if request.body or request.method != "GET":
            line.putheader("Content-Length", str(len(request.body)))
        line.endheaders(request.body or None)
        got = line.getresponse()
        return Answer(got.status, tuple(got.getheaders()), got.read())
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NotReached(_how(error)) from None
    finally:
        line.close()


def _line(scheme: str, place: str) -> http.client.HTTPConnection:
    kind = http.client.HTTPSConnection if scheme == "https" else http.client.HTTPConnection
    return kind(place, timeout=_PATIENCE)


def _how(error: Exception) -> str:
    """Return in words how the hub was not reached; the first kind that fits, the special before the general."""
    kinds: tuple[tuple[type[Exception], str], ...] = (
        (ConnectionRefusedError, "Connection refused: the machine is there, and nothing listens at this port."),
        (http.client.RemoteDisconnected, "The connection was closed without an answer."),
        (ConnectionError, "The connection was cut."),
        (TimeoutError, f"No answer in {_PATIENCE:.0f} seconds."),
        (socket.gaierror, "The name of the host is not known."),
        (ssl.SSLCertVerificationError, "The certificate of the host is not trusted on this machine."),
        (ssl.SSLError, "TLS failed: perhaps the port speaks http, not https."),
        (OSError, "The network does not lead there."),
        (http.client.HTTPException, "What answers there does not speak HTTP."),
    )
    return next((words for kind, words in kinds if isinstance(error, kind)), "The request cannot be sent as it stands.")


def visit(mine: Identity, clock: Clock) -> Report:
    """Ask the hub who we are to it, under our own request key, and return what is found."""
    report = Report()
    answer = _asked(mine, clock, timedelta(0), report)
    skew = _skew(report, answer, clock())
    told = None if answer is None else _members(answer)
    if answer is not None and told is not None and told.get("code") in {"stale", "ahead"} and skew is not None:
        answer = _asked(mine, clock, timedelta(seconds=skew), Report())  # by the hub's clock, to learn the rest
        told = None if answer is None else _members(answer)
    if answer is not None:
        report.findings += _known(mine, answer, told or {})
    report.findings += _kept(mine)
    return report


def _asked(mine: Identity, clock: Clock, shift: timedelta, report: Report) -> Answer | None:
    """Return the hub's answer to GET /v1/self when it is reached and it is the pinned hub's."""
    bare = Request("GET", mine.base_url + SELF, (), b"")
    signed = httpsig.sign_request(bare, mine.request_key, clock() + shift, secrets.token_bytes(16))
    return _believed(mine, signed, report)


def _believed(mine: Identity, signed: Request, report: Report) -> Answer | None:
    try:
        answer = carry(signed)
    except NotReached as how:
        report.findings.append(wrong("reached", f"{mine.base_url}: {how}", "no-answer"))
        return None
    report.findings.append(fine("reached", f"{mine.base_url} answers, with status {answer.status}."))
    try:
        key = httpsig.key_named(answer, mine.answer_keys)
        httpsig.verify_answer(answer, signed, key)
    except Refusal as refusal:
        report.findings.append(_not_believed(mine, answer, refusal))
        return None
    report.findings.append(fine("answer", f"The answer is signed with the pinned key {key.kid}."))
    return answer


def _not_believed(mine: Identity, answer: Answer, refusal: Refusal) -> Finding:
    pin = "Ask the secretariat for the hub's keys over a channel that you trust; `authority pin` keeps them."
    if refusal.code == "unsigned":
        words = f"The answer (status {answer.status}) is not signed: something else than the hub gave it."
        return wrong("answer", words, refusal.code, "Look which proxy stands between, and whether base_url is right.")
    if refusal.code == "unknown-key":
        words = f"The answer is signed by another key than the pinned one, {mine.answer_keys[-1].kid}."
        return wrong("answer", words, refusal.code, pin)
    words = f"The signature of the answer does not hold: {refusal.code}. {refusal.detail}"
    return wrong("answer", words, refusal.code, "Look what stands between you and the hub: it changes messages.")


def _members(answer: Answer) -> Mapping[str, Any]:
    try:
        found = read_json(answer.body)
    except Refusal:
        return {}
    return cast("Mapping[str, Any]", found) if isinstance(found, dict) else {}


def _skew(report: Report, answer: Answer | None, now: datetime) -> int | None:
    """Tell how far the hub's clock is ahead of ours, in seconds, from what it signed."""
    if answer is None:
        return None
    told = _members(answer).get("time")
    created = (answer.header("signature-input") or "").partition(";created=")[2].partition(";")[0]
    skew = (told if isinstance(told, int) else int(created)) - int(now.timestamp())
    theirs = (now + timedelta(seconds=skew)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if abs(skew) <= TOLERATED:
        report.findings.append(fine("clock", f"The hub's clock says {theirs}; yours differs by {abs(skew)} s."))
        return skew
    words = f"The hub's clock says {theirs}; yours is {abs(skew)} s {'behind' if skew > 0 else 'ahead'}."
    report.findings.append(wrong("clock", words, "stale" if skew > 0 else "ahead", "Let NTP set your clock."))
    return skew


def _known(mine: Identity, answer: Answer, told: Mapping[str, Any]) -> Iterator[Finding]:
    if answer.status != http.client.OK:
        code = str(told.get("code"))
        yield wrong(
            "self", f"The hub refused your own request key: {code}. {told.get('detail', '')}", code, _mend(code)
        )
        return
    if not {"iss", "kind", "state", "keys", "sequence"} <= told.keys():
        yield wrong("self", "The answer to GET /v1/self is not of this protocol.", next_step="Update this program.")
        return
    if told["iss"] != mine.urn:
        yield wrong("self", f"To the hub this key is of {told['iss']}.", next_step="Look which folder of keys you use.")
    else:
        yield fine("self", f"The hub knows you as {told['iss']} ({told['kind']}, {told['state']}).")
    yield from _keys(mine, {one["kid"]: one for one in told["keys"]})
    yield _place(mine, told["sequence"])


def _mend(code: str) -> str:
    if code == "unknown-key":
        return "Hand enrolment.json to the secretariat: `asylum-exchange officer invite` begins the enrolment there."
    return NEXT.get(code, f"Read docs/errors.md under {code}.")


def _keys(mine: Identity, known: Mapping[str, Mapping[str, Any]]) -> Iterator[Finding]:
    for purpose, kid in mine.kids.items():
        name, one = f"key {purpose}", known.get(kid)
        actives = [k for k, v in known.items() if v["purpose"] == purpose and v["status"] == "active"]
        if one is None and actives:
            words = f"{kid} differs from the hub's: the active one there is {', '.join(actives)}."
            yield wrong(name, words, "unknown-key", "Use the folder of the key that is enrolled, or enrol this one.")
        elif one is None:
            yield wrong(name, f"{kid} is unknown to the hub.", "unknown-key", "Let the secretariat enrol it.")
        elif one["purpose"] != purpose:
            yield wrong(name, f"{kid} is enrolled for {one['purpose']}.", "wrong-purpose")
        elif one["status"] != "active":
            yield wrong(name, f"{kid} is {one['status']}.", "key-not-active")
        else:
            yield fine(name, f"{kid} is active ({one['alg']}).")
    for kid, one in known.items():
        if kid not in mine.kids.values():
            yield fine(f"key {one['purpose']}", f"The hub has another one, {kid}, {one['status']}.")


def _place(mine: Identity, sequence: Mapping[str, Any]) -> Finding:
    there = (sequence["seq"], sequence.get("prev"))
    after = f"the next notice has seq {there[0] + 1}" + (f" and prev {there[1]}" if there[1] else " and no prev")
    if mine.last is None or mine.last == there:
        return fine("sequence", f"By the hub's count {after}.")
    words = f"The folder stands at seq {mine.last[0]}, the hub at seq {there[0]}; {after}."
    return wrong("sequence", words, next_step="Look whether another program or a copy of the folder sends as you.")


def _kept(mine: Identity) -> Iterator[Finding]:
    """Look at what the folder itself holds."""
    for purpose in mine.stray:
        words = f"The private key in the folder is not the one in its enrolment.json, {mine.kids[purpose]}."
        yield wrong(f"key {purpose}", words, next_step="Files of two folders were mixed: take one of them whole.")
    if mine.pending:
        words = f"{len(mine.pending)} signed and without a receipt: {', '.join(mine.pending[:5])}"
        yield wrong("pending", words, next_step="Do: asylum-exchange authority --folder FOLDER send-pending")
    else:
        yield fine("pending", "Nothing that was signed waits for a receipt.")


def send(mine: Identity, request: Request, report: Report) -> None:
    """Send a captured request as it is, and add what the hub says to the report, with the base that the hub built."""
    met = Report()
    answer = _believed(mine, request, met)
    report.findings += [one for one in met.findings if not one.ok]
    if answer is None:
        return
    told = _members(answer)
    if answer.status < http.client.BAD_REQUEST:
        report.findings.append(fine("sent", f"The hub took the request: status {answer.status}."))
        return
    code = str(told.get("code"))
    report.findings.append(wrong("sent", f"The hub refused: {code}. {told.get('detail', '')}", code))
    if isinstance(told.get("signature_base"), str):
        report.bases["hub"] = told["signature_base"]
        report.findings.append(_hubs_base(report.bases))


def _hubs_base(bases: Mapping[str, str]) -> Finding:
    if "ours" not in bases:
        return fine("hub's base", "The hub told the base that it built; it stands below.")
    found = diffing.first_difference(bases["hub"], bases["ours"])
    if found is None:
        return fine("hub's base", "The hub built the base that this command builds.")
    words = f"The hub built another base than this command, from line {found.line} on: {found.words}"
    return wrong("hub's base", words, next_step="Something between you and the hub changes the request.")
