"""statements.json: what the hub states in JWS (receipt, view, word, answer), and what an authority states."""

from typing import Any

from make_kit import ES256, EX, IAT, ISS, NOTICE_ID, Key, b64url, compact, jws, keys_of, sha256, trailing, twin

RECEIPT, WORDS = Key("hub-receipt", "receipt"), Key("hub-words", "words")
HSM = Key("hub-receipt-es256", "receipt", ES256)
NOTICE = Key("pl-notice", "notice")
DE = Key("de-notice", "notice", ES256)
OTHER = Key("other-hub", "receipt")
PREFIX = "asylum-exchange-"
NOTICE_TYP = f"{PREFIX}notice+sd-jwt"
KEY_OF = {kind: RECEIPT if kind == "receipt" else WORDS for kind in ("receipt", "view", "word", "answer")}
OK = "accepted"
ABOUT = {"iss": ISS, "id": NOTICE_ID}
SAID: dict[str, dict[str, Any]] = {
    "receipt": {**ABOUT, "sha256": sha256("notice").hex(), "state": "accepted", "leaf": {"index": 5}},
    "view": {**ABOUT, "event": {"kind": "claim_made"}},
    "word": {"word": "sequence_gap", **ABOUT, "seq": 7, "expected": 6},
    "answer": {"answer": "nothing_to_tell"},
}
CLAIMS = {"v": 1, "ex": EX, "id": NOTICE_ID, "iss": ISS, "iat": IAT}
ASKED = {**CLAIMS, "purpose": "court_order", "legal_basis": "court_order", "case": "A-1", "tokens": ["t"]}
ACKNOWLEDGED = {**CLAIMS, "notice": ABOUT, "state": "opened", "pt_sha256": sha256("plaintext").hex()}


def typ(kind: str) -> str:
    return f"{PREFIX}{kind}+jws"


def case(name: str, rule: str, text: str, expect: str = OK, **more: Any) -> dict[str, Any]:
    """Return a vector about a receipt, unless `typ` and `key` say of what."""
    given = {"typ": typ("receipt"), "key": RECEIPT.name, **more}
    return {"name": name, "rule": rule, "expect": expect, **given, "jws": text}


def good() -> list[dict[str, Any]]:
    rule = "each kind has its typ and its key"
    made = [
        case(
            f"good/{kind}", rule, jws(key, typ(kind), compact(SAID[kind])), typ=typ(kind), key=key.name, says=SAID[kind]
        )
        for kind, key in KEY_OF.items()
    ]
    padded = {**SAID["answer"], "pad": ""}
    padded["pad"] = "A" * (1024 - len(compact(padded)))
    es256 = jws(HSM, typ("receipt"), compact(SAID["receipt"]))
    head, _, _ = es256.rpartition(".")
    other = b64url(twin(HSM.sign(head), ES256))
    made += [
        case("good/es256", rule, es256, key=HSM.name, says=SAID["receipt"]),
        case("good/es256-twin", "of P-256 there are two signatures", f"{head}.{other}",
             key=HSM.name, says=SAID["receipt"]),
        case("good/padded", "an answer to a query has 1024 bytes", jws(WORDS, typ("answer"), compact(padded)),
             typ=typ("answer"), key=WORDS.name, says=padded),
    ]  # fmt: skip
    return made


def bad() -> list[dict[str, Any]]:
    kind, whole = typ("receipt"), compact(SAID["receipt"])
    sent = jws(RECEIPT, kind, whole)
    head, body, signature = sent.split(".")
    crossed = "no kind can be shown as another"
    made = [
        case(f"kind/{one}-as-receipt", crossed, jws(RECEIPT, typ(one), whole), "wrong-typ")
        for one in ("view", "word", "answer", "query", "notice")
    ]
    made += [
        case(f"kind/receipt-as-{one}", crossed, jws(WORDS, kind, whole), "wrong-typ", typ=typ(one), key=WORDS.name)
        for one in ("view", "word", "answer")
    ]
    made += [
        case("key/another", "only the pinned key is believed", jws(OTHER, kind, whole), "unknown-key"),
        case("key/purpose", "each kind has its key", jws(WORDS, kind, whole), "wrong-purpose", key=WORDS.name),
        case("key/stolen-kid", "only the pinned key is believed", jws(OTHER, kind, whole, {"kid": RECEIPT.kid}),
             "bad-notice-signature"),
        case("key/alg", "alg is that of the key", jws(RECEIPT, kind, whole, {"alg": "ES256"}), "wrong-alg"),
    ]  # fmt: skip
    for name, header, code in [
        ("jwk", {"jwk": RECEIPT.required}, "bad-jws"),
        ("crit", {"crit": ["exp"], "exp": 1}, "bad-jws"),
        ("extra-member", {"note": "x"}, "bad-jws"),
        ("none", {"alg": "none"}, "wrong-alg"),
        ("eddsa", {"alg": "EdDSA"}, "wrong-alg"),
    ]:
        made.append(case(f"header/{name}", "three members", jws(RECEIPT, kind, whole, header), code))
    texts: dict[str, str | bytes] = {
        "array": "[]",
        "null": "null",
        "twice": '{"a":1,"a":2}',
        "nan": '{"a":NaN}',
        "overflow": '{"a":1e400}',
        "lone-surrogate": '{"a":"\\ud800"}',
        "deep": '{"a":' * 17 + "1" + "}" * 17,
        "empty": "",
        "not-utf-8": b"\xff",
    }
    rule = "a statement is a strict JSON object"
    made += [case(f"json/{name}", rule, jws(RECEIPT, kind, text), "bad-json") for name, text in texts.items()]
    rule = "three segments of canonical base64url and 64 bytes of signature"
    made += [
        case("segments/two", rule, f"{head}.{body}", "bad-jws"),
        case("segments/padded", rule, sent + "==", "bad-jws"),
        case("segments/spare-bits", rule, trailing(sent), "bad-jws"),
        case("segments/line-end", rule, sent + "\n", "bad-jws"),
        case("segments/body-of-another", rule, f"{head}.{b64url('{}')}.{signature}", "bad-notice-signature"),
        case("segments/zero", rule, f"{head}.{body}.{b64url(bytes(64))}", "bad-notice-signature"),
    ]
    return made


def authorities() -> list[dict[str, Any]]:
    """Queries and acknowledgements: their five claims; what else they hold is for a schema to check."""
    rule = "what an authority says is an object with the five claims, each of its form, under its notice key"
    of: dict[str, Any] = {"typ": typ("query"), "key": NOTICE.name}
    crossed = "no kind can be shown as another"
    ack: dict[str, Any] = {"typ": typ("ack"), "key": NOTICE.name}

    def said(members: dict[str, Any], key: Key = NOTICE, kind: str = "query", **header: Any) -> str:
        return jws(key, typ(kind), compact({n: v for n, v in members.items() if v is not None}), header)

    made = [
        case("good/query", rule, said(ASKED), **of, says=ASKED),
        case("good/query-es256", rule, said(ASKED, DE), typ=typ("query"), key=DE.name, says=ASKED),
        case("good/ack", rule, said(ACKNOWLEDGED, kind="ack"), **ack, says=ACKNOWLEDGED),
        case(
            "claims/query-of-another-exchange",
            "ex is this exchange",
            said({**ASKED, "ex": "another"}),
            "wrong-exchange",
            **of,
        ),
        case("kind/notice-as-query", crossed, jws(NOTICE, NOTICE_TYP, "{}"), "wrong-typ", **of),
        case("kind/ack-as-query", crossed, said(ACKNOWLEDGED, kind="ack"), "wrong-typ", **of),
        case("kind/query-as-ack", crossed, said(ASKED), "wrong-typ", **ack),
        case("key/purpose-of-query", rule, said(ASKED, WORDS), "wrong-purpose", **{**of, "key": WORDS.name}),
        case("key/another-of-query", rule, said(ASKED, OTHER), "bad-notice-signature", **of),
        case("key/stolen-kid-of-query", rule, said(ASKED, OTHER, kid=NOTICE.kid), "bad-notice-signature", **of),
        case("claims/query-array", rule, jws(NOTICE, typ("query"), "[]"), "bad-query", **of),
        case("claims/ack-array", rule, jws(NOTICE, typ("ack"), "[]"), "bad-query", **ack),
        case("json/query-twice", "it is strict JSON", jws(NOTICE, typ("query"), '{"v":1,"v":1}'), "bad-json", **of),
    ]
    changes: dict[str, dict[str, Any]] = {
        "v": {"v": 2},
        "v-true": {"v": True},
        "id-upper-case": {"id": NOTICE_ID.upper()},
        "id-version-4": {"id": NOTICE_ID.replace("-774b", "-474b")},
        "iss": {"iss": "urn:other:pl"},
        "iat": {"iat": "x"},
        "ex-number": {"ex": 5},
        "no-ex": {"ex": None},
    }
    made += [case(f"claims/query-{n}", rule, said({**ASKED, **one}), "bad-query", **of) for n, one in changes.items()]
    bad = [(n, said({**ACKNOWLEDGED, **one}, kind="ack")) for n, one in changes.items()]
    return made + [case(f"claims/ack-{name}", rule, text, "bad-query", **ack) for name, text in bad]


def make() -> dict[str, Any]:
    return {
        "about": "Statements of the hub under its pinned key, and what authorities state under their notice keys.",
        "ex": EX,
        "keys": keys_of(RECEIPT, HSM, WORDS, NOTICE, DE),
        "vectors": [*good(), *bad(), *authorities()],
    }
