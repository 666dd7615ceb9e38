"""An authority that speaks with the exchange: it signs what it sends and verifies what it gets."""

import secrets
from collections.abc import Mapping
from typing import Any, Final, Self, cast

import httpx
import uuid_utils

from exchange import clock
from exchange.client.folder import Folder
from exchange.domain.errors import Refusal
from exchange.wire import httpsig, jws, sdjwt, statements
from exchange.wire.claims import Claims
from exchange.wire.encoding import Json, b64encode, read_json, write_json
from exchange.wire.messages import Answer, Request

ENVELOPE: Final = "application/vnd.asylum-exchange.envelope+json"
JOSE: Final = "application/jose"
JSON: Final = "application/json"
AGAIN: Final = frozenset({500, 503})
"""What the hub answers when it could not: the same message may be sent again."""
TRIES: Final = 10
"""A request that got no answer is sent again so often: the hub never takes a notice twice."""


class Refused(Refusal):
    """The hub refused, in a problem document that it signed. `final` says that the same bytes will never be taken."""

    def __init__(self, code: str, detail: str, status: int) -> None:
        super().__init__(code, detail)
        self.final = status in {400, 403, 409, 413, 415}


class Speaker:
    """Speaks for the authority whose keys are in a folder. Close it, or use it in a `with` block."""

    def __init__(self, folder: Folder, tries: int = TRIES) -> None:
        """`folder` holds keys and what is pinned of the hub; each message is tried `tries` times, a second apart."""
        self.folder = folder
        self._tries = tries
        self._hub = folder.hub
        self._request_key = folder.key("request")
        self._answer_key = folder.hub_key("answer")
        self._http = httpx.Client(timeout=httpx.Timeout(40), trust_env=False)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connections."""
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def post(self, parts: Mapping[str, Any]) -> dict[str, Json]:
        """Sign a notice, send it, and return what its receipt says.

        `parts` has `hub` (without `seq` and `prev`, which are added), `event`, `facts` and perhaps `safeguards`.
        Notices that still wait for a receipt are sent first. Raises Refusal as the hub refused, or when the answer or
        the receipt does not verify.
        """
        self.send_pending()
        seq, prev = self.folder.place()
        place: dict[str, Json] = {"seq": seq} if prev is None else {"seq": seq, "prev": prev}
        now = clock.now()
        notice_id = str(uuid_utils.uuid7())
        claims = Claims(self._hub["ex"], notice_id, self.folder.urn, int(now.timestamp()))
        signed = {**parts, "hub": {**parts["hub"], **place}}
        text = sdjwt.issue(claims, signed, self.folder.key("notice"), secrets.token_bytes)
        body = write_json({"notice": text})
        self.folder.keep_pending(notice_id, body)
        return self._deliver(notice_id, body, seq)

    def send_pending(self) -> int:
        """Send again the notices that have no receipt, the same bytes; returns how many there were."""
        waiting = self.folder.pending()
        for path in waiting:
            self._deliver(path.stem, path.read_bytes(), self.folder.place()[0])
        return len(waiting)

    def inbox(self, after: int = 0) -> dict[str, Any]:
        """Return a page of the inbox: `items`, and `next` to go on from."""
        return self._read(f"/v1/inbox?after={after}")

    def alerts(self) -> list[dict[str, Any]]:
        """Return the queue, the worst first."""
        return cast("list[dict[str, Any]]", self._read("/v1/alerts")["alerts"])

    def alert(self, alert_id: str) -> dict[str, Any]:
        """Return one alert with its history."""
        return self._read(f"/v1/alerts/{alert_id}")

    def act(self, alert_id: str, name: str, said: dict[str, Json]) -> dict[str, Any]:
        """Take, acknowledge or close an alert: `said` has `caseworker`, and `reason` to close."""
        body = self._call("POST", f"/v1/alerts/{alert_id}/{name}", write_json(said), JSON)
        return cast("dict[str, Any]", read_json(body))

    def query(self, asked: dict[str, Json]) -> dict[str, Json]:
        """Ask whether anybody has something about the person of an own case; returns what the answer says.

        `asked` has `purpose`, `legal_basis`, `case` and `tokens`.
        """
        claims = Claims(self._hub["ex"], str(uuid_utils.uuid7()), self.folder.urn, int(clock.now().timestamp()))
        payload = write_json({**claims.members(), **asked})
        text = jws.sign(payload, statements.QUERY, self.folder.key("notice"))
        answer = self._call("POST", "/v1/queries", text.encode(), JOSE).decode()
        return statements.heard(answer, statements.ANSWER, self.folder.hub_key("words"))

    def _deliver(self, notice_id: str, body: bytes, seq: int) -> dict[str, Json]:
        try:
            answer = self._call("POST", "/v1/notices", body, ENVELOPE).decode()
        except Refused as refused:
            if refused.final:
                self.folder.drop_pending(notice_id)
            raise
        receipt = statements.heard(answer, statements.RECEIPT, self.folder.hub_key("receipt"))
        notice = cast("dict[str, str]", read_json(body))["notice"]
        sha256 = b64encode(sdjwt.identity(notice.partition("~")[0]))
        if [receipt.get(name) for name in ("iss", "id", "sha256")] != [self.folder.urn, notice_id, sha256]:
            raise Refusal("wrong-receipt", "The receipt is for another notice.")
        self.folder.sent(seq, sha256)
        self.folder.keep_receipt(notice_id, answer)
        return receipt

    def _read(self, target: str) -> dict[str, Any]:
        return cast("dict[str, Any]", read_json(self._call("GET", target, b"", "")))

    def _call(self, method: str, target: str, body: bytes, media_type: str) -> bytes:
        """Send a signed request until it is answered; returns the body of a good answer.

        Raises Refused with the code of the problem document that the hub signed, Refusal `unsigned` and other codes of
        `exchange.wire.httpsig` for an answer that does not verify, `no-answer` when there was none.
        """
        fields = (("content-type", media_type),) if body else ()
        for number in range(self._tries):
            clock.pause(min(number, 1))
            request = Request(method, self._hub["base_url"] + target, fields, body)
            signed = httpsig.sign_request(request, self._request_key, clock.now(), secrets.token_bytes(16))
            try:
                got = self._http.request(method, signed.target_uri, headers=list(signed.headers), content=body or None)
            except httpx.TransportError:
                continue
            answer = Answer(got.status_code, tuple(got.headers.multi_items()), got.content)
            httpsig.verify_answer(answer, signed, self._answer_key)
            if answer.status not in AGAIN:
                return _good(answer)
        raise Refusal("no-answer", f"The exchange gave no answer in {self._tries} tries. What was to be sent is kept.")


def _good(answer: Answer) -> bytes:
    if answer.status < 400:  # noqa: PLR2004 -- the first status of a refusal
        return answer.body
    problem = read_json(answer.body)
    if not isinstance(problem, dict):
        raise Refusal("no-answer", "The exchange refused, without a problem document.")
    raise Refused(str(problem.get("code")), str(problem.get("detail")), answer.status)
