"""Signed requests in, signed answers out: what stands before and behind every address under /v1.

The signature is verified before anything is looked up, from the raw target and the configured origin. Every answer is
signed, refusals included.
"""

import hashlib
import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final, cast
from urllib.parse import quote

from flask import Flask, Response, current_app, g, request
from werkzeug.exceptions import HTTPException

from exchange import access, clock
from exchange.access import Caller
from exchange.api import problems
from exchange.deps import UNREACHABLE, Hub
from exchange.domain.errors import Refusal
from exchange.logs import log
from exchange.wire import httpsig
from exchange.wire.encoding import b64encode
from exchange.wire.messages import Answer, Request

PREFIX: Final = "/v1/"
LARGEST_BODY: Final = 256 * 1024
"""Bytes of the body of one request."""
LARGEST_BATCH: Final = 4 * 1024 * 1024
"""Bytes of the body of a batch."""
BATCH_PATH: Final = "/v1/notices/batch"
_TARGET: Final = re.compile(r"/[A-Za-z0-9._~/:-]*")
"""Paths of this API in their one canonical form. A server that decodes a path before we see it can only give us one
of these back, so a target that was signed in any other spelling does not verify."""
_QUERY: Final = re.compile(r"[A-Za-z0-9._~&=-]*")
_WSGI_NAMES: Final = {"CONTENT_TYPE": "content-type", "CONTENT_LENGTH": "content-length"}
_CODES: Final = {404: "not-found", 405: "method-not-allowed", 413: "too-large"}


def hub() -> Hub:
    """Return the hub that this app serves."""
    return cast("Hub", current_app.extensions["hub"])


def caller() -> Caller:
    """Return the authority that signed the current request."""
    return cast("Caller", g.caller)


def answer(body: bytes, media_type: str, status: int = 200) -> Response:
    """Return an answer; it is signed on its way out."""
    return Response(body, status=status, content_type=media_type)


def tagged(body: bytes, media_type: str) -> Response:
    """Return an answer with its strong ETag, or 304 when the caller has it; that has no content type to sign."""
    tag = b64encode(hashlib.sha256(body).digest())
    if tag in request.if_none_match:
        made = answer(b"", media_type, 304)
        del made.headers["Content-Type"]
    else:
        made = answer(body, media_type)
    made.set_etag(tag)
    return made


def need_media_type(expected: str) -> None:
    """Raise Refusal `wrong-media-type` when the body of the request is of another one."""
    if request.content_type != expected:
        raise Refusal("wrong-media-type", f"The content type must be {expected}.")


def install(app: Flask) -> None:
    """Put verification before, and signing behind, every address under /v1 and every address that does not exist."""
    app.before_request(_authenticate)
    app.after_request(_sign)
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(HTTPException, _http)
    for error in UNREACHABLE:
        app.register_error_handler(error, _not_ready)
    app.register_error_handler(Exception, _failed)


def _is_api() -> bool:
    return request.path.startswith(PREFIX)


def _authenticate() -> None:
    if not _is_api():
        return
    g.message = Request(
        request.environ["REQUEST_METHOD"], hub().origin + _target(request.environ), _headers(request.environ), b""
    )
    g.message = Request(g.message.method, g.message.target_uri, g.message.headers, _body(request.environ))
    if not _TARGET.fullmatch(request.environ["PATH_INFO"]) or not _QUERY.fullmatch(request.environ["QUERY_STRING"]):
        raise Refusal("bad-request", "The target holds characters that no address of this API has.")
    g.caller = access.authenticate(g.message, hub(), clock.now())


def _body(environ: Mapping[str, Any]) -> bytes:
    """Return the body, all of it and nothing more.

    Raises Refusal `too-large`, and `bad-request` when less came than was announced. Of a body in chunks Flask would
    give as much as its limit and not say that there was more.
    """
    largest = LARGEST_BATCH if request.path == BATCH_PATH else LARGEST_BODY
    if "HTTP_TRANSFER_ENCODING" in environ:
        body: bytes = environ["wsgi.input"].read(largest + 1) if environ.get("wsgi.input_terminated") else b""
        if len(body) > largest:
            raise Refusal("too-large", f"The body of a request to this address has at most {largest} bytes.")
        return body
    request.max_content_length = largest
    body = request.get_data()
    if len(body) != int(environ.get("CONTENT_LENGTH") or 0):
        raise Refusal("bad-request", "Content-Length is not the length of the body that came.")
    return body


def _target(environ: Mapping[str, str]) -> str:
    """Return the target as it was sent where the server tells it (gunicorn's RAW_URI), else its canonical form."""
    query = environ["QUERY_STRING"]
    path = environ["PATH_INFO"] + (f"?{query}" if query else "")
    return quote(environ.get("RAW_URI") or path, safe="/:?&=%~+!$'()*,;@[]", encoding="latin-1")


def _headers(environ: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Return the fields, each as often as it came: `Content_Type` and `Content-Type` are two, and two are refused."""
    named = ((_WSGI_NAMES.get(k) or k[5:].replace("_", "-").lower(), v) for k, v in environ.items() if _is_header(k, v))
    return tuple(named)


def _is_header(name: str, value: object) -> bool:
    return isinstance(value, str) and value != "" and (name.startswith("HTTP_") or name in _WSGI_NAMES)


def _sign(response: Response) -> Response:
    message = g.get("message")
    if message is None:
        return response
    headers = (("content-type", response.content_type or ""),)
    signed = httpsig.sign_answer(
        Answer(response.status_code, headers, response.get_data()), message, hub().keys["answer"], clock.now()
    )
    for name, value in signed.headers:
        response.headers[name] = value
    response.headers["Cache-Control"] = "no-store"
    return response


def _refused(refusal: Refusal) -> Response:
    if not _is_api():
        return Response(refusal.detail, status=problems.STATUS[refusal.code], content_type="text/plain; charset=utf-8")
    status, body = problems.problem(refusal)
    try:
        access.note_refusal(hub(), g.get("caller"), refusal, body, clock.now())
    except Refusal as replayed:
        return _refused(replayed)
    except UNREACHABLE as error:
        return _not_ready(error)
    except Exception as error:  # noqa: BLE001 -- a second fault must be told as quietly as the first
        return _failed(error)
    made = answer(body, problems.MEDIA_TYPE, status)
    if "retry_after" in refusal.more:
        made.headers["Retry-After"] = str(refusal.more["retry_after"])
    return made


def _http(error: HTTPException) -> Response:
    if not _is_api():
        return cast("Response", error.get_response())
    if error.code == HTTPStatus.INTERNAL_SERVER_ERROR:
        return _failed(error)
    code = _CODES.get(error.code or HTTPStatus.BAD_REQUEST, "bad-request")
    return _refused(Refusal(code, problems.TITLES[problems.STATUS[code]]))


def _not_ready(error: Exception) -> Response:
    log().warning("database not reached", error=error)
    return _plain("not-ready", "The exchange cannot reach its database. Send the same message again.")


def _failed(error: Exception) -> Response:
    log().error("request failed", error=error)
    return _plain("internal", "Something failed inside the exchange. Send the same message again.")


def _plain(code: str, detail: str) -> Response:
    """Answer without touching the database, which may be what failed."""
    status, body = problems.problem(Refusal(code, detail))
    return answer(body, problems.MEDIA_TYPE, status)
