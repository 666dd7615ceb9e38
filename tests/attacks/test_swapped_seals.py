"""Sealed texts that were changed, exchanged or misdirected, by whoever carries them or by their own author."""

import json
import secrets
from collections.abc import Callable
from typing import Any

import pytest

from attacks.kit import a_notice, disclosure, envelope, parts_of
from authorities import Office
from builders import SK_BORDER, UA_ASYLUM, UA_BORDER, UNHCR
from conftest import Enrol
from exchange.client import writing
from exchange.client.line import ENVELOPE
from exchange.client.speaker import Refused
from exchange.deps import Hub
from exchange.domain.errors import Refusal
from exchange.store.session import rows
from exchange.wire import sealing, sealing_keys
from exchange.wire.encoding import b64decode, b64encode, read_json, write_json
from steps import keep_all

NARRATIVE = "Two texts, two readers."


@pytest.fixture
def offices(web: str, enrol: Enrol) -> tuple[Office, Office, Office]:
    """An author, and two addressees that know its keys."""
    author, one, other = enrol(SK_BORDER), enrol(UA_ASYLUM), enrol(UNHCR)
    for office in (author, one, other):
        for known in (author, one, other):
            if known is not office:
                office.folder.know(known.enrolment)
    assert web
    return author, one, other


def post(office: Office, body: bytes) -> str:
    """Post an envelope; returns the code of the refusal, or nothing."""
    try:
        office.speaker._line.call("POST", "/v1/notices", body, ENVELOPE)  # noqa: SLF001 -- what the client never would
    except Refused as refused:
        return refused.code
    return ""


def written(author: Office, *texts: tuple[Office, ...]) -> dict[str, Any]:
    """An envelope as the client writes it, with a sealed text for each tuple of addressees."""
    aud = sorted({office.who.urn for to in texts for office in to})
    sealed = [{"to": [office.who.urn for office in to], "narrative": f"{NARRATIVE} {n}"} for n, to in enumerate(texts)]
    made = read_json(writing.write(author.folder, author.parts(aud=aud) | {"sealed": sealed}, 1, None).envelope)
    assert isinstance(made, dict)
    return made


def resealed(
    author: Office, to: tuple[Office, ...], spoil: Callable[[dict[str, Any]], None], aud: list[str] | None = None
) -> bytes:
    """A text sealed for these, spoiled, and then signed over as it is: its author means it so."""
    number = "01931d3c-0000-7000-8000-" + secrets.token_hex(6)
    urn = f"urn:asylum-exchange:notice:{author.who.slug}:{number}"
    sealed = sealing.seal(None, NARRATIVE, urn, [o.folder.seal_key().public for o in to], secrets.token_bytes)
    blob = json.loads(sealed.jwe)
    spoil(blob)
    jwe = write_json(blob).decode()
    sha256, size = sealing.digests(jwe)
    return signed_over(author, number, [({"sha256": sha256, "pt_sha256": sealed.pt_sha256, "bytes": size}, jwe)], aud)


def signed_over(
    author: Office, number: str, texts: list[tuple[dict[str, Any], str]], aud: list[str] | None = None
) -> bytes:
    everybody = [UA_ASYLUM.urn, UNHCR.urn]
    parts = {**parts_of(author, aud=everybody if aud is None else aud), "sealed": [entry for entry, _ in texts]}
    own = [disclosure(*part) for part in parts.items()]
    return envelope(a_notice(author, own, change={"id": number}), *(jwe for _, jwe in texts))


def nothing(_: dict[str, Any]) -> None:
    """Leave it as it is."""


def classical(blob: dict[str, Any]) -> None:
    blob["recipients"][1]["header"]["alg"] = "HPKE-0-KE"


def classical_ecdh(blob: dict[str, Any]) -> None:
    blob["recipients"].append(
        {
            "header": {
                "alg": "ECDH-ES+A256KW",
                "kid": b64encode(bytes(32)),
                "epk": {"kty": "OKP", "crv": "X25519", "x": b64encode(b"\x09" + bytes(31))},
            },
            "encrypted_key": b64encode(bytes(40)),
        }
    )


def classical_first(blob: dict[str, Any]) -> None:
    classical_ecdh(blob)
    blob["recipients"].reverse()


def direct(blob: dict[str, Any]) -> None:
    blob["recipients"] = [{"header": {"alg": "dir"}}, *blob["recipients"]]


def rsa(blob: dict[str, Any]) -> None:
    blob["recipients"][0] = {"header": {"alg": "RSA-OAEP-256", "kid": "x"}, "encrypted_key": "AA"}


def password(blob: dict[str, Any]) -> None:
    blob["recipients"][0]["header"] |= {"alg": "PBES2-HS512+A256KW", "p2s": "AA", "p2c": 10**9}


def twice(blob: dict[str, Any]) -> None:
    blob["recipients"].append(blob["recipients"][0])


def nobody(blob: dict[str, Any]) -> None:
    blob["recipients"] = []


def another_enc(blob: dict[str, Any]) -> None:
    blob["protected"] = b64encode(b'{"enc":"A128CBC-HS256","typ":"asylum-exchange-sealed+json"}')


def zipped(blob: dict[str, Any]) -> None:
    blob["protected"] = b64encode(b'{"enc":"A256GCM","typ":"asylum-exchange-sealed+json","zip":"DEF"}')


def flattened(blob: dict[str, Any]) -> None:
    (first, *_) = blob.pop("recipients")
    blob.update(first)


def unprotected(blob: dict[str, Any]) -> None:
    blob["unprotected"] = {"alg": "HPKE-9-KE"}


def of_another_notice(blob: dict[str, Any]) -> None:
    blob["aad"] = b64encode(b"urn:asylum-exchange:notice:sk-border:01931d3c-0000-7000-8000-000000000009")


def cut(blob: dict[str, Any]) -> None:
    blob["ciphertext"] = blob["ciphertext"][:-4]


def a_stranger(blob: dict[str, Any]) -> None:
    blob["recipients"][0]["header"]["kid"] = sealing_keys.generate().public.kid


SPOILS = [
    (classical, "classical-recipient"),
    (classical_ecdh, "classical-recipient"),
    (classical_first, "classical-recipient"),
    (direct, "classical-recipient"),
    (rsa, "classical-recipient"),
    (password, "classical-recipient"),
    (twice, "bad-sealed"),
    (nobody, "bad-sealed"),
    (another_enc, "bad-sealed"),
    (zipped, "bad-sealed"),
    (flattened, "bad-sealed"),
    (unprotected, "bad-sealed"),
    (of_another_notice, "bad-sealed"),
    (cut, "bad-sealed"),
    (a_stranger, "unknown-recipient"),
]


def test_a_text_that_its_author_signed_so_is_refused(hub: Hub, offices: tuple[Office, ...]) -> None:
    author, one, other = offices
    assert post(author, resealed(author, (one, other), nothing)) == ""
    for spoil, code in SPOILS:
        assert post(author, resealed(author, (one, other), spoil)) == code, spoil.__name__
    with hub.database.transaction() as tx:
        assert rows(tx, "SELECT count(*) FROM sealed") == [(1,)]


def test_a_text_whose_digest_is_not_the_one_that_was_signed(hub: Hub, offices: tuple[Office, ...]) -> None:
    author, one, other = offices
    number = "01931d3c-0000-7000-8000-000000000002"
    urn = f"urn:asylum-exchange:notice:{author.who.slug}:{number}"
    text, second = (
        sealing.seal(None, NARRATIVE, urn, [o.folder.seal_key().public for o in (one, other)], secrets.token_bytes)
        for _ in range(2)
    )
    entry = text.entry()
    for wrong, jwe in (
        ({**entry, "sha256": second.sha256}, text.jwe),
        ({**entry, "bytes": text.bytes + 1}, text.jwe),
        (entry, second.jwe),
        (entry, text.jwe + " "),
        (entry, text.jwe.replace('{"protected"', '{ "protected"', 1)),
        ({**entry, "sha256": "A" * 43}, text.jwe),
    ):
        assert post(author, signed_over(author, number, [(wrong, jwe)])) == "sealed-mismatch"
    both = [(entry, text.jwe), (second.entry(), second.jwe)]
    swapped = [(entry, second.jwe), (second.entry(), text.jwe)]
    assert post(author, signed_over(author, number, swapped)) == "sealed-mismatch"
    assert post(author, signed_over(author, number, [*both[:1], (second.entry(), text.jwe)])) == "sealed-mismatch"
    for lacking in ({"sha256": text.sha256}, {**entry, "more": 1}, {**entry, "bytes": "1"}):
        assert post(author, signed_over(author, number, [(lacking, text.jwe)])) in {"bad-schema", "sealed-mismatch"}
    with hub.database.transaction() as tx:
        assert rows(tx, "SELECT count(*) FROM sealed") == [(0,)]
    assert post(author, signed_over(author, number, both)) == ""


def test_texts_of_two_notices_and_of_two_addressees_are_not_exchanged(offices: tuple[Office, ...]) -> None:
    author, one, other = offices
    first, second = written(author, (one,)), written(author, (one,))
    assert post(author, write_json({**first, "sealed": second["sealed"]})) == "sealed-mismatch"
    each = written(author, (one,), (other,))
    assert post(author, write_json({**each, "sealed": each["sealed"][::-1]})) == "sealed-mismatch"
    assert post(author, write_json({**each, "sealed": each["sealed"][:1]})) == "sealed-mismatch"
    assert post(author, write_json({**each, "sealed": [*each["sealed"], each["sealed"][0]]})) == "sealed-mismatch"
    assert post(author, write_json({"notice": each["notice"]})) == "sealed-mismatch"
    assert post(author, write_json(each)) == ""


def test_a_recipient_outside_aud(offices: tuple[Office, ...], enrol: Enrol) -> None:
    author, one, other = offices
    outsider = enrol(UA_BORDER)
    for aud in ([], [one.who.urn], [outsider.who.urn]):
        assert post(author, resealed(author, (one, other), nothing, aud)) == "recipient-outside-aud"
    assert post(author, resealed(author, (one, outsider), nothing)) == "recipient-outside-aud"
    assert post(author, resealed(author, (author,), nothing)) == "recipient-outside-aud"
    own = [one.who.urn, author.who.urn]
    assert post(author, resealed(author, (one, author), nothing, own)) == ""  # it may keep a copy for itself


def test_a_key_that_signs_is_no_recipient(offices: tuple[Office, ...]) -> None:
    author, one, other = offices
    for purpose in ("request", "notice"):
        kid = one.folder.key(purpose).kid

        def to_it(blob: dict[str, Any], kid: str = kid) -> None:
            blob["recipients"][0]["header"]["kid"] = kid

        assert post(author, resealed(author, (one, other), to_it)) == "unknown-recipient"


# What only an addressee can see: the hub holds no key. It carries the text, and the author is told that it was unread.


def swap(what: str) -> Callable[[dict[str, Any]], None]:
    def swapped(blob: dict[str, Any]) -> None:
        one, other = blob["recipients"]
        if what == "encrypted_key":
            one[what], other[what] = other[what], one[what]
        else:
            one["header"][what], other["header"][what] = other["header"][what], one["header"][what]

    return swapped


def other_plaintext(author: Office, to: tuple[Office, ...]) -> bytes:
    number = "01931d3c-0000-7000-8000-000000000003"
    urn = f"urn:asylum-exchange:notice:{author.who.slug}:{number}"
    text = sealing.seal(None, NARRATIVE, urn, [o.folder.seal_key().public for o in to], secrets.token_bytes)
    return signed_over(author, number, [({**text.entry(), "pt_sha256": "A" * 43}, text.jwe)])


@pytest.mark.parametrize("what", ["kid", "ek", "encrypted_key", "plaintext"])
def test_what_was_swapped_between_two_addressees_opens_for_neither_and_its_author_is_told(
    hub: Hub, offices: tuple[Office, ...], what: str
) -> None:
    author, one, other = offices
    made = other_plaintext(author, (one, other)) if what == "plaintext" else resealed(author, (one, other), swap(what))
    assert post(author, made) == ""
    keep_all(hub)
    for addressee in (one, other):
        (item,) = addressee.speaker.inbox()["items"]
        with pytest.raises(Refusal) as refused:
            addressee.speaker.receive(item)
        assert refused.value.code == ("plaintext-mismatch" if what == "plaintext" else "decryption-failed")
    keep_all(hub)
    told = author.speaker.inbox()["items"]
    said = [read_json(_payload(item["jws"])) for item in told if item["type"] == "acknowledgement"]
    reason = "digest_mismatch" if what == "plaintext" else "decryption_failed"
    assert [(one["state"], one["reason"]) for one in said if isinstance(one, dict)] == [("unreadable", reason)] * 2


def _payload(jws: str) -> bytes:
    return b64decode(jws.split(".")[1])
