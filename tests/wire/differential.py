"""Our verifier of requests beside the library's, over requests that went wrong in every way that we could think of.

    PYTHONPATH=.:tests python tests/wire/differential.py 100000 [seed]

Both must say the same word. `STRICTER` holds the few differences on purpose.
"""

import secrets
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from exchange.domain.errors import Refusal
from exchange.wire import httpsig
from exchange.wire.messages import Request
from wire.kit import NOW
from wire.oracle import ACCEPTED, library_verdict
from wire.spoiled import Draft, a_case

STRICTER: list[tuple[str, Callable[[Request], bool], str, str]] = [
    (
        "a method is a token (RFC 9110 section 5.6.2); the library takes any printable text in upper case",
        lambda r: not r.method or not set(r.method) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+.^_`|~-"),
        "bad-signature",
        ACCEPTED,
    ),
    (
        "the origin is http or https; the library takes any scheme, in any case",
        lambda r: not r.target_uri.startswith(("http://", "https://")),
        "bad-signature",
        ACCEPTED,
    ),
    (
        "a target has a path; the library takes OPTIONS without one",
        lambda r: r.method == "OPTIONS" and "/" not in r.target_uri.partition("://")[2].partition("?")[0],
        "bad-signature",
        ACCEPTED,
    ),
    (
        "an address in brackets is plain IPv6; the library takes zones and addresses of the future as well",
        lambda r: r.target_uri.startswith(("https://[v", "https://[V")) or "%25" in r.target_uri.partition("]")[0],
        "bad-signature",
        ACCEPTED,
    ),
    (
        "more than sixteen parameters are malformed, unread; the library's side reads them and says more",
        lambda r: (r.header("signature-input") or "").count(";") > 16,
        "bad-signature-header",
        "wrong-label wrong-tag no-nonce",
    ),
]
"""Why, whether a request is such a one, what we say, what the library may say. We take nothing that it refuses."""


@dataclass
class Report:
    """What a run said: how often each code came, how often each reason of `STRICTER`, and the seeds that differ."""

    codes: Counter[str] = field(default_factory=Counter)
    stricter: Counter[str] = field(default_factory=Counter)
    differ: list[str] = field(default_factory=list)


def our_verdict(draft: Draft) -> str:
    """The code of the refusal, or `accepted`; what was accepted is what was signed."""
    request = draft.request
    try:
        inspected = httpsig.inspect(request)
        got = httpsig.verify_request(inspected, draft.verifier or draft.key.public, moment(draft))
    except Refusal as refusal:
        return refusal.code
    sent = request.header("signature-input") or ""
    told = (got.keyid, got.nonce, int(got.created.timestamp()), int(got.expires.timestamp()))
    assert all(f"{one}" in sent for one in told)
    return ACCEPTED


def moment(draft: Draft) -> datetime:
    return NOW + timedelta(seconds=draft.later)


def on_purpose(request: Request, ours: str, library: str) -> str | None:
    """Why the two differ, if it is meant so."""
    rows = [row for row in STRICTER if row[2] == ours and library in row[3].split()]
    return next((why for why, fits, *_ in rows if fits(request)), None)


def compare(count: int, seed: str) -> Report:
    """Compare the two verdicts over `count` cases."""
    report = Report()
    for number in range(count):
        draft = a_case(f"{seed}:{number}")
        key = draft.verifier or draft.key.public
        ours, library = our_verdict(draft), library_verdict(draft.request, key, moment(draft))
        report.codes[ours] += 1
        if ours == library:
            continue
        reason = on_purpose(draft.request, ours, library)
        if reason is not None:
            report.stricter[reason] += 1
        else:
            report.differ.append(f"{seed}:{number} ours {ours}, library {library}: {draft.request!r:.900}")
    return report


def main() -> int:
    count = int(sys.argv[1])
    seed = sys.argv[2] if len(sys.argv) > 2 else secrets.token_hex(4)
    print(f"{count} cases, seed {seed}")
    report = compare(count, seed)
    for code, times in report.codes.most_common():
        print(f"{times:8} {code}")
    for why, times in report.stricter.most_common():
        print(f"{times:8} on purpose: {why}")
    print(*report.differ, f"{len(report.differ)} differ", sep="\n")
    return len(report.differ) > 0


if __name__ == "__main__":
    sys.exit(main())
