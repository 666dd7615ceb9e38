"""What the hub would say to a request, step by step and without the hub.

Each step is looked at even when an earlier one is wrong, so that all mistakes are told at once. The last finding,
`verdict`, comes from the very code that the hub runs.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from exchange import targets
from exchange.client.doctor import capture, diffing, guessing
from exchange.client.doctor.capture import Captured, Said
from exchange.client.doctor.findings import Finding, Report, fine, wrong
from exchange.client.doctor.identity import Identity
from exchange.domain.errors import Refusal
from exchange.wire import httpsig, keys
from exchange.wire.encoding import b64decode
from exchange.wire.messages import Request, digest_of, stands_twice
from exchange.wire.signature_base import LABEL, WITH_BODY, covered_by, has_body, request_base

_NEEDED: Final = ("created", "keyid", "alg", "expires", "nonce", "tag")
_BASE64: Final = "=:[A-Za-z0-9+/]{85}[AQgw]==:"
_LARGEST: Final[Mapping[bool, int]] = {False: 256 * 1024, True: 4 * 1024 * 1024}
"""Bytes of a body, and of that of a batch (docs/wire-format.md section 3)."""


class Case(NamedTuple):
    """All that a step looks at."""

    mine: Identity
    request: Request
    said: Said
    now: datetime


def examine(mine: Identity, captured: Captured, given: bytes | None, now: datetime) -> Report:
    """Return what is right and wrong in a captured request at `now`.

    `given` is the signature base that the sender built, if it wrote it down.
    """
    report = Report(list(captured.findings))
    request = captured.request
    report.findings += _outside(request)
    signed = capture.said(request)
    if request.header("signature-input") is None or request.header("signature") is None:
        report.findings.append(wrong("signed", "There is no Signature-Input or no Signature.", "unsigned"))
    elif signed is None:
        words = 'Signature-Input is not of the form ax=("@method" ...);created=...'
        report.findings.append(wrong("form", words, "bad-signature-header"))
    else:
        case = Case(mine, request, signed, now)
        report.findings += [step(case) for step in STEPS]
        if given is not None:
            report.bases["yours"] = diffing.text_of(given)
        report.findings += _over_the_base(case, report.bases)
    report.findings.append(_verdict(mine, request, now))
    return report


def _outside(request: Request) -> Iterator[Finding]:
    """Look at what comes before the signature: sizes, and fields that stand twice."""
    size = sum([len(name) + len(value) + 4 for name, value in request.headers])
    if size > httpsig.LARGEST_HEADERS:
        yield wrong("sizes", f"The header fields have {size} bytes.", "headers-too-large")
    elif len(request.body) > _LARGEST[request.target_uri.endswith("/v1/notices/batch")]:
        yield wrong("sizes", f"The body has {len(request.body)} bytes.", "too-large")
    else:
        yield fine("sizes", f"{size} bytes of header fields, {len(request.body)} of body.")
    if stands_twice(request, ("signature-input", "signature", *WITH_BODY)):
        yield wrong("fields", "A field that is signed, or a signature field, comes twice.", "bad-signature-header")


def _form(case: Case) -> Finding:
    signature, field = case.said.signature, case.request.header("signature-input") or ""
    if signature is None:
        return wrong("form", "The value of Signature is not ax=:<base64>:.", "bad-signature-header")
    if len(signature) != keys.SIGNATURE_BYTES:
        der = signature[:1] == b"\x30" and case.said.parameters.get("alg") == httpsig.ALGORITHMS[keys.ES256]
        hint = "It looks like DER: write r and s, 32 bytes each." if der else "It has 64, in base64 between colons."
        return wrong("form", f"The signature has {len(signature)} bytes.", "bad-signature-header", hint)
    if field != f"{case.said.label}={case.said.as_sent}":
        words = "Signature-Input holds more than one signature, or spaces or signs that have no place in it."
        return wrong("form", words, "bad-signature-header")
    if not re.fullmatch(re.escape(case.said.label) + _BASE64, case.request.header("signature") or ""):
        words = (
            "Signature has another label than Signature-Input, or its base64 is not canonical, between colons, alone."
        )
        return wrong("form", words, "bad-signature-header")
    return fine("form", "There is one signature of 64 bytes.")


def _label(case: Case) -> Finding:
    if case.said.label != LABEL:
        return wrong("label", f"The label of the signature is not {LABEL}.", "wrong-label")
    return fine("label", f"The label is {LABEL}.")


def _tag(case: Case) -> Finding:
    if case.said.parameters.get("tag") != httpsig.REQUEST_TAG:
        return wrong("tag", f"The tag is not {httpsig.REQUEST_TAG}.", "wrong-tag")
    return fine("tag", f"The tag is {httpsig.REQUEST_TAG}.")


def _parameters(case: Case) -> Finding:
    """Look at which parameters there are; a missing tag or nonce is told by the steps of their own."""
    names = case.said.parameters.keys()
    missing = [name for name in _NEEDED if name not in names and name not in {"tag", "nonce"}]
    more = sorted(names - set(_NEEDED))
    if missing or more:
        told = [f"missing: {', '.join(missing)}"] * bool(missing) + [f"too many: {', '.join(more)}"] * bool(more)
        next_step = f"Send exactly these: {', '.join(_NEEDED)}."
        return wrong("parameters", f"Parameters {'; '.join(told)}.", "bad-signature-header", next_step)
    numbers = [case.said.parameters[name] for name in ("created", "expires")]
    if not all(isinstance(number, int) for number in numbers):
        words = "created and expires are whole seconds without quotes."
        return wrong("parameters", words, "bad-signature-header", "Write them as bare numbers: created=1795420114.")
    return fine("parameters", "The parameters are those that are needed.")


def _components(case: Case) -> Finding:
    expected = tuple([f'"{name}"' for name in covered_by(case.request)])
    found = case.said.components
    missing = [name for name in expected if name not in found]
    more = [name for name in found if name not in expected]
    if missing:
        return wrong("components", f"The signature does not cover {', '.join(missing)}.", "component-missing")
    if more:
        return wrong("components", f"The signature covers {', '.join(more)}, which it must not.", "component-extra")
    if found != expected:
        return wrong("components", f"The order of the components is {' '.join(expected)}.", "component-extra")
    return fine("components", f"The signature covers {' '.join(expected)}.")


def _nonce(case: Case) -> Finding:
    nonce = case.said.parameters.get("nonce")
    if nonce is None:
        return wrong("nonce", "There is no nonce.", "no-nonce")
    if not _is_nonce(str(nonce)):
        return wrong("nonce", "The nonce is not 16 bytes in base64url without padding.", "no-nonce")
    return fine("nonce", "The nonce has the right form. Whether it was used before only the hub knows.")


def _is_nonce(text: str) -> bool:
    try:
        return len(b64decode(text)) == httpsig.NONCE_BYTES
    except Refusal:
        return False


def _key(case: Case) -> Finding:
    kid, kids = str(case.said.parameters.get("keyid", "")), case.mine.kids
    if kid == kids["request"]:
        return fine("key", f"keyid is your request key, {kid}.")
    for purpose in ("notice", "seal"):
        if kid == kids[purpose]:
            words = f"keyid is your key of purpose {purpose}; your request key is {kids['request']}."
            return wrong("key", words, "wrong-purpose")
    words = f"keyid is none of your keys; your request key is {kids['request']}."
    if not keys.is_thumbprint(kid):
        words = f"keyid is no RFC 7638 thumbprint; that of your request key is {kids['request']}."
    return wrong("key", words, "unknown-key")


def _alg(case: Case) -> Finding:
    expected = httpsig.ALGORITHMS[case.mine.signing["request"].alg]
    if case.said.parameters.get("alg") != expected:
        return wrong("alg", f'alg is not "{expected}", for which your request key is made.', "wrong-alg")
    return fine("alg", f'alg is "{expected}".')


def _times(case: Case) -> Finding:
    created, expires = (case.said.parameters.get(name) for name in ("created", "expires"))
    if not isinstance(created, int) or not isinstance(expires, int):
        return wrong("times", "There is no created or no expires to compare.", "bad-signature-header")
    now = int(case.now.timestamp())
    if not 0 < expires - created <= httpsig.LONGEST.seconds:
        return wrong("times", f"expires lies {expires - created} seconds after created.", "window-too-long")
    if case.now.timestamp() > expires:
        return wrong("times", f"It was created {now - created} and expired {now - expires} seconds ago.", "stale")
    if created > (case.now + httpsig.AHEAD).timestamp():
        return wrong("times", f"It was created {created - now} seconds in the future.", "ahead")
    left = datetime.fromtimestamp(expires, UTC) - case.now
    return fine("times", f"It is good for {left // timedelta(seconds=1)} seconds more, by this machine's clock.")


def _digest(case: Case) -> Finding:
    found, body = case.request.header("content-digest"), case.request.body
    if not has_body(case.request):
        return fine("digest", "A GET without a body needs no Content-Digest.")
    if found == digest_of(body):
        return fine("digest", "Content-Digest is that of the body.")
    if found is None:
        return wrong("digest", "There is no Content-Digest.", "wrong-digest", f"Send Content-Digest: {digest_of(body)}")
    return wrong("digest", f"Content-Digest is not {digest_of(body)}{guessing.digest(found, body)}.", "wrong-digest")


STEPS: Final = (_form, _label, _tag, _parameters, _components, _nonce, _key, _alg, _times, _digest)


def _over_the_base(case: Case, bases: dict[str, str]) -> Iterator[Finding]:
    """Look at the signature over the hub's base, over that which the sender gave, and over others that were meant."""
    yours = bases.get("yours")
    try:
        ours = request_base(case.request, case.said.as_sent)
    except Refusal as refusal:
        yield wrong("signature", f"There is no base. {refusal.detail}", refusal.code)
        return
    bases["ours"] = ours
    if yours is not None:
        yield _compared(ours, yours)
    yield _signature(case, ours, yours)


def _compared(ours: str, yours: str) -> Finding:
    found = diffing.first_difference(ours, yours)
    if found is None:
        return fine("base", "Your base is the one that the hub builds.")
    where = f"line {found.line}, character {found.character}"
    words = f"{found.words} First difference: {where}: the hub has {found.ours}, you have {found.yours}."
    return wrong("base", words, next_step="Build the base as the hub does; both stand below.")


def _signature(case: Case, ours: str, yours: str | None) -> Finding:
    if case.said.signature is None:
        return wrong("signature", "There is no signature to verify.", "bad-signature-header")
    key, signature = case.mine.signing["request"].public, case.said.signature
    if guessing.fits(key, signature, ours) or _over_its_own(case, key):
        return fine("signature", "The signature is by your request key, over the components that it names.")
    target = _other_target(case.mine, case.request, case.said)
    if target is not None:
        words = f"Your key is right; the base is not: the signature is over another target: {target}"
        return wrong("signature", words, "wrong-target")
    if yours is not None and guessing.fits(key, signature, yours):
        words = "Your key is right; the base is not: the signature is over your base, not over the hub's."
        return wrong("signature", words, "bad-signature", "Build the base as the hub does; both stand below.")
    return _neither(case, ours, yours)


def _neither(case: Case, ours: str, yours: str | None) -> Finding:
    """Tell of a signature that fits none of the bases: over what, or by whom, it may be."""
    words = guessing.signature(case.mine.signing, case.said.signature or b"", ours)
    if words:
        return wrong("signature", words, "bad-signature", "Sign the base itself, as it stands below, with that key.")
    if case.said.parameters.get("keyid") not in case.mine.kids.values():
        return wrong("signature", "None of your keys made the signature.", "unknown-key")
    if yours is None:
        words = "It fits neither your request key over the hub's base nor a usual mistake."
        return wrong("signature", words, "bad-signature")
    words = "The signature fits neither base: another key signed, or your client signed other bytes than that file."
    return wrong("signature", words, "bad-signature", "Look which private key your client loads; compare its kid.")


def _over_its_own(case: Case, key: keys.PublicKey) -> bool:
    """Tell whether the signature is good over what it says it covers; `components` tells that it covers the wrong."""
    wanted = tuple([f'"{name}"' for name in covered_by(case.request)])
    base = capture.base_over(case.request, case.said)
    return case.said.components != wanted and guessing.fits(key, case.said.signature or b"", base)


def _other_target(mine: Identity, request: Request, signed: Said) -> str | None:
    """Return the target that the signature of our request key is over, when it is a likely one."""
    for target in targets.likely(request, mine.base_url):
        base = capture.base_over(replace(request, target_uri=target), signed)
        if guessing.fits(mine.signing["request"].public, signed.signature or b"", base):
            return target
    return None


def _verdict(mine: Identity, request: Request, now: datetime) -> Finding:
    try:
        _as_the_hub(mine, request, now)
    except Refusal as refusal:
        signed, code = capture.said(request), refusal.code
        if code == "bad-signature" and signed is not None and _other_target(mine, request, signed) is not None:
            code = "wrong-target"
        return wrong("verdict", f"The hub would refuse: {code}.", code, "Mend what is wrong above.")
    return fine("verdict", "The hub would take this signature, once, if your request key is enrolled and active.")


def _as_the_hub(mine: Identity, request: Request, now: datetime) -> None:
    inspected = httpsig.inspect(request)
    if inspected.keyid not in mine.kids.values():
        raise Refusal("unknown-key", "No key of yours signed this.")
    if inspected.keyid != mine.kids["request"]:
        raise Refusal("wrong-purpose", "Requests are signed with a key of purpose request.")
    httpsig.verify_request(inspected, mine.signing["request"].public, now)
