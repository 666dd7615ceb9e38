"""requests.json: signed HTTP requests."""

from typing import Any

from make_kit import ES256, HTTP_ALGORITHMS, NOW, Key, b64, b64url, digest_of, keys_of, sha256, trailing, twin

PL = Key("pl-request", "request")
DE = Key("de-request", "request", ES256)
NOTICE = Key("pl-notice", "notice")
STRANGER = Key("stranger", "request")
NONCE = bytes(range(16))
TARGET = "https://hub.example/v1/notices"
BODY = b'{"notice":"x"}'
TYPE = [["Content-Type", "application/vnd.asylum-exchange.envelope+json"]]
POST = '"@method" "@target-uri" "content-type" "content-digest"'
GET = '"@method" "@target-uri"'
TAG = "asylum-exchange-request/v1"


def plain(body: bytes = BODY, **changes: Any) -> dict[str, Any]:
    made: dict[str, Any] = {"method": "POST", "target_uri": TARGET, "headers": TYPE, "body": body}
    return {**made, **changes}


def signed(key: Key = PL, request: dict[str, Any] | None = None, **how: Any) -> dict[str, Any]:
    """Return a request signed as RFC 9421 section 2.5 says, with any mistake that a vector wants.

    `components`, `label`, `digest`, `signature` (64 bytes to other bytes) and each parameter may be given; a
    parameter that is None is left out, and `more` stands behind them.
    """
    request = request or plain()
    body = request["body"]
    digest = how.pop("digest", digest_of(body) if body or request["method"] != "GET" else None)
    components = how.pop("components", POST if digest else GET)
    label, more, change = how.pop("label", "ax"), how.pop("more", ""), how.pop("signature", bytes)
    parameters: dict[str, Any] = {
        "created": NOW,
        "keyid": key.kid,
        "alg": HTTP_ALGORITHMS[key.alg],
        "expires": NOW + 120,
        "nonce": b64url(NONCE),
        "tag": TAG,
        **how,
    }
    told = "".join(f";{n}={v}" if isinstance(v, int) else f';{n}="{v}"' for n, v in parameters.items() if v is not None)
    params = f"({components}){told}{more}"
    headers = request["headers"] + ([["Content-Digest", digest]] if digest else [])
    values = {"@method": request["method"], "@target-uri": request["target_uri"]}
    values |= {name.lower(): value for name, value in headers}
    names = [name.strip('"') for name in components.split(" ") if name]
    lines = [f'"{name}": {values.get(name, "")}' for name in names]
    signature = change(key.sign("\n".join([*lines, f'"@signature-params": {params}'])))
    headers = [*headers, ["Signature-Input", f"{label}={params}"], ["Signature", f"{label}=:{b64(signature)}:"]]
    return {**request, "headers": headers}


def field(request: dict[str, Any], name: str, value: str | None) -> dict[str, Any]:
    """Return the request with another value of one field, put last, or without it."""
    kept = [one for one in request["headers"] if one[0].lower() != name.lower()]
    return {**request, "headers": kept if value is None else [*kept, [name, value]]}


def replaced(request: dict[str, Any], name: str, old: str, new: str) -> dict[str, Any]:
    headers = [[n, v.replace(old, new) if n.lower() == name.lower() else v] for n, v in request["headers"]]
    return {**request, "headers": headers}


def der(signature: bytes) -> bytes:
    """Return r and s as OpenSSL writes them: another length, so no signature of this profile."""
    halves = (signature[:32], signature[32:])
    parts = b"".join(b"\x02" + bytes([33]) + b"\0" + half for half in halves)
    return b"\x30" + bytes([len(parts)]) + parts


Case = tuple[str, str, dict[str, Any], str]
OK = "accepted"
SENT = signed()
SEEN = [["Content-Type", "text/x"], ["X-Note", "y"], ["Date", "z"]]


def good() -> list[Case]:
    get = plain(b"", method="GET", headers=[])
    last = {"created": NOW - 120, "expires": NOW}
    keyed = [[name.upper(), value] for name, value in SENT["headers"]]
    query = TARGET + "?which=own&after=01890a5d-ac96-774b-bcce-b302099a8057"
    return [
        ("good/post", "a POST covers method, target, content type and digest", SENT, OK),
        ("good/post-es256", "a key may be ES256", signed(DE), OK),
        ("good/es256-twin", "of P-256 there are two signatures; neither is an identity", _twin(DE), OK),
        ("good/get", "a GET without a body covers method and target", signed(PL, get), OK),
        ("good/get-query", "the query is a part of the target", signed(PL, {**get, "target_uri": query}), OK),
        ("good/order", "parameters stand in any order", signed(keyid=None, more=f';keyid="{PL.kid}"'), OK),
        ("good/names", "names of fields stand in any case", {**SENT, "headers": keyed}, OK),
        ("good/more-fields", "fields that are not covered say nothing", signed(PL, plain(headers=SEEN)), OK),
        ("good/empty-post", "a POST without a body has the digest of no bytes", signed(PL, plain(b"")), OK),
        ("good/delete", "any method but GET covers content type and digest", signed(PL, plain(method="DELETE")), OK),
        ("good/get-body", "a GET that has a body covers it", signed(PL, plain(method="GET")), OK),
        ("good/bytes", "a body is bytes", signed(PL, plain(bytes(range(256)))), OK),
        ("good/longest", "expires lies at most 300 s after created", signed(expires=NOW + 300), OK),
        ("good/ahead", "created lies at most 5 s ahead", signed(created=NOW + 5), OK),
        ("good/last-second", "expires is the last second", signed(**last), OK),
        ("good/escaped", "a target is taken as it came", signed(PL, plain(target_uri=TARGET + "/a%2Fb")), OK),
    ]


def _twin(key: Key) -> dict[str, Any]:
    return signed(key, signature=lambda made: twin(made, key.alg))


def headers() -> list[Case]:
    rule = "one signature of this profile, each signed field once"
    bad, lost = "bad-signature-header", "component-missing"
    inputs, made = (dict(SENT["headers"])[name] for name in ("Signature-Input", "Signature"))
    evil = signed(NOTICE, label="evil")["headers"]
    cases = [
        ("headers/too-large", field(SENT, "X", "y" * 8192), "headers-too-large"),
        ("headers/no-input", field(SENT, "Signature-Input", None), "unsigned"),
        ("headers/no-signature", field(SENT, "Signature", None), "unsigned"),
        ("headers/none", plain(), "unsigned"),
        ("headers/label", signed(label="sig1"), "wrong-label"),
        ("headers/label-of-signature", replaced(SENT, "Signature", "ax=", "bx="), bad),
        ("headers/evil-first", _joined(evil[-2][1], evil[-1][1], inputs, made), bad),
        ("headers/evil-last", _joined(inputs, made, evil[-2][1], evil[-1][1]), bad),
        ("headers/twice", _joined(inputs, made, inputs, made), bad),
        ("headers/two-lines", {**SENT, "headers": [*SENT["headers"], ["Signature", made]]}, bad),
        ("headers/type-twice", {**SENT, "headers": [*TYPE, *SENT["headers"]]}, bad),
        ("headers/digest-twice", {**SENT, "headers": [*SENT["headers"], ["content-digest", digest_of(BODY)]]}, bad),
        ("headers/garbage", field(SENT, "Signature-Input", "garbage"), bad),
        ("headers/space", replaced(SENT, "Signature-Input", ";keyid", "; keyid"), bad),
        ("headers/number", replaced(SENT, "Signature-Input", "created=", "created=0"), bad),
        ("headers/escape", replaced(SENT, "Signature-Input", 'alg="', 'alg="\\'), bad),
        ("headers/short", signed(signature=lambda made: made[:63]), bad),
        ("headers/long", signed(signature=lambda made: made + b"\0"), bad),
        ("headers/der", signed(DE, signature=der), bad),
        ("headers/spare-bits", replaced(SENT, "Signature", made[-4:], trailing(made[-4]) + "==:"), bad),
        ("headers/url-alphabet", field(SENT, "Signature", made.replace("/", "_").replace("+", "-")), bad),
        ("components/two-spaces", replaced(SENT, "Signature-Input", '" "', '"  "'), "component-extra"),
        ("components/no-digest", signed(components=POST.replace(' "content-digest"', "")), lost),
        ("components/no-type", signed(components=POST.replace(' "content-type"', "")), lost),
        ("components/no-target", signed(components=POST.replace('"@target-uri" ', "")), lost),
        ("components/path", signed(components=POST.replace("@target-uri", "@path")), lost),
        ("components/none", signed(components=""), lost),
        ("components/date", signed(PL, plain(headers=[*TYPE, ["Date", "z"]]), components=POST + ' "date"'), _EXTRA),
        ("components/repeated", signed(components=POST + ' "@method"'), _EXTRA),
        ("components/order", signed(components='"@target-uri" "@method" "content-type" "content-digest"'), _EXTRA),
        ("components/parameter", signed(components=POST.replace('"@method"', '"@method";req')), lost),
        (
            "components/get-like-post",
            signed(PL, plain(b"", method="GET"), components=POST, digest=digest_of(b"")),
            _EXTRA,
        ),
        ("components/smuggled", {**signed(PL, plain(b"", method="GET", headers=[])), "body": BODY}, lost),
    ]
    return [(name, rule, request, code) for name, request, code in cases]


_EXTRA = "component-extra"


def _joined(*values: str) -> dict[str, Any]:
    first, one, second, two = values
    return field(field(SENT, "Signature-Input", f"{first}, {second}"), "Signature", f"{one}, {two}")


def parameters() -> list[Case]:
    rule = "exactly created, keyid, alg, expires, nonce and tag, each once and of its form"
    bad = "bad-signature-header"
    nonce = b64url(NONCE)
    cases: list[tuple[str, dict[str, Any], str]] = [
        ("tag", {"tag": "another-protocol"}, "wrong-tag"),
        ("no-tag", {"tag": None}, "wrong-tag"),
        ("tag-of-answers", {"tag": "asylum-exchange-answer/v1"}, "wrong-tag"),
        ("no-nonce", {"nonce": None}, "no-nonce"),
        ("nonce-empty", {"nonce": ""}, "no-nonce"),
        ("nonce-short", {"nonce": b64url(NONCE[:15])}, "no-nonce"),
        ("nonce-long", {"nonce": b64url(bytes(17))}, "no-nonce"),
        ("nonce-padded", {"nonce": nonce + "=="}, "no-nonce"),
        ("nonce-spare-bits", {"nonce": trailing(nonce)}, "no-nonce"),
        ("nonce-number", {"nonce": 5}, "no-nonce"),
        ("no-created", {"created": None}, bad),
        ("no-expires", {"expires": None}, bad),
        ("no-alg", {"alg": None}, bad),
        ("no-keyid", {"keyid": None}, bad),
        ("created-text", {"created": str(NOW)}, bad),
        ("expires-text", {"expires": str(NOW + 9)}, bad),
        ("created-negative", {"created": -1}, bad),
        ("no-moment", {"created": 999_999_999_999_999, "expires": 999_999_999_999_999}, bad),
        ("more", {"more": ";context=1"}, bad),
        ("nonce-twice", {"more": ';nonce="x"'}, bad),
        ("created-twice", {"more": f";created={NOW}"}, bad),
        ("keyid-name", {"keyid": "mine"}, "unknown-key"),
        ("keyid-empty", {"keyid": ""}, "unknown-key"),
        ("keyid-padded", {"keyid": PL.kid + "="}, "unknown-key"),
        ("keyid-spare-bits", {"keyid": trailing(PL.kid)}, "unknown-key"),
        ("alg-of-another-key", {"alg": "ecdsa-p256-sha256"}, "wrong-alg"),
        ("alg-hmac", {"alg": "hmac-sha256"}, "wrong-alg"),
        ("alg-jose-name", {"alg": "Ed25519"}, "wrong-alg"),
        ("window", {"expires": NOW + 301}, "window-too-long"),
        ("window-empty", {"expires": NOW}, "window-too-long"),
        ("window-backwards", {"expires": NOW - 1}, "window-too-long"),
        ("stale", {"created": NOW - 121, "expires": NOW - 1}, "stale"),
        ("ahead", {"created": NOW + 6}, "ahead"),
    ]
    return [(f"parameters/{name}", rule, signed(**how), code) for name, how, code in cases]


def digests() -> list[Case]:
    rule = "Content-Digest is the SHA-256 of the body that came, alone"
    own = digest_of(BODY)
    sha512 = "sha-512=:" + b64(sha256(b"1") + sha256(b"2")) + ":"
    given = {
        "other-bytes": digest_of(b"other"),
        "empty": "sha-256=::",
        "sha-512": sha512,
        "upper-case": own.replace("sha-256", "SHA-256"),
        "two": f"{own}, {sha512}",
        "parameter": own + ";a=1",
        "hex": "sha-256=" + sha256(BODY).hex(),
    }
    cases = [(f"digest/{name}", signed(digest=value)) for name, value in given.items()]
    cases += [
        ("digest/absent", field(SENT, "content-digest", None)),
        ("digest/body-changed", {**SENT, "body": BODY + b" "}),
        ("digest/body-cut", {**SENT, "body": b""}),
    ]
    return [(name, rule, request, "wrong-digest") for name, request in cases]


def signatures() -> list[Case]:
    rule = "the key that is named, of purpose request, signed this very target, method and content type"
    bad = "bad-signature"
    other = {"target_uri": TARGET.replace("notices", "queries")}
    cases = [
        ("signature/unknown-key", signed(STRANGER), "unknown-key"),
        ("signature/another-key", signed(STRANGER, keyid=PL.kid), bad),
        ("signature/purpose", signed(NOTICE), "wrong-purpose"),
        ("signature/target", {**SENT, **other}, bad),
        ("signature/host", {**SENT, "target_uri": TARGET.replace("hub.", "evil.")}, bad),
        ("signature/scheme", {**SENT, "target_uri": TARGET.replace("https", "http")}, bad),
        ("signature/query", {**SENT, "target_uri": TARGET + "?a=1"}, bad),
        ("signature/fragment", {**SENT, "target_uri": TARGET + "#x"}, bad),
        ("signature/user", {**SENT, "target_uri": TARGET.replace("hub.", "user@hub.")}, bad),
        ("signature/escape", {**SENT, "target_uri": TARGET.replace("notices", "%6eotices")}, bad),
        ("signature/method", {**SENT, "method": "PUT"}, bad),
        ("signature/method-case", {**SENT, "method": "post"}, bad),
        ("signature/type", field(SENT, "content-type", "text/html"), bad),
        ("signature/no-type", field(SENT, "content-type", None), bad),
        ("signature/type-spaces", field(SENT, "content-type", TYPE[0][1] + " "), bad),
        ("signature/created", replaced(SENT, "Signature-Input", f"={NOW};", f"={NOW + 1};"), bad),
        ("signature/one-bit", signed(signature=lambda made: bytes([made[0] ^ 1]) + made[1:]), bad),
        ("signature/zero", signed(signature=lambda _: bytes(64)), bad),
        ("signature/es256-zero", signed(DE, signature=lambda _: bytes(64)), bad),
        ("signature/s-plus-order", _twin(PL), bad),
    ]
    return [(name, rule, request, code) for name, request, code in cases]


def odd() -> list[Case]:
    """Values that stand in no signature base: each is signed just as it was sent."""
    rule = "a signed value has one spelling: nothing is trimmed, cut off or put in upper case before it is verified"
    sent = {
        "method-case": plain(method="post"),
        "method-space": plain(method="POST "),
        "fragment": plain(target_uri=TARGET + "#x"),
        "user": plain(target_uri=TARGET.replace("hub.", "user@hub.")),
        "no-path": plain(target_uri="https://hub.example"),
        "relative": plain(target_uri="/v1/notices"),
        "target-space": plain(target_uri=TARGET + " "),
        "target-not-escaped": plain(target_uri=TARGET + "?a=<b>"),
        "type-space": plain(headers=[["Content-Type", "text/x "]]),
        "type-control": plain(headers=[["Content-Type", "text/\x01x"]]),
        "no-type": plain(headers=[]),
    }
    return [(f"odd/{name}", rule, signed(PL, request), "bad-signature") for name, request in sent.items()]


def make() -> dict[str, Any]:
    cases = [*good(), *headers(), *parameters(), *digests(), *signatures(), *odd()]
    return {
        "about": "HTTP requests as a hub gets them. The hub finds the key by keyid among those enrolled.",
        "now": NOW,
        "keys": keys_of(PL, DE, NOTICE),
        "vectors": [
            {"name": name, "rule": rule, "expect": code, "request": {**request, "body": b64(request["body"])}}
            for name, rule, request, code in cases
        ],
    }
