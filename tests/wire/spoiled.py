"""Signed requests that went wrong in every way that we could think of, each made again from its seed.

Half of the changes are made before the request is signed, so that the signature is right and only the form is odd; the
others afterwards.
"""

import base64
import random
from dataclasses import dataclass, field

from exchange.wire import keys
from exchange.wire.messages import Request, digest_of
from wire.kit import NONCE, b64
from wire.odd import COMPONENTS, DIGESTS, HOST, METHODS, NUMBERS, ODD, ORIGINS, RARE, SECONDS, TARGETS, TYPES, VALUES

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
KEYS = [keys.generate("request", "Ed25519"), keys.generate("request", "ES256")]
OTHER_KEYS = [keys.generate("request"), keys.generate("request", "ES256"), keys.generate("notice")]
IDS = {"Ed25519": "ed25519", "ES256": "ecdsa-p256-sha256"}


@dataclass
class Draft:
    """A request that is still to be signed, each piece as the text that will be sent."""

    key: keys.PrivateKey
    method: str
    target: str
    fields: list[tuple[str, str]]
    body: bytes
    components: list[str]
    parameters: list[str]
    label: str = "ax"
    later: float = 1
    digest: str | None = None
    verifier: keys.PublicKey | None = None
    request: Request = field(default_factory=lambda: Request("", "", (), b""))


def a_draft(dice: random.Random) -> Draft:
    key = dice.choice(KEYS)
    who = [f";created={SECONDS}", f';keyid="{key.kid}"', f';alg="{IDS[key.alg]}"', f";expires={SECONDS + 120}"]
    parameters = [*who, f';nonce="{b64(NONCE)}"', ';tag="asylum-exchange-request/v1"']
    target = HOST + dice.choice(["/v1/notices", "/v1/inbox?after=7&wait=0", "/v1/notices/urn:a:b/0189"])
    if dice.random() < 0.4:
        return Draft(key, "GET", target, [("Accept", "*/*")], b"", ['"@method"', '"@target-uri"'], parameters)
    names = ['"@method"', '"@target-uri"', '"content-type"', '"content-digest"']
    return Draft(key, "POST", target, [("Content-Type", "application/jose")], b'{"notice":"x"}', names, parameters)


# Before it is signed.


def somewhere(dice: random.Random, text: str) -> str:
    """The text with one place changed, cut out, doubled, or put in another case."""
    place = dice.randrange(len(text)) if text else 0
    one = text[place : place + 1]
    pieces = [*'"\\;:=, ()~?#%@[]\t\n\0\x7fé\ud800Aa0Zz9+/-_', "", one * 2, one.swapcase(), "%2F", "ax=", '";x="']
    return text[:place] + dice.choice(pieces) + text[place + dice.randrange(2) :]


def change_method(draft: Draft, dice: random.Random) -> None:
    draft.method = dice.choice([*METHODS, somewhere(dice, draft.method)])


def change_target(draft: Draft, dice: random.Random) -> None:
    origin = dice.choice([HOST, HOST, dice.choice(ORIGINS)])
    draft.target = dice.choice([origin + dice.choice(TARGETS), origin + "/v1", somewhere(dice, draft.target)])


def change_rarely(draft: Draft, dice: random.Random) -> None:
    draft.method, draft.target = dice.choice(RARE)


def change_type(draft: Draft, dice: random.Random) -> None:
    value = dice.choice([dice.choice(TYPES), dice.choice(ODD).replace("{}", "text/x")])
    draft.fields = [("content-type", value)] * dice.choice([0, 1, 1, 1, 1, 2])


def change_fields(draft: Draft, dice: random.Random) -> None:
    names = [
        "x-a",
        "Content_Type",
        "content-type ",
        "date",
        "K",
        "\u212a",
        "\u0130",
        "",
        "set-cookie",
        "\u017fignature",
    ]
    extra = (dice.choice(names), dice.choice(ODD).replace("{}", "b"))
    draft.fields = dice.choice([[*draft.fields, extra], [extra, *draft.fields, extra], draft.fields[::-1] * 2])


def change_components(draft: Draft, dice: random.Random) -> None:
    at = dice.randrange(len(draft.components)) if draft.components else 0
    one, other = draft.components[at : at + 1], dice.choice(COMPONENTS)
    draft.components[at : at + dice.randrange(2)] = dice.choice([[], [other], one * 2, [other, *one]])
    if dice.random() < 0.3:
        dice.shuffle(draft.components)


def change_parameters(draft: Draft, dice: random.Random) -> None:
    at = dice.randrange(len(draft.parameters)) if draft.parameters else 0
    one = draft.parameters[at] if draft.parameters else ";a=1"
    name = one.partition("=")[0]
    number = f"{dice.choice([';created', ';expires', name])}={dice.choice(NUMBERS)}"
    respelt = [somewhere(dice, one), number, name + dice.choice(VALUES), name.upper() + one[len(name) :]]
    respelt += [one[:-2] + dice.choice("ABEMQgwy_") + one[-1:]] * 2  # as bits that are left over in base64
    spaced = [f" ;{one[1:]}", f"; {one[1:]}", one + ";"]
    many = [f";{letter}=1" for letter in "abcdfghijklmopqrs"]
    ways = [[], [one, one], [one, ";a=1"], [";context", one], many, many, [";a=1"] * 900]
    ways += [[other] for other in [*respelt, *spaced]]
    draft.parameters[at : at + 1] = dice.choice(ways)


def change_order(draft: Draft, dice: random.Random) -> None:
    dice.shuffle(draft.parameters)


def change_times(draft: Draft, dice: random.Random) -> None:
    created, expires = dice.choice(NUMBERS), dice.choice(NUMBERS)
    expires = dice.choice([expires, created + dice.choice([-1, 0, 1, 299, 300, 301])])
    told = [one for one in draft.parameters if not one.startswith((";created", ";expires"))]
    draft.parameters = [f";created={created}", *told, f";expires={expires}"]


def change_digest(draft: Draft, dice: random.Random) -> None:
    right = digest_of(draft.body)
    odd = [
        digest_of(b"other"),
        right.upper(),
        right.replace("=:", ":"),
        right.replace("=:", "=: "),
        somewhere(dice, right),
    ]
    draft.digest = dice.choice([*odd, *[one.replace("{}", right) for one in DIGESTS]])


def change_label(draft: Draft, dice: random.Random) -> None:
    draft.label = dice.choice(["AX", "ax2", "sig1", "*ax", "a.x", "ax ", " ax", "", "é", "ax;a", "1"])


def change_clock(draft: Draft, dice: random.Random) -> None:
    draft.later = dice.choice([-6, -5.000001, -5, -4.999999, 0, 119.999999, 120, 120.000001, 300, 10**9])


def change_key(draft: Draft, dice: random.Random) -> None:
    other = dice.choice(OTHER_KEYS)
    if dice.random() < 0.5:
        told = other.kid if dice.random() < 0.8 else somewhere(dice, other.kid)
        draft.parameters = [f';keyid="{told}"' if one.startswith(";keyid") else one for one in draft.parameters]
    if dice.random() < 0.5:
        draft.key = other
    if dice.random() < 0.7:
        draft.verifier = other.public


BEFORE = [
    change_method, change_rarely, change_target, change_type, change_fields, change_components, change_parameters,
    change_order, change_times, change_digest, change_label, change_clock, change_key,
]  # fmt: skip


def signed(draft: Draft, dice: random.Random) -> None:
    """Sign the draft over what came, or over what the library makes of what came."""
    member = f"({' '.join(draft.components)}){''.join(draft.parameters)}"
    digest = digest_of(draft.body) if draft.digest is None else draft.digest
    fields = [*draft.fields, ("Content-Digest", digest)] if len(draft.components) > 2 or draft.digest else draft.fields
    values = {name.lower(): value for name, value in fields} | {"@method": draft.method, "@target-uri": draft.target}
    if dice.random() < 0.5:
        values = {name: value.replace("\r\n ", " ").strip(" \t") for name, value in values.items()}
        origin, _, rest = draft.target.partition("#")[0].partition("://")
        host, slash, path = rest.partition("/")
        values["@target-uri"] = f"{origin}://{host.rpartition('@')[2]}{slash or '/'}{path}"
        values["@method"] = draft.method
    lines = [f"{name}: {values.get(name.strip().partition(';')[0].strip(chr(34)), '')}" for name in draft.components]
    base = "\n".join([*lines, f'"@signature-params": {member}'])
    signature = base64.b64encode(draft.key.sign(base.encode("utf-8", "surrogatepass"))).decode()
    sent = (("Signature-Input", f"{draft.label}={member}"), ("Signature", f"{draft.label}=:{signature}:"))
    draft.request = Request(draft.method, draft.target, (*fields, *sent), draft.body)


# After it was signed.


def touch_field(draft: Draft, dice: random.Random) -> None:
    headers = list(draft.request.headers)
    at = dice.randrange(len(headers))
    name, value = headers[at]
    other = (name, value.replace("AAAA", "BBBB") if dice.random() < 0.5 else "x")
    cut = dice.randrange(len(value) + 1)
    names = [name.upper(), name.lower(), name + " ", name.replace("-", "_")]
    values = [somewhere(dice, value), dice.choice(ODD).replace("{}", value)]
    ways = [[], [(name, value)] * 2, [other, (name, value)], [(name, value[:cut]), (name, value[cut:])]]
    ways += [[(one, value)] for one in names] + [[(name, one)] for one in values]
    headers[at : at + 1] = dice.choice(ways)
    if dice.random() < 0.2:
        dice.shuffle(headers)
    draft.request = Request(draft.request.method, draft.request.target_uri, tuple(headers), draft.request.body)


def touch_signature(draft: Draft, dice: random.Random) -> None:
    text = draft.request.fields.get("signature", "")
    try:
        raw = base64.b64decode(text.partition("=:")[2].rstrip(":"), validate=True).ljust(64, b"\0")
    except ValueError:
        return
    flipped = bytearray(raw)
    flipped[dice.randrange(len(raw))] ^= 1 << dice.randrange(8)
    twin = raw[:32] + ((ORDER - int.from_bytes(raw[32:64])) % ORDER).to_bytes(32)
    zeros = [bytes(64), raw[:32] + bytes(32), bytes(32) + raw[32:], b"\xff" * 64, ORDER.to_bytes(32) + raw[32:]]
    made = dice.choice([bytes(flipped), twin, twin, twin, raw[:63], raw + b"\0", b"", raw[::-1], dice.choice(zeros)])
    told = base64.b64encode(made).decode()
    spare = told[:-3] + dice.choice("ABCDEFGHPQRghw") + told[-2:]
    spelt = dice.choice(
        [told, told, told, spare, told.rstrip("="), told.replace("+", "-").replace("/", "_"), told + "="]
    )
    _put(draft, "signature", f"ax=:{spelt}:")


def touch_labels(draft: Draft, dice: random.Random) -> None:
    """More signatures in the two fields: an attacker's own valid one, ours again, or junk."""
    held, put = draft.request.fields.get("signature-input", ""), draft.request.fields.get("signature", "")
    junk = dice.choice([1, 3, 40, 300, 3000])
    pairs = [
        (held.replace("ax=", "evil=", 1), put.replace("ax=", "evil=", 1)),
        (held, put),
        (", ".join(f'l{n}=("@method")' for n in range(junk)), ", ".join(f"l{n}=:AAAA:" for n in range(junk))),
        ("evil=()", ""),
        ("ax", "ax"),
        ("", "evil=:AAAA:"),
    ]
    more, joint = dice.choice(pairs), dice.choice([", ", ",", " , ", ",\t"])
    for name, ours, theirs in (("signature-input", held, more[0]), ("signature", put, more[1])):
        _put(draft, name, joint.join([theirs, ours] if len(joint) % 2 else [ours, theirs]))


def touch_body(draft: Draft, dice: random.Random) -> None:
    body = draft.request.body
    other = dice.choice([b"", body[:-1], body + b" ", body + b"\0", body[::-1], b"other"])
    draft.request = Request(draft.request.method, draft.request.target_uri, draft.request.headers, other)


def touch_target(draft: Draft, dice: random.Random) -> None:
    method, target = draft.request.method, draft.request.target_uri
    if dice.random() < 0.3:
        method = dice.choice([method.lower(), method.title(), dice.choice(METHODS)])
    else:
        pairs = [("/v1", "//v1"), ("n", "%6e"), ("hub", "HUB"), (".example", ".example:443"), ("hub", "a@hub")]
        spelt = [target.replace(old, new) for old, new in pairs] + [target + end for end in "#?/"]
        target = dice.choice([*spelt, somewhere(dice, target)])
    draft.request = Request(method, target, draft.request.headers, draft.request.body)


def _put(draft: Draft, name: str, value: str) -> None:
    kept = tuple((key, told) for key, told in draft.request.headers if key.lower() != name)
    old = draft.request
    draft.request = Request(old.method, old.target_uri, (*kept, (name, value)), old.body)


AFTER = [touch_field, touch_field, touch_signature, touch_labels, touch_body, touch_target]


def a_case(seed: str) -> Draft:
    """The case of this seed, always the same but for the keys."""
    return a_case_of(random.Random(seed))


def a_case_of(dice: random.Random) -> Draft:
    """The case that the dice say."""
    draft = a_draft(dice)
    for change in dice.sample(BEFORE, dice.choice([0, 1, 1, 1, 2, 3])):
        change(draft, dice)
    signed(draft, dice)
    for touch in dice.sample(AFTER, dice.choice([0, 0, 0, 1, 1, 2])):
        touch(draft, dice)
    return draft
