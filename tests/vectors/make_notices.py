"""notices.json: SD-JWT notices. Each mistake is signed, so that the signature is not why it is refused."""

import base64
import hmac
import json
from typing import Any

from make_kit import ES256, EX, IAT, ISS, NOTICE_ID, Key, b64url, compact, jws, sha256, trailing, twin

PL = Key("pl-notice", "notice")
DE = Key("de-notice", "notice", ES256)
REQUEST = Key("pl-request", "request")
STRANGER = Key("stranger", "notice")
TYP = "asylum-exchange-notice+sd-jwt"
OK = "accepted"
PARTS: dict[str, Any] = {
    "hub": {"case": "A-1", "seq": 1},
    "event": {"kind": "claim_made", "event_time": "2026-11-20"},
    "facts": {"place": ["a", "b"], "n": 9007199254740991},
}
ALL: dict[str, Any] = {**PARTS, "safeguards": {"codes": ["age_disputed"]}, "sealed": []}
NAMES = tuple(ALL)


def salt(name: str, size: int = 32) -> str:
    return b64url((sha256(f"salt of {name}") * 2)[:size])


def disclosure(name: Any, value: Any, salted: Any = None) -> str:
    """Return a Disclosure (RFC 9901 section 4.2.1)."""
    return b64url(compact([salt(str(name)) if salted is None else salted, name, value]))


def digest(text: str) -> str:
    return b64url(sha256(text))


def payload(disclosures: list[str], change: dict[str, Any] | None = None) -> str:
    """Return the signed payload: five digests in code point order, decoys for what is absent."""
    decoys = [digest(f"decoy {n}") for n in range(len(NAMES) - len(disclosures))]
    members = {"v": 1, "ex": EX, "id": NOTICE_ID, "iss": ISS, "iat": IAT, "_sd_alg": "sha-256"}
    made = {**members, "_sd": sorted([*map(digest, disclosures), *decoys]), **(change or {})}
    return compact({name: value for name, value in made.items() if value is not None})


def present(signed: str, shown: list[str]) -> str:
    return "".join(f"{piece}~" for piece in (signed, *shown))


def notice(own: list[str], key: Key = PL, **how: Any) -> str:
    """Return a notice. `text` is another payload, `change` other members of it, `header` and `typ` of the header."""
    text = how.get("text") or payload(own, how.get("change"))
    return present(jws(key, how.get("typ", TYP), text, how.get("header")), how.get("shown", own))


OWN = [disclosure(name, value) for name, value in PARTS.items()]
WHOLE = [disclosure(name, value) for name, value in ALL.items()]
SENT = notice(OWN)


def case(name: str, rule: str, text: str, expect: str = OK, **more: Any) -> dict[str, Any]:
    made = {"name": name, "rule": rule, "expect": expect, "key": PL.name, "notice": text, **more}
    if expect == OK:
        made["sha256"] = sha256(text.partition("~")[0].rpartition(".")[0]).hex()
    return made


def good() -> list[dict[str, Any]]:
    signed, es256 = SENT.partition("~")[0], notice(WHOLE, DE).partition("~")[0]
    head, _, signature = es256.rpartition(".")
    raw = _raw(signature)
    spaced = json.dumps(json.loads(payload(OWN)), indent=2)
    turned = compact(dict(reversed(json.loads(payload(OWN)).items())))
    said = {"text": "\u00e9\U0001f600", "none": None, "deep": json.loads("[" * 14 + "]" * 14)}
    odd = [b64url(f' [ "{salt("hub")}" , "hub" , {{"a":"\\u00e9\\ud83d\\ude00"}} ]\n'), *OWN[1:]]
    return [
        case("good/three-parts", "hub, event and facts are needed; decoys stand for the others", SENT),
        case("good/five-parts", "five parts at most", notice(WHOLE)),
        case("good/es256", "a key may be ES256", notice(WHOLE, DE), key=DE.name),
        case("good/es256-twin", "of P-256 there are two signatures; identity is the hash of the signing input",
             present(f"{head}.{b64url(twin(raw, ES256))}", WHOLE), key=DE.name),
        case("good/order", "the order of Disclosures says nothing", present(signed, OWN[::-1])),
        case("good/spaces", "the payload is taken as it was signed: white space stays", notice(OWN, text=spaced)),
        case("good/turned", "the order of members says nothing", notice(OWN, text=turned)),
        case("good/values", "a part may hold any JSON of the profile", notice([*OWN[:2], disclosure("facts", said)])),
        case("good/spelling", "a Disclosure is hashed as it was sent, however its JSON is spelled", notice(odd)),
        case("good/header-spaces", "the header is taken as it was signed",
             notice(OWN, header=f'{{ "typ":"{TYP}","kid":"{PL.kid}", "alg":"Ed25519"}}')),
        case("good/shown-none", "a reader may be shown no part at all", present(signed, []), shown=True),
        case("good/shown-event", "a reader may be shown one part", present(signed, OWN[1:2]), shown=True),
    ]  # fmt: skip


def _raw(signature: str) -> bytes:
    return base64.urlsafe_b64decode(signature + "==")


def headers() -> list[dict[str, Any]]:
    rule = "the header has exactly alg, kid and typ; alg is that of the enrolled key"
    form, jwk = "bad-jws", PL.enrolled()["jwk"]
    three = f'"alg":"Ed25519","kid":"{PL.kid}","typ":"{TYP}"'
    mac = notice(OWN, header={"alg": "HS256"})
    unsigned = notice(OWN, header={"alg": "none"})
    given: dict[str, tuple[Any, str]] = {
        "jwk": ({"jwk": jwk}, form),
        "jku": ({"jku": "https://evil.example/keys"}, form),
        "x5c": ({"x5c": ["x"]}, form),
        "crit": ({"crit": ["b64"], "b64": False}, form),
        "crit-unknown": ({"crit": ["unknown"], "unknown": 1}, form),
        "b64": ({"b64": False}, form),
        "cty": ({"cty": "JWT"}, form),
        "extra-member": ({"note": "x"}, form),
        "no-kid": ({"kid": None}, form),
        "no-typ": ({"typ": None}, form),
        "no-alg": ({"alg": None}, form),
        "array": ("[]", form),
        "kid-name": ({"kid": "mine"}, form),
        "kid-spare-bits": ({"kid": trailing(PL.kid)}, form),
        "kid-number": ({"kid": 5}, form),
        "alg-none": ({"alg": "none"}, "wrong-alg"),
        "alg-none-upper-case": ({"alg": "NONE"}, "wrong-alg"),
        "alg-eddsa": ({"alg": "EdDSA"}, "wrong-alg"),
        "alg-unknown": ({"alg": "ES999"}, "wrong-alg"),
        "alg-array": ({"alg": ["Ed25519"]}, "wrong-alg"),
        "typ-jwt": ({"typ": "JWT"}, "wrong-typ"),
        "typ-query": ({"typ": "asylum-exchange-query+jws"}, "wrong-typ"),
        "typ-media-type": ({"typ": f"application/{TYP}"}, "wrong-typ"),
        "typ-upper-case": ({"typ": TYP.upper()}, "wrong-typ"),
        "alg-twice": (f'{{"alg":"none",{three}}}', "bad-json"),
        "byte-order-mark": ("\ufeff{" + three + "}", "bad-json"),
        "two-values": (f"{{{three}}}{{}}", "bad-json"),
        "empty": ("null", form),
    }
    cases = [case(f"header/{n}", rule, notice(OWN, header=header), code) for n, (header, code) in given.items()]
    es = f'{{"alg":"ES256","kid":"{PL.kid}","typ":"{TYP}"}}'
    return [
        *cases,
        case("forged/none", rule, _resigned(unsigned, ""), "wrong-alg"),
        case("forged/hmac-with-the-public-key", rule, _resigned(mac, _mac(mac)), "wrong-alg"),
        case("header/alg-of-another-key", rule, notice(OWN, header=es), "wrong-alg"),
        case("header/alg-of-another-curve", rule, notice(OWN, DE, header={"alg": "Ed25519"}), "wrong-alg", key=DE.name),
        case("header/kid-of-another-key", rule, notice(OWN, header={"kid": STRANGER.kid}), "bad-notice-signature"),
    ]


def _resigned(text: str, signature: str) -> str:
    signed, _, rest = text.partition("~")
    return f"{signed.rpartition('.')[0]}.{signature}~{rest}"


def _mac(text: str) -> str:
    signing_input = text.partition("~")[0].rpartition(".")[0]
    return b64url(hmac.digest(PL.ed25519.public_key().public_bytes_raw(), signing_input.encode(), "sha256"))


def segments() -> list[dict[str, Any]]:
    rule = "three segments of canonical base64url, 64 bytes of signature, a tilde behind each piece, no key binding"
    signed, rest = SENT.split("~", 1)
    head, body, signature = signed.split(".")
    key_binding = SENT + jws(STRANGER, "kb+jwt", "{}")
    made = _raw(signature)
    # The payload ends in three bytes, so a space more gives it bits to spare.
    spare = jws(PL, TYP, payload(OWN) + " " * (1 - len(payload(OWN)) % 3 % 2)).split(".")[1]
    texts = {
        "empty": ("", "bad-jws"),
        "two-segments": (f"{head}.{body}~{rest}", "bad-jws"),
        "four-segments": (f"{signed}.x~{rest}", "bad-jws"),
        "header-padded": (f"{head}=.{body}.{signature}~{rest}", "bad-jws"),
        "payload-padded": (f"{head}.{body}=.{signature}~{rest}", "bad-jws"),
        "signature-padded": (f"{signed}==~{rest}", "bad-jws"),
        "signature-spare-bits": (f"{trailing(signed)}~{rest}", "bad-jws"),
        "payload-spare-bits": (f"{head}.{trailing(spare)}.{signature}~{rest}", "bad-jws"),
        "url-alphabet": (f"{head}.{body}.{signature[:-1]}+~{rest}", "bad-jws"),
        "not-ascii": (f"{head}.{body}\u00e9.{signature}~{rest}", "bad-jws"),
        "white-space": (f" {SENT}", "bad-jws"),
        "line-end": (f"{signed}\n~{rest}", "bad-jws"),
        "signature-short": (f"{head}.{body}.{b64url(made[:63])}~{rest}", "bad-jws"),
        "signature-long": (f"{head}.{body}.{b64url(made + bytes(1))}~{rest}", "bad-jws"),
        "signature-empty": (f"{head}.{body}.~{rest}", "bad-jws"),
        "tilde-first": (f"~{SENT}", "bad-jws"),
        "no-tilde": (signed, "bad-notice"),
        "last-tilde-missing": (SENT[:-1], "bad-notice"),
        "key-binding": (key_binding, "bad-notice"),
        "six-disclosures": (present(signed, [*WHOLE, WHOLE[0]]), "bad-notice"),
        "one-bit": (_resigned(SENT, b64url(bytes([made[0] ^ 1]) + made[1:])), "bad-notice-signature"),
        "s-plus-order": (_resigned(SENT, b64url(twin(made, PL.alg))), "bad-notice-signature"),
        "zero": (_resigned(SENT, b64url(bytes(64))), "bad-notice-signature"),
        "payload-of-another": (
            f"{head}.{b64url(payload(OWN, {'iat': IAT + 1}))}.{signature}~{rest}",
            "bad-notice-signature",
        ),
    }
    cases = [case(f"segments/{name}", rule, text, code) for name, (text, code) in texts.items()]
    return [
        *cases,
        case("segments/another-key", rule, notice(OWN, STRANGER), "bad-notice-signature"),
        case("segments/a-key-for-requests", rule, notice(OWN, REQUEST), "wrong-purpose", key=REQUEST.name),
    ]
