"""Writes sealing/sealed-1.json, the vectors that freeze profile `sealed/1`.

Keys, salts, content keys and IVs are drawn from fixed labels. The encapsulation is not: no library lets its caller
choose it. So the file is a recording. Whoever runs this again gets other bytes that open to the same text; do it only
when the profile itself changes, and say so in the changelog.

    PYTHONPATH=.:tests .venv/bin/python tests/vectors/make_sealing.py

Everything here is put together by hand, from the specification and the primitives; `exchange.wire.sealing` is what the
vectors test. Of the project's code only the keys and the encoding are used.
"""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from exchange.wire import sealing_keys
from exchange.wire.encoding import b64encode

FOLDER = Path(__file__).parent / "sealing"
URN = "urn:asylum-exchange:notice:pl-sg:01890a5d-ac96-774b-bcce-b302099a8057"
OTHER_URN = "urn:asylum-exchange:notice:pl-sg:01890a5d-ac96-774b-bcce-b302099a8058"
PROTECTED = {"enc": "A256GCM", "typ": "asylum-exchange-sealed+json"}
PERSON = {"names": [{"written": "سارا رحیمی", "script": "Arab"}, {"written": "Rahimi", "script": "Latn"}]}
NARRATIVE = "Vyhlásila, že bola v ten istý deň vrátená cez rieku. 🜂"


def fixed(label: str, size: int) -> bytes:
    """Bytes that are the same in every run."""
    return hashlib.shake_256(f"asylum-exchange sealed/1 {label}".encode()).digest(size)


def key(label: str) -> sealing_keys.SealPrivateKey:
    return sealing_keys.private_from_seed(fixed(f"seed {label}", 32))


def padded(text: object, size: int = 0, filler: bytes = b" ") -> bytes:
    """The text as JSON, filled to `size` or to the next power of two."""
    data = text if isinstance(text, bytes) else json.dumps(text, ensure_ascii=False, separators=(",", ":")).encode()
    least = 1024
    while least < len(data):
        least *= 2
    return data.ljust(size or least, filler)


def a_text(**changes: Any) -> dict[str, Any]:
    return {"v": 1, "salt": b64encode(fixed("salt", 32)), "person": PERSON, "narrative": NARRATIVE} | changes


def encrypted(
    plaintext: bytes,
    recipients: Sequence[sealing_keys.SealPublicKey],
    urn: str = URN,
    protected: object = PROTECTED,
) -> dict[str, Any]:
    """A JWE as the members of its JSON, by RFC 7516 section 5.1 and draft-ietf-jose-hpke-encrypt section 6."""
    content_key, iv = fixed("content key", 32), fixed("iv", 12)
    header = b64encode(json.dumps(protected, separators=(",", ":")).encode())
    aad = b64encode(urn.encode())
    sealed = AESGCM(content_key).encrypt(iv, plaintext, f"{header}.{aad}".encode())
    entries = []
    for recipient in recipients:
        encapsulated, encrypted_key = recipient.wrap(content_key)
        named = {"alg": "HPKE-9-KE", "kid": recipient.kid, "ek": b64encode(encapsulated)}
        entries.append({"header": named, "encrypted_key": b64encode(encrypted_key)})
    return {
        "protected": header,
        "recipients": entries,
        "iv": b64encode(iv),
        "ciphertext": b64encode(sealed[:-16]),
        "tag": b64encode(sealed[-16:]),
        "aad": aad,
    }


def compact(jwe: object) -> str:
    return json.dumps(jwe, ensure_ascii=False, separators=(",", ":"))


def digest(data: bytes) -> str:
    return b64encode(hashlib.sha256(data).digest())


def told(jwe: object, plaintext: bytes) -> dict[str, Any]:
    """A JWE as it is sent, and what the signed notice says of it."""
    text = jwe if isinstance(jwe, str) else compact(jwe)
    return {
        "jwe": text,
        "sha256": digest(text.encode()),
        "pt_sha256": digest(plaintext),
        "bytes": len(text.encode()),
    }


def bad(one: sealing_keys.SealPrivateKey, two: sealing_keys.SealPrivateKey) -> list[dict[str, Any]]:
    """Texts that the first key must not open, each with the code of its refusal."""
    good = padded(a_text())
    whole = encrypted(good, [one.public])
    pair = encrypted(good, [one.public, two.public])
    first, second = pair["recipients"]
    swapped = [first | {"encrypted_key": second["encrypted_key"]}, second | {"encrypted_key": first["encrypted_key"]}]
    header = whole["recipients"][0]["header"]
    classical = {"header": {"alg": "ECDH-ES+A256KW", "kid": two.kid, "epk": {}}, "encrypted_key": "AA"}
    twice = compact(whole).replace('"iv":', '"iv":"AAAAAAAAAAAAAAAA","iv":', 1)
    made: list[tuple[str, str, object, bytes]] = [
        ("a classical recipient beside", "classical-recipient", pair | {"recipients": [first, classical]}, good),
        ("bound to another notice", "bad-sealed", encrypted(good, [one.public], OTHER_URN), good),
        ("moved to this notice", "decryption-failed", encrypted(good, [one.public], OTHER_URN), good),
        ("encrypted keys swapped", "decryption-failed", pair | {"recipients": swapped}, good),
        ("another tag", "decryption-failed", whole | {"tag": b64encode(bytes(16))}, good),
        ("a member twice", "bad-sealed", twice, good),
        ("a shared unprotected header", "bad-sealed", whole | {"unprotected": {"alg": "dir"}}, good),
        ("compressed", "bad-sealed", encrypted(good, [one.public], protected=PROTECTED | {"zip": "DEF"}), good),
        ("base64url with padding", "bad-sealed", whole | {"tag": whole["tag"] + "=="}, good),
        ("an enc in the recipient", "bad-sealed", whole | {"recipients": [_with(whole, header | {"enc": "x"})]}, good),
        ("the hash of another text", "plaintext-mismatch", whole, good + b" "),
        ("sealed for others", "not-a-recipient", encrypted(good, [two.public]), good),
    ]
    for why, plaintext in (
        ("not padded", padded(a_text(), 1000)),
        ("padded with line ends", padded(a_text(), filler=b"\n")),
        ("a short salt", padded(a_text(salt="AAAA"))),
        ("null for absent", padded(a_text(narrative=None))),
        ("an unknown member", padded(a_text(note="x"))),
        ("another version", padded(a_text(v=2))),
    ):
        made.append((why, "bad-sealed", encrypted(plaintext, [one.public]), plaintext))
    moved = b64encode(URN.encode())
    return [
        {"why": why, "code": code, **told(jwe | {"aad": moved} if why.startswith("moved") else jwe, plaintext)}  # type: ignore[operator]
        for why, code, jwe, plaintext in made
    ]


def _with(jwe: dict[str, Any], header: dict[str, Any]) -> dict[str, Any]:
    return jwe["recipients"][0] | {"header": header}


def main() -> None:
    keys = [key(label) for label in ("one", "two", "three")]
    public = [one.public for one in keys]
    plaintext = padded(a_text())
    long_text = a_text(narrative="ž" * 700)
    spaced = encrypted(plaintext, public[:1], protected=dict(reversed(PROTECTED.items())))
    vectors = {
        "profile": "sealed/1",
        "made_by": "tests/vectors/make_sealing.py",
        "notice": URN,
        "keys": [sealing_keys.private_to_jwk(one) for one in keys],
        "content_key": b64encode(fixed("content key", 32)),
        "good": [
            {"what": "three recipients", "text": a_text(), **told(encrypted(plaintext, public), plaintext)},
            {
                "what": "a text of two kilobytes",
                "text": long_text,
                **told(encrypted(padded(long_text), public[:1]), padded(long_text)),
            },
            {
                "what": "members in another order, white space between them",
                "text": a_text(),
                **told(json.dumps(dict(reversed(spaced.items())), indent=1), plaintext),
            },
        ],
        "bad": bad(keys[0], keys[1]),
    }
    (FOLDER / "sealed-1.json").write_text(json.dumps(vectors, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
