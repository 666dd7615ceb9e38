import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from exchange.wire import httpsig, signature_base
from wire.differential import STRICTER, compare
from wire.oracle import ACCEPTED

CASES = 3000
NEEDED = {
    ACCEPTED, "unsigned", "bad-signature-header", "wrong-label", "wrong-tag", "no-nonce", "component-missing",
    "component-extra", "unknown-key", "headers-too-large", "wrong-purpose", "wrong-alg", "window-too-long", "stale",
    "ahead", "wrong-digest", "bad-signature",
}  # fmt: skip


def test_our_verdict_is_the_librarys() -> None:
    seed = secrets.token_hex(4)
    print(f"seed {seed}")
    report = compare(CASES, seed)
    assert report.differ == []
    assert set(report.codes) <= NEEDED


def test_the_cases_reach_every_verdict_and_every_difference_on_purpose() -> None:
    report = compare(CASES, "reach")
    assert set(report.codes) == NEEDED
    assert report.codes[ACCEPTED] > CASES / 10
    assert set(report.stricter) == {why for why, *_ in STRICTER}


@pytest.mark.parametrize(
    ("where", "name", "lax"),
    [
        (signature_base, "_FIELD", re.compile(r"[ -~\t]*")),
        (signature_base, "_TARGET_URI", re.compile(r"https?://[!-~]*")),
        (signature_base, "_METHOD", re.compile(r"[ -~]*")),
        (httpsig, "SIGNATURE", re.compile(r"ax=:([A-Za-z0-9+/]{86})==:")),
        (httpsig, "_NONCE", re.compile(r"[A-Za-z0-9_-]*")),
        (httpsig, "_THUMBPRINT", re.compile(r"[A-Za-z0-9_-]{43}")),
        (httpsig, "has_body", lambda request: request.method != "GET"),
        (httpsig, "stands_twice", lambda *_: False),
        (httpsig, "LONGEST", httpsig.LONGEST * 1.1),
        (httpsig, "_require", lambda *_: None),
    ],
)
def test_a_verifier_that_is_too_lax_is_found_out(where: object, name: str, lax: object) -> None:
    with planted(where, name, lax):
        assert any(compare(100, f"lax{n}").differ for n in range(100))


@contextmanager
def planted(where: object, name: str, lax: object) -> Iterator[None]:
    """A fault in the verifier itself, for as long as it is looked for."""
    strict = getattr(where, name)
    setattr(where, name, lax)
    try:
        yield
    finally:
        setattr(where, name, strict)
