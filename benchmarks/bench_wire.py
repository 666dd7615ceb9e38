"""CPU time of each thing that the wire does, beside the one part of it that cannot be left out, measured in one run.

The part is one verification or one signature of Ed25519 over as many bytes; for JSON, orjson, which is lenient.
"""

import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import orjson
from measuring import figure

from builders import facts
from exchange.wire import httpsig, jws, keys, sdjwt, statements
from exchange.wire.claims import Claims
from exchange.wire.encoding import read_json, write_json
from exchange.wire.messages import Answer, Request
from wire.oracle import library_verdict

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
CLAIMS = Claims("bench", "01890a5d-ac96-774b-bcce-b302099a8057", "urn:asylum-exchange:authority:sk-border", 1795419000)
OTHER_FIELDS = (
    ("host", "hub.example"),
    ("user-agent", "asylum-exchange/0.1"),
    ("accept", "*/*"),
    ("accept-encoding", "gzip, deflate"),
    ("connection", "keep-alive"),
    ("content-length", "2000"),
)
ROUNDS, TIMES = 7, 300
OVER_SIGNATURE = 4.0
OVER_SIGNATURE_OF_HUB = 1.6  # the hub verifies a request by its own hand
OVER_SIGNATURE_OF_CLIENT = 16.0  # the library writes what a client signs; the hub writes its own answers by hand
OVER_ORJSON = 25.0


def micros(work: Callable[[], object]) -> float:
    """Return CPU microseconds of one call: the least of some rounds, since machines are shared."""
    work()
    took = []
    for _ in range(ROUNDS):
        before = time.process_time()
        for _ in range(TIMES):
            work()
        took.append((time.process_time() - before) / TIMES)
    return min(took) * 1e6


def parts() -> dict[str, Any]:
    """Return the parts of a notice as an authority sends it."""
    tokens = [f"C2D.{secrets.token_urlsafe(32)}" for _ in range(4)]
    hub = {
        "subject": {"nationality": ["AFG"]},
        "tokens": {"profile": "N1", "keyset": "sandbox", "values": tokens},
        "case": "sk-border-1",
        "aud": ["urn:asylum-exchange:authority:ua-border"],
        "source": "own_act",
        "purpose": "protection_of_vital_interests",
        "legal_basis": "national_law",
        "seq": 1,
    }
    event = {"kind": "encounter", "event_time": "2026-10-01", "state": "SVK"}
    return {"hub": hub, "event": event, "facts": facts("encounter")}


def beside(name: str, work: Callable[[], object], least: float, target: float) -> None:
    """Print what a thing costs, and how often the part that cannot be left out fits into it."""
    took = micros(work)
    figure(f"wire.{name}", took, "us", target * least)
    figure(f"wire.{name}_over_least", took / least, "ratio", target)


def signatures() -> tuple[float, float]:
    """Print and return what one signature, and one verification of it, cost by themselves."""
    key, data = keys.generate("notice"), secrets.token_bytes(1000)
    public, signature = key.public, key.sign(data)
    sign, verify = micros(lambda: key.sign(data)), micros(lambda: public.verify(signature, data))
    figure("wire.ed25519_sign", sign, "us", sign)
    figure("wire.ed25519_verify", verify, "us", verify)
    return sign, verify


def main() -> None:
    sign, verify = signatures()
    request_key, notice_key = keys.generate("request"), keys.generate("notice")
    answer_key, receipt_key = keys.generate("answer"), keys.generate("receipt")
    notice = sdjwt.issue(CLAIMS, parts(), notice_key, secrets.token_bytes)
    body = write_json({"notice": notice})
    request = Request("POST", "https://hub.example/v1/notices", (("content-type", "application/x"),), body)
    signed = httpsig.sign_request(request, request_key, NOW, secrets.token_bytes(16))
    receipt = statements.state(statements.RECEIPT, {"iss": CLAIMS.iss, "id": CLAIMS.id}, receipt_key)
    answer = Answer(201, (("content-type", "application/jose"),), receipt.encode())
    answered = httpsig.sign_answer(answer, signed, answer_key, NOW)
    request_public, notice_public, answer_public = request_key.public, notice_key.public, answer_key.public

    def come() -> Request:
        """A request as it comes in, among the fields that servers add: nothing about it is kept from the last round."""
        return Request(signed.method, signed.target_uri, (*OTHER_FIELDS, *signed.headers), signed.body)

    def verify_request() -> object:
        return httpsig.verify_request(httpsig.inspect(come()), request_public, NOW)

    beside("verify_request", verify_request, verify, OVER_SIGNATURE_OF_HUB)
    beside(
        "verify_request_by_library",
        lambda: library_verdict(come(), request_public, NOW),
        verify,
        OVER_SIGNATURE,
    )
    beside("sign_answer", lambda: httpsig.sign_answer(answer, signed, answer_key, NOW), sign, OVER_SIGNATURE)
    beside("verify_answer", lambda: httpsig.verify_answer(answered, signed, answer_public), verify, OVER_SIGNATURE)
    beside(
        "sign_request",
        lambda: httpsig.sign_request(request, request_key, NOW, bytes(16)),
        sign,
        OVER_SIGNATURE_OF_CLIENT,
    )
    beside(
        "sdjwt_verify",
        lambda: sdjwt.verify(sdjwt.read(notice), notice_public, "bench"),
        verify,
        OVER_SIGNATURE,
    )
    beside(
        "jws_verify",
        lambda: jws.verify(jws.parse(notice.partition("~")[0], sdjwt.TYP), notice_public, "notice"),
        verify,
        OVER_SIGNATURE,
    )
    for name, data in (("envelope", body), ("parts", write_json(parts()))):
        beside(
            f"read_json_{name}",
            lambda data=data: read_json(data),
            micros(lambda data=data: orjson.loads(data)),
            OVER_ORJSON,
        )
    figure("wire.notice_bytes", len(body), "bytes", 256 * 1024)


if __name__ == "__main__":
    main()
