"""Refusals turned outward: one table of codes, one form of answer (RFC 9457). docs/errors.md has the same codes."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, cast

from exchange.domain.errors import Refusal
from exchange.wire.encoding import Json, write_json

MEDIA_TYPE: Final = "application/problem+json"

_BY_STATUS: Final = {
    400: (
        "bad-json bad-base64 bad-jws bad-notice bad-notice-signature bad-query wrong-typ bad-disclosure"
        " foreign-disclosure repeated-disclosure part-missing bad-schema"
        " bad-time contradictory-times contradictory-states contradictory-references"
        " approval-missing accreditation-missing bad-parameter bad-request"
        " bad-sealed classical-recipient sealed-mismatch unknown-recipient recipient-outside-aud"
        " not-the-content sandbox-tokens bad-key-statement bad-key weak-key stale-nonce"
    ),
    401: (
        "unsigned bad-signature-header wrong-label wrong-tag no-nonce component-missing component-extra"
        " window-too-long stale ahead wrong-digest wrong-alg bad-signature wrong-target unknown-key key-not-active"
        " wrong-purpose nonce-replayed"
    ),
    403: (
        "foreign-key bad-notice-key foreign-iss wrong-exchange not-yours-to-say unknown-caseworker four-eyes"
        " no-own-case not-its-key no-possession sandbox-key not-a-member no-transfer-basis not-yours-to-read"
        " not-handed-over not-yours-to-judge"
    ),
    404: "not-found unknown-reference no-such-alert no-such-link not-published",
    405: "method-not-allowed",
    409: "id-conflict wrong-status never-snoozed no-closing-asked changed-since-read already-enrolled bad-history"
    " tokens-not-opened",
    413: "too-large",
    415: "wrong-media-type",
    429: "too-many",
    431: "headers-too-large",
    500: "internal",
    503: "not-ready",
}


def _table() -> dict[str, int]:
    return {code: status for status, codes in _BY_STATUS.items() for code in codes.split()}


STATUS: Final = MappingProxyType(_table())
"""code -> HTTP status."""
TITLES: Final = MappingProxyType(
    {
        400: "The message is not as the protocol says.",
        401: "The exchange cannot tell who is calling.",
        403: "The caller may not do this.",
        404: "There is no such thing for the caller.",
        405: "This address does not take this method.",
        409: "This contradicts what the exchange holds.",
        413: "The message is too large.",
        415: "The exchange does not read this media type here.",
        429: "The caller has sent too many of these; later there is room again.",
        431: "The header fields are too large.",
        500: "The exchange failed; the same message may be sent again.",
        503: "The exchange cannot answer now; try again.",
    }
)


def problem(refusal: Refusal) -> tuple[int, bytes]:
    """Return status and body of the problem document of a refusal."""
    status, members = document(refusal)
    return status, write_json(members)


def document(refusal: Refusal) -> tuple[int, dict[str, Json]]:
    """Return status and members of the problem document of a refusal; `more` of it comes last."""
    status = STATUS[refusal.code]
    return status, {
        "type": f"urn:asylum-exchange:problem:{refusal.code}",
        "title": TITLES[status],
        "status": status,
        "code": refusal.code,
        "detail": refusal.detail,
        **cast("Mapping[str, Json]", refusal.more),
    }
