"""Inputs of the right structure with something wrong in them, made from dice: for `fuzz`."""

import base64
import copy
import hashlib
import json
import random
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, rsa, x25519
from marshmallow import Schema, fields

from exchange.wire import httpsig, jws, keys, sdjwt, sealing, sealing_keys, statements
from exchange.wire.messages import Answer, Request
from schemas import messages, parts, sealed
from schemas.fields import Choice, Edtf, Whole
from wire import spoiled
from wire.kit import CLAIMS, NOTICE_ID, NOW, PARTS, b64, salts

NOTICE_KEY, HUB, RECEIPT_KEY = keys.generate("notice"), keys.generate("answer"), keys.generate("receipt")
URN = f"urn:asylum-exchange:notice:pl-sg:{NOTICE_ID}"
SEAL_KEY = sealing_keys.generate()
SEALED = sealing.seal({"name": "x"}, "y", URN, [SEAL_KEY.public, sealing_keys.generate().public], salts())
QUERY = {**CLAIMS.members(), "purpose": "own_case", "legal_basis": "national_law", "case": "a-1", "tokens": ["C2D.x"]}
LEAVES: list[Any] = [
    None, True, False, 0, 1, -1, 2**53, 2**53 - 1, 10**30, 0.5, 1.0, -0.0, 1e308, "", "a", "é", "\ud800", "\0",
    "a" * 300, "1", "null", [], {}, [[]], {"": {}}, [None] * 70, "AFG", "2026-10-01", "yes",
]  # fmt: skip
TEXTS = [
    '"', "\\", "\\u0000", "\\ud800", "{", "}", "[", "]", ":", ",", "null", "NaN", "1e400", "-", "00", "9" * 30, " ",
    "\t", "\n", "\ufeff", "\0", "\x7f", "é", "~", ".", "=", "==", "_", "/", "+", "A", "g", "[" * 20, "{}", '"a":1,',
    "%", "-----", "\ud800",
]  # fmt: skip
TIMES = [
    "2026", "-", "12", "01", "31", "02", "29", "30", "00", "13", "21", "X", "XX", "u", "?", "~", "%", "/", "..",
    "open", "unknown", "", "T", "06:00:00", "Z", "+02:00", "-25:00", "24:00:00", "Y", "E", "S", "0000", "9999",
    "10000", "{", "}", "[", "]", ",", " ", "é", "²", "(", ")", "^", "0001", "1",
]  # fmt: skip


def spoil_text(dice: random.Random, text: str) -> str:
    """The text with some places changed: cut, doubled, swapped, or with a piece put in."""
    for _ in range(dice.choice([0, 1, 1, 2, 4])):
        at = dice.randrange(len(text) + 1)
        end = min(len(text), at + dice.choice([0, 0, 1, 2, 9, 60]))
        piece = dice.choice(
            [dice.choice(TEXTS), text[at:end] * 2, text[at:end].swapcase(), chr(dice.randrange(0x3000))]
        )
        text = text[:at] + piece + text[end:]
    return text


def spoil_bytes(dice: random.Random, data: bytes) -> bytes:
    made = bytearray(data)
    for _ in range(dice.choice([0, 1, 1, 2, 4])):
        at = dice.randrange(len(made) + 1)
        made[at : at + dice.choice([0, 1, 1, 3])] = bytes(dice.randrange(256) for _ in range(dice.choice([0, 1, 1, 2])))
    return bytes(made)


def spoil_json(dice: random.Random, value: Any) -> Any:
    """A copy of the value with some members changed, renamed, dropped or added, at any depth."""
    made = copy.deepcopy(value)
    for _ in range(dice.choice([0, 1, 1, 1, 2, 3])):
        made = _spoil_one(dice, made)
    return made


def _spoil_one(dice: random.Random, value: Any) -> Any:
    if not isinstance(value, dict | list) or not value or dice.random() < 0.02:
        return _other(dice, value)
    at = dice.choice(list(value)) if isinstance(value, dict) else dice.randrange(len(value))
    way = dice.randrange(7)
    if way < 4:
        value[at] = _spoil_one(dice, value[at])
    elif way == 4:
        del value[at]
    elif isinstance(value, dict):
        value[dice.choice(["", "a", "é", f"{at}x", at.upper()])] = copy.deepcopy(dice.choice([value[at], *LEAVES]))
    else:
        value.insert(at, copy.deepcopy(dice.choice([value[at], *LEAVES])))
    return value


def _other(dice: random.Random, value: Any) -> Any:
    ways = [copy.deepcopy(dice.choice(LEAVES)), [value], {"a": value}]
    if isinstance(value, str):
        ways += [spoil_text(dice, value), spoil_text(dice, value), value.upper(), value + " "]
    if isinstance(value, int):
        ways += [value + 1, value - 1, float(value), str(value), -value]
    return dice.choice(ways)


def _text(dice: random.Random, value: Any) -> str:
    """JSON text of the value, as some writer might put it."""
    loose = dice.random() < 0.3
    text = json.dumps(value, ensure_ascii=loose, separators=(", ", ": ") if loose else (",", ":"))
    return spoil_text(dice, text) if dice.random() < 0.3 else text


def _bytes(dice: random.Random, value: Any) -> bytes:
    data = _text(dice, value).encode("utf-8", "surrogatepass")
    return spoil_bytes(dice, data) if dice.random() < 0.1 else data


def json_bytes(dice: random.Random) -> bytes:
    return _bytes(dice, spoil_json(dice, {**CLAIMS.members(), **PARTS, "a": [1.5, None, {"b": True}]}))


def base64_text(dice: random.Random) -> str:
    return spoil_text(dice, b64(bytes(dice.randrange(256) for _ in range(dice.randrange(40)))))


def a_jws(dice: random.Random) -> str:
    header = spoil_json(dice, {"alg": "Ed25519", "kid": NOTICE_KEY.kid, "typ": sdjwt.TYP})
    segments = [b64(_bytes(dice, header)), b64(_bytes(dice, PARTS)), b64(bytes(dice.choice([64, 64, 63, 65, 0])))]
    return spoil_text(dice, ".".join(segments)) if dice.random() < 0.3 else ".".join(segments)


def _signed(dice: random.Random, value: Any, typ: str, key: keys.PrivateKey) -> str:
    text = jws.sign(_bytes(dice, value), typ, key)
    return spoil_text(dice, text) if dice.random() < 0.1 else text


def a_notice(dice: random.Random) -> str:
    """A notice whose Disclosures hash into `_sd`, with the right signature: wrong in its content, or its order."""
    disclosures = [b64(_bytes(dice, spoil_json(dice, [b64(dice.randbytes(32)), *one]))) for one in PARTS.items()]
    digests = [b64(hashlib.sha256(one.encode()).digest()) for one in [*disclosures, "a", "b"]]
    payload = {**CLAIMS.members(), "_sd_alg": "sha-256", "_sd": sorted(digests)}
    if dice.random() < 0.5:
        payload = spoil_json(dice, payload)
    shown = [one for one in disclosures if dice.random() < 0.9] + disclosures[: dice.choice([0, 0, 0, 1])]
    text = sdjwt.present(_signed(dice, payload, sdjwt.TYP, NOTICE_KEY), shown)
    return spoil_text(dice, text) if dice.random() < 0.1 else text


def a_request(dice: random.Random) -> tuple[Request, keys.PublicKey]:
    draft = spoiled.a_case_of(dice)
    return draft.request, draft.verifier or draft.key.public


def an_answer(dice: random.Random) -> tuple[Answer, Request]:
    """An answer that was signed, and then touched here and there, to a question that may be another."""
    question, _ = a_request(dice)
    media = [("content-type", "application/jose")][: dice.randrange(2)]
    try:
        signed = httpsig.sign_answer(Answer(200, tuple(media), b"a.b.c"), question, HUB, NOW)
    except UnicodeEncodeError:  # the question was no HTTP: a method or a target that is not ASCII
        signed = httpsig.sign_answer(Answer(200, tuple(media), b"a.b.c"), spoiled.a_draft(dice).request, HUB, NOW)
    headers = list(signed.headers)
    for _ in range(dice.choice([0, 0, 1, 2])):
        at = dice.randrange(len(headers))
        name, value = headers[at]
        ways = [
            [],
            [(name, spoil_text(dice, value))],
            [(name, value)] * 2,
            [("x-a", spoil_text(dice, value)), (name, value)],
        ]
        headers[at : at + 1] = dice.choice(ways)
        headers = headers or [("x", "y")]
    body = dice.choice([signed.body, signed.body, signed.body, b""])
    return Answer(dice.choice([200, 200, 200, 201, 0]), tuple(headers), body), question


def a_statement(dice: random.Random) -> str:
    return _signed(dice, spoil_json(dice, {"iss": CLAIMS.iss, "leaf": {"index": 1}}), statements.RECEIPT, RECEIPT_KEY)


def a_query(dice: random.Random) -> bytes:
    return _bytes(dice, spoil_json(dice, QUERY))


def a_jwk(dice: random.Random) -> Any:
    """A public key; its point may be weak, or off the curve."""
    jwk: dict[str, Any] = dict(keys.public_to_jwk(dice.choice(spoiled.KEYS).public))
    if dice.random() < 0.3:
        points = [bytes(32), b"\1" + bytes(31), b"\xff" * 32, (2**255 - 19).to_bytes(32, "little"), dice.randbytes(32)]
        jwk[dice.choice("xy")] = b64(dice.choice(points))
    if dice.random() < 0.5:
        jwk = {name: value for name, value in jwk.items() if name not in {"kid", "alg"}}
    made = spoil_json(dice, jwk)
    return made if isinstance(made, dict) else jwk


def _pems() -> list[bytes]:
    curves = [ec.generate_private_key(curve) for curve in (ec.SECP384R1(), ec.SECP256K1())]
    edwards = [ed448.Ed448PrivateKey.generate(), x25519.X25519PrivateKey.generate()]
    other = [*curves, *edwards, rsa.generate_private_key(65537, 2048), dsa.generate_private_key(2048)]
    pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    secret = serialization.BestAvailableEncryption(b"word")
    made = [key.private_bytes(pem, pkcs8, serialization.NoEncryption()) for key in other]  # type: ignore[attr-defined]
    return [*made, spoiled.KEYS[0].key.private_bytes(pem, pkcs8, secret), *map(keys.private_to_pem, spoiled.KEYS * 3)]


PEMS = _pems()


def a_pem(dice: random.Random) -> bytes:
    """A file of a key: spoiled as text, or in the DER that it holds."""
    pem = dice.choice(PEMS)
    if dice.random() < 0.5:
        return spoil_text(dice, pem.decode()).encode("utf-8", "surrogatepass")
    der = spoil_bytes(dice, base64.b64decode(b"".join(pem.splitlines()[1:-1])))
    label = dice.choice(["PRIVATE KEY", "PRIVATE KEY", "EC PRIVATE KEY", "RSA PRIVATE KEY", "ENCRYPTED PRIVATE KEY"])
    return f"-----BEGIN {label}-----\n{base64.b64encode(der).decode()}\n-----END {label}-----\n".encode()


def a_time(dice: random.Random) -> str:
    usual = ["2026-12-01T06:00:00Z", "2026-12", "2026-12-01~", "2026-12-01/2027-01", "156X-12-25", "Y-17E7", "2026-21"]
    pieces = [dice.choice(usual), "".join(dice.choice(TIMES) for _ in range(dice.randrange(9)))]
    text = "".join(pieces[: dice.choice([1, 2])]) if dice.random() < 0.5 else pieces[1]
    return spoil_text(dice, text) if dice.random() < 0.5 else text


def a_sealed_text(dice: random.Random) -> str:
    return _text(dice, spoil_json(dice, json.loads(SEALED.jwe)))


def a_seal_jwk(dice: random.Random) -> Any:
    jwk: dict[str, Any] = dict(
        dice.choice([sealing_keys.private_to_jwk(SEAL_KEY), sealing_keys.public_to_jwk(SEAL_KEY.public)])
    )
    made = spoil_json(dice, jwk)
    return made if isinstance(made, dict) else jwk


def schemas() -> dict[str, Schema]:
    """Every schema of the wire format, by name: one that is added is fuzzed without a word."""
    own = {
        name: value
        for module in (parts, messages, sealed)
        for name, value in vars(module).items()
        if isinstance(value, Schema)
    }
    return own | {f"FACTS.{kind}": schema for kind, schema in parts.FACTS.items()}


WORDS = [
    b64(bytes(32)), "C2D." + b64(bytes(32)), "N1", "sandbox", "AFG", "SVK", "2026-10-01", "a-1", CLAIMS.iss,
    NOTICE_ID, f"urn:asylum-exchange:notice:pl-sg:{NOTICE_ID}", "SKKSC", "eng", "x.y.z~", "pl-sg", "test-exchange",
]  # fmt: skip


def a_message(dice: random.Random, schema: Schema) -> Any:
    """A message that has what the schema asks for, more or less."""
    made = [_members(dice, schema) for _ in range(dice.choice([1, 1, 2, 9]) if schema.many else 1)]
    return spoil_json(dice, made if schema.many else made[0])


def _members(dice: random.Random, schema: Schema) -> dict[str, Any]:
    return {
        name: _member(dice, field) for name, field in schema.fields.items() if field.required or dice.random() < 0.3
    }


def _member(dice: random.Random, field: Any) -> Any:
    if isinstance(field, Choice):
        return dice.choice(sorted(field.values))
    if isinstance(field, fields.List):
        return [_member(dice, field.inner) for _ in range(dice.choice([0, 1, 1, 2, 5]))]
    if isinstance(field, fields.Nested):
        return _members(dice, field.schema)
    if isinstance(field, Whole):
        return dice.choice([1, 7, 2000])
    if isinstance(field, Edtf):
        return dice.choice(["2026-10-01", "2026-10", "2026-10-01T06:00:00Z"])
    pattern = getattr(field, "pattern", None)
    return dice.choice([word for word in WORDS if pattern is None or pattern.fullmatch(word)] or [1])
