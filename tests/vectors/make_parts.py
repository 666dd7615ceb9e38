"""More of notices.json: mistakes in the signed payload and in Disclosures."""

from typing import Any

from make_kit import EX, ISS, NOTICE_ID, b64url, compact, keys_of, trailing
from make_notices import (
    ALL,
    DE,
    OWN,
    PARTS,
    PL,
    REQUEST,
    SENT,
    WHOLE,
    case,
    disclosure,
    good,
    headers,
    notice,
    payload,
    present,
    salt,
    segments,
)


def changes() -> dict[str, dict[str, Any]]:
    """Payloads with one member changed; a member that is None is left out."""
    five = [b64url(bytes([n]) * 32) for n in range(5)]
    return {
        "v-2": {"v": 2},
        "v-true": {"v": True},
        "v-text": {"v": "1"},
        "v-float": {"v": 1.0},
        "no-v": {"v": None},
        "no-ex": {"ex": None},
        "ex-empty": {"ex": ""},
        "ex-number": {"ex": 5},
        "ex-long": {"ex": "x" * 201},
        "ex-control": {"ex": "a\nb"},
        "no-id": {"id": None},
        "id-upper-case": {"id": NOTICE_ID.upper()},
        "id-version-4": {"id": NOTICE_ID.replace("-774b", "-474b")},
        "id-variant": {"id": NOTICE_ID.replace("-bcce", "-ccce")},
        "id-no-hyphens": {"id": NOTICE_ID.replace("-", "")},
        "id-braces": {"id": f"{{{NOTICE_ID}}}"},
        "id-urn": {"id": f"urn:uuid:{NOTICE_ID}"},
        "id-line-end": {"id": f"{NOTICE_ID}\n"},
        "id-number": {"id": 5},
        "no-iss": {"iss": None},
        "iss-no-slug": {"iss": "urn:asylum-exchange:authority:"},
        "iss-upper-case": {"iss": ISS.upper()},
        "iss-hyphen-first": {"iss": "urn:asylum-exchange:authority:-pl"},
        "iss-long": {"iss": "urn:asylum-exchange:authority:" + "a" * 64},
        "iss-line-end": {"iss": ISS + "\n"},
        "iss-other-urn": {"iss": "urn:other:pl"},
        "iss-not-ascii": {"iss": "urn:asylum-exchange:authority:pl-\u0455g"},
        "iss-array": {"iss": [ISS]},
        "no-iat": {"iat": None},
        "iat-float": {"iat": 1.5},
        "iat-true": {"iat": True},
        "iat-text": {"iat": "1795419000"},
        "iat-negative": {"iat": -1},
        "extra-exp": {"exp": 5},
        "extra-cnf": {"cnf": {"jwk": {}}},
        "extra-part": {"event": {}},
        "sd-alg": {"_sd_alg": "sha-512"},
        "no-sd-alg": {"_sd_alg": None},
        "no-sd": {"_sd": None},
        "sd-object": {"_sd": {}},
        "sd-empty": {"_sd": []},
        "sd-four": {"_sd": five[:4]},
        "sd-six": {"_sd": [*five, b64url(b"\6" * 32)]},
        "sd-order": {"_sd": five[::-1]},
        "sd-twice": {"_sd": [five[0], *five[:4]]},
        "sd-short": {"_sd": [b64url(bytes([n]) * 31) for n in range(5)]},
        "sd-no-digests": {"_sd": list("abcde")},
        "sd-number": {"_sd": [*five[:4], 5]},
        "sd-spare-bits": {"_sd": [trailing(one) for one in five]},
        "sd-padded": {"_sd": [one + "=" for one in five]},
        "sd-nested": {"_sd": [five]},
    }


def payloads() -> list[dict[str, Any]]:
    rule = "the payload has exactly v, ex, id, iss, iat, _sd_alg and _sd, each of its form"
    strict = "the payload is strict JSON"
    made = [case(f"payload/{n}", rule, notice(OWN, change=one), "bad-notice") for n, one in changes().items()]
    whole = payload(OWN)
    texts = {
        "twice": whole[:-1] + ',"v":1}',
        "twice-deep": whole.replace('"v":1', '"v":{"a":[{"b":1,"b":1}]}'),
        "nan": whole.replace('"v":1', '"v":NaN'),
        "overflow": whole.replace('"v":1', '"v":1e400'),
        "huge-integer": whole.replace('"v":1', '"v":' + "1" * 400),
        "lone-surrogate": whole.replace(EX, "\\ud800"),
        "deep": whole.replace('"v":1', '"v":' + "[" * 40 + "]" * 40),
        "byte-order-mark": "\ufeff" + whole,
        "two-values": whole + "{}",
        "empty": " ",
    }
    made += [case(f"json/{n}", strict, notice(OWN, text=text), "bad-json") for n, text in texts.items()]
    other = notice(OWN, change={"ex": "another-exchange"})
    made += [
        case("json/not-utf-8", strict, notice(OWN, text=b"\xff"), "bad-json"),
        case("payload/array", rule, notice(OWN, text="[]"), "bad-notice"),
        case("payload/ex-of-another", "ex is this exchange", other, "wrong-exchange"),
    ]
    return made


def _first(text: str) -> str:
    """Return a notice whose first Disclosure is this one, signed like the others."""
    return notice([text, *OWN[1:]])


def _forms() -> dict[str, str]:
    zero = b64url(bytes(32))
    return {
        "base64-padded": OWN[0] + "=",
        "base64-alphabet": "!",
        "base64-spare-bits": trailing(disclosure("hub", "x" * _to_spare())),
        "no-array": b64url("{}"),
        "array-empty": b64url("[]"),
        "array-of-two": b64url(compact([zero, "hub"])),
        "array-of-four": b64url(compact([zero, "hub", {}, 1])),
        "weak-salt": disclosure("hub", {}, salt("hub", 16)),
        "salt-31": disclosure("hub", {}, salt("hub", 31)),
        "salt-33": disclosure("hub", {}, salt("hub", 33)),
        "salt-padded": disclosure("hub", {}, zero + "="),
        "salt-spare-bits": disclosure("hub", {}, trailing(zero)),
        "salt-number": disclosure("hub", {}, 5),
        "name-unknown": disclosure("narrative", {}),
        "name-sd": disclosure("_sd", []),
        "name-dots": disclosure("...", "x"),
        "name-case": disclosure("Hub", {}),
        "name-claim": disclosure("iss", "x"),
        "name-number": disclosure(5, {}),
        "name-array": disclosure(["hub"], {}),
    }


def _to_spare() -> int:
    """Return how long a value makes a Disclosure whose base64url has bits to spare."""
    return next(n for n in range(3) if len(disclosure("hub", "x" * n)) % 4 == 2)


def _texts() -> dict[str, str]:
    """Disclosures that are no strict JSON, behind a good salt and the name of a part."""
    start = f'["{salt("hub")}","hub",'
    return {
        "twice": start + '{"a":1,"a":2}]',
        "twice-deep": start + '[{"b":{"a":1,"a":2}}]]',
        "nan": start + "NaN]",
        "infinity": start + "Infinity]",
        "overflow": start + "1e400]",
        "lone-surrogate": start + '"\\ud800"]',
        "huge-integer": start + "1" * 400 + "]",
        "integer-2-53": start + "9007199254740992]",
        "deep": start + "[" * 16 + "]" * 16 + "]",
        "two-values": start + "1]2",
        "byte-order-mark": "\ufeff" + start + "1]",
        "comma": start + "1,]",
    }


def disclosures() -> list[dict[str, Any]]:
    form = "a Disclosure is canonical base64url of [salt of 32 bytes, name of a part, value]"
    strict = "a Disclosure is strict JSON"
    own = "each Disclosure hashes into _sd"
    cases = [case(f"disclosure/{n}", form, _first(text), "bad-disclosure") for n, text in _forms().items()]
    cases += [case(f"disclosure-json/{n}", strict, _first(b64url(text)), "bad-json") for n, text in _texts().items()]
    signed = SENT.partition("~")[0]
    renamed = disclosure("safeguards", PARTS["facts"], salt("facts"))
    other = disclosure("facts", {"place": []}, salt("other"))
    two = [*OWN, disclosure("hub", {"seq": 2}, salt("second"))]
    forged = disclosure("event", {"kind": "other"})
    cases += [
        case("disclosure/empty", strict, present(signed, [*OWN[:2], "", OWN[2]]), "bad-json"),
        case("set/foreign", own, present(signed, [*OWN[:2], forged]), "foreign-disclosure"),
        case("set/renamed", own, present(signed, [*OWN, renamed]), "foreign-disclosure"),
        case("set/swapped", own, present(signed, [*OWN[:2], other]), "foreign-disclosure"),
        case("set/foreign-shown", own, present(signed, [forged]), "foreign-disclosure", shown=True),
        case("set/respelled", own, present(signed, [*OWN[:2], _respelled()]), "foreign-disclosure"),
        case("set/twice", "no Disclosure stands twice", present(signed, [*OWN, OWN[0]]), "repeated-disclosure"),
        case("set/one-name-twice", "no part stands twice", notice(two), "repeated-disclosure"),
    ]
    missing = "hub, event and facts are there"
    for place, name in enumerate(("hub", "event", "facts")):
        left = WHOLE[:place] + WHOLE[place + 1 :]
        cases.append(case(f"set/no-{name}", missing, notice(WHOLE, shown=left), "part-missing"))
    cases.append(case("set/none", missing, notice([], shown=[]), "part-missing"))
    return cases


def _respelled() -> str:
    """Return the facts with a space more: the same value, other bytes."""
    return b64url(compact([salt("facts"), "facts", ALL["facts"]]) + " ")


def make() -> dict[str, Any]:
    return {
        "about": "Notices. `key` is the enrolled key that verifies; `shown` is what a reader sees, not a hub.",
        "ex": EX,
        "keys": keys_of(PL, DE, REQUEST),
        "vectors": [*good(), *headers(), *segments(), *payloads(), *disclosures()],
    }
