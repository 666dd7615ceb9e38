"""encoding.json: base64url and JSON, which have one spelling each; keys.json: public keys for enrolment."""

from typing import Any

from make_kit import ES256, Key, b64, b64url, compact, sha256, trailing

OK = "accepted"
P = 2**255 - 19
# RFC 8037 appendix A.2 and A.3; RFC 7515 appendix A.3.1.
X = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
RFC8037 = {"kty": "OKP", "crv": "Ed25519", "x": X}
RFC7515 = {
    "kty": "EC",
    "crv": "P-256",
    "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
}
DEEP, BROAD = "[" * 16 + "]" * 16, "[" * 17 + "]" * 17


def base64url() -> list[dict[str, Any]]:
    cases = [
        ("empty", "", OK),
        ("one-byte", "AQ", OK),
        ("url-alphabet", "-_8", OK),
        ("padding", "AQ==", "bad-base64"),
        ("other-alphabet", "+/8", "bad-base64"),
        ("white-space", "AQ\n", "bad-base64"),
        ("space-inside", "A Q", "bad-base64"),
        ("spare-bits", "AR", "bad-base64"),
        ("cut-short", "AAAAA", "bad-base64"),
        ("not-ascii", "AQ\u00e9", "bad-base64"),
        ("lookalike", "\uff21Q", "bad-base64"),
    ]
    rule = "base64url has no padding, no other alphabet, no white space and no spare bits"
    return [{"name": f"base64url/{n}", "rule": rule, "expect": code, "text": text} for n, text, code in cases]


def json_texts() -> list[dict[str, Any]]:
    bad = "bad-json"
    cases: list[tuple[str, str | bytes, str]] = [
        ("object", '{"a":[1,-0.5,"\u00e9",null,true]}', OK),
        ("escapes", '"\\u00e9\\ud83d\\ude00"', OK),
        ("same-name-elsewhere", '{"a":{"a":1},"b":{"a":2}}', OK),
        ("depth-16", DEEP, OK),
        ("brackets-in-text", '"' + BROAD + '"', OK),
        ("integer-2-53-less-1", "[9007199254740991,-9007199254740991]", OK),
        ("number-1e308", "1e308", OK),
        ("depth-17", BROAD, bad),
        ("depth-17-objects", '{"a":' * 17 + "1" + "}" * 17, bad),
        ("depth-10000", "[" * 10_000, bad),
        ("twice", '{"a":1,"a":1}', bad),
        ("twice-escaped", '{"a":1,"\\u0061":1}', bad),
        ("twice-deep", '[{"b":{"a":1,"a":2}}]', bad),
        ("nan", "NaN", bad),
        ("infinity", "[-Infinity]", bad),
        ("overflow", "1e400", bad),
        ("overflow-negative", "[-1e400]", bad),
        ("integer-2-53", "9007199254740992", bad),
        ("integer-long", "1" * 5000, bad),
        ("lone-surrogate", '"\\ud800"', bad),
        ("lone-low-surrogate", '["\\udc00"]', bad),
        ("lone-surrogate-in-name", '{"\\ud800":1}', bad),
        ("byte-order-mark", b"\xef\xbb\xbf{}", bad),
        ("not-utf-8", b'"\xff"', bad),
        ("surrogate-bytes", b'"\xed\xa0\x80"', bad),
        ("overlong", b'"\xc0\xaf"', bad),
        ("utf-16", "{}".encode("utf-16-le"), bad),
        ("empty", "", bad),
        ("two-values", "{}{}", bad),
        ("comma", "[1,]", bad),
        ("comment", "[1]//x", bad),
        ("single-quotes", "{'a':1}", bad),
        ("control-character", '"a\tb"', bad),
        ("leading-zero", "[01]", bad),
    ]
    rule = "JSON has one meaning: RFC 8259 as narrowed by RFC 7493, nested 16 deep at most"
    return [{"name": f"json/{n}", "rule": rule, "expect": code, "body": b64(_bytes(text))} for n, text, code in cases]


def _bytes(text: str | bytes) -> bytes:
    return text.encode() if isinstance(text, str) else text


def make_encoding() -> dict[str, Any]:
    return {
        "about": "How bytes are read before anything is believed. `text` is base64url, `body` is JSON (in base64).",
        "vectors": [*base64url(), *json_texts()],
    }


SMALL = [
    0,
    1,
    P - 1,
    int.from_bytes(bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little"),
    int.from_bytes(bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"), "little"),
]
"""The y coordinates of the points of order 1, 2, 4 and 8."""


def point(y: int, sign: int = 0) -> dict[str, str]:
    return {"kty": "OKP", "crv": "Ed25519", "x": b64url((y | sign << 255).to_bytes(32, "little"))}


def weak() -> list[tuple[str, dict[str, Any], str]]:
    small = SMALL + [y + P for y in SMALL if y + P < 2**255]
    cases = [
        (f"weak/small-order-{n}-{sign}", point(y, sign), "weak-key") for n, y in enumerate(small) for sign in (0, 1)
    ]
    cases += [(f"weak/not-canonical-{n}", point(P + n), "weak-key") for n in (3, 5, 18)]
    # Neither 2 nor 7 is the y coordinate of a point: RFC 8032 section 5.1.3, step 3.
    return [*cases, *((f"weak/off-curve-{y}", point(y), "weak-key") for y in (2, 7))]


def malformed() -> list[tuple[str, dict[str, Any], str]]:
    changes: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
        "private": (RFC8037, {"d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"}),
        "private-null": (RFC8037, {"d": None}),
        "use": (RFC8037, {"use": "sig"}),
        "alg": (RFC8037, {"alg": "EdDSA"}),
        "alg-of-another-kind": (RFC8037, {"alg": "ES256"}),
        "kid": (RFC8037, {"kid": "mine"}),
        "kty": (RFC8037, {"kty": "EC"}),
        "x25519": (RFC8037, {"crv": "X25519"}),
        "ed448": (RFC8037, {"crv": "Ed448"}),
        "x-padded": (RFC8037, {"x": X + "="}),
        "x-spare-bits": (RFC8037, {"x": trailing(X)}),
        "x-short": (RFC8037, {"x": X[:-2]}),
        "x-number": (RFC8037, {"x": 5}),
        "x-null": (RFC8037, {"x": None}),
        "p256-off-curve": (RFC7515, {"y": RFC7515["x"]}),
        "p256-beyond-field": (RFC7515, {"y": b64url(b"\xff" * 32)}),
        "p256-zero": (RFC7515, {"x": b64url(bytes(32)), "y": b64url(bytes(32))}),
        "p256-no-y": (RFC7515, {"y": None}),
        "p384": (RFC7515, {"crv": "P-384"}),
        "secp256k1": (RFC7515, {"crv": "secp256k1"}),
        "rsa": ({"kty": "RSA", "n": X, "e": "AQAB"}, {}),
        "oct": ({"kty": "oct", "k": X}, {}),
        "empty": ({}, {}),
    }
    return [(f"malformed/{name}", {**jwk, **change}, "bad-key") for name, (jwk, change) in changes.items()]


def make_keys() -> dict[str, Any]:
    own = [Key("keys-ed25519", "notice"), Key("keys-es256", "notice", ES256)]
    good: list[tuple[str, dict[str, Any], str, str]] = [
        ("good/rfc-8037", RFC8037, "Ed25519", "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"),
        ("good/rfc-7515", RFC7515, "ES256", b64url(sha256(compact(dict(sorted(RFC7515.items())))))),
        *((f"good/{key.alg.lower()}", key.required, key.alg, key.kid) for key in own),
        *((f"good/{key.alg.lower()}-whole", key.enrolled()["jwk"], key.alg, key.kid) for key in own),
    ]
    rule = "a public JWK of Ed25519 or P-256 and no more; the point is canonical, on the curve, and of large order"
    told = [{"name": n, "rule": rule, "expect": OK, "jwk": jwk, "alg": alg, "kid": kid} for n, jwk, alg, kid in good]
    bad = [{"name": n, "rule": rule, "expect": code, "jwk": jwk} for n, jwk, code in [*weak(), *malformed()]]
    purpose = "a key has one of the purposes of an authority or of the hub"
    bad.append({"name": "malformed/purpose", "rule": purpose, "expect": "bad-key", "jwk": RFC8037, "purpose": "seal"})
    about = "Public keys as an authority offers them, of purpose notice unless `purpose` says another."
    return {"about": about, "vectors": [*told, *bad]}
