"""check_answers.json: checks before a removal, each with what the hub answered: what a court is shown years later."""

from typing import Any

from make_kit import ES256, EX, IAT, ISS, Key, b64url, compact, jws, keys_of, sha256

ASKER, ASKER_ES256 = Key("pl-notice", "notice"), Key("de-notice", "notice", ES256)
WORDS, WORDS_ES256 = Key("hub-words", "words"), Key("hub-words-es256", "words", ES256)
RECEIPT, OTHER = Key("hub-receipt", "receipt"), Key("other-hub-words", "words")
CHECK, ANSWER = "asylum-exchange-check+jws", "asylum-exchange-check-answer+jws"
CHECK_ID, OTHER_ID = "01890a5d-ac96-774b-bcce-b302099a8058", "01890a5d-ac96-774b-bcce-b302099a8059"
BYTES = 4096
OK = "accepted"
CLAIMS = {"v": 1, "ex": EX, "id": CHECK_ID, "iss": ISS, "iat": IAT}
WHY = {"purpose": "implementing_a_return_decision", "legal_basis": "national_law", "case": "A-2026-17"}
ASKED = {**CLAIMS, **WHY, "destination": "UKR", "date": "2027-01-05", "means": "land"}
MORE = {**ASKED, "tokens": [f"C2D.{b64url(bytes(32))}"], "date": "2027-01~"}
NOTHING = "Nothing can be told to you. This does not mean that no claim or risk exists, and replaces no examination."
STOP = "Do not remove this person before your asylum office has looked into it. Why is not said here."
LOOK = (
    "What is known speaks against this removal. This decides nothing: put the question first, look into it, and write"
    " down why you go on if you do."
)
TOLD: dict[str, dict[str, Any]] = {
    "nothing": {"answer": "nothing_to_tell", "words": NOTHING},
    "stop": {"answer": "stop", "words": STOP},
    "patterns": {
        "answer": "patterns",
        "words": LOOK,
        "question": "Ask both states to hold the removal until somebody has examined the merits.",
        "patterns": [
            {"pattern": "P05", "stage": "imminent", "shows": "planned", "notices": [1]},
            {"pattern": "P03", "stage": "risk", "shows": "carried_out", "notices": []},
        ],
        "notices": [f"urn:asylum-exchange:notice:pl-sg:{OTHER_ID}"],
    },
}
SALTS = {"check": sha256("salt of a check"), "answer": sha256("salt of an answer")}


def answer(check: str, told: dict[str, Any], key: Key = WORDS, typ: str = ANSWER, **changed: Any) -> str:
    """Return an answer to a check: of one size, with its id and the hash of its signing input."""
    said = {"iat": IAT + 1, "jti": "6f1c3c52-7a3c-4f0e-9a44-000000000001", "id": CHECK_ID}
    said |= {"sha256": b64url(sha256(check.rpartition(".")[0])), **told, **changed}
    if "pad" not in said:
        said["pad"] = "A" * (BYTES - len(compact({**said, "pad": ""}).encode()))
    return jws(key, typ, compact({name: value for name, value in said.items() if value is not None}))


def leaf(what: str, record: str) -> dict[str, str]:
    """Return the leaf of a record: of a check its signing input, of an answer the whole JWS."""
    entry = sha256(SALTS[what] + record.encode())
    return {"salt": b64url(SALTS[what]), "hash": b64url(sha256(b"\0" + entry))}


def case(name: str, rule: str, check: str, told: str, expect: str = OK, **more: str) -> dict[str, Any]:
    given = {"name": name, "rule": rule, "expect": expect, "asker": ASKER.name, "key": WORDS.name, **more}
    leaves = {"check": leaf("check", check.rpartition(".")[0]), "answer": leaf("answer", told)}
    return {**given, "check": check, "answer": told, **({"leaves": leaves} if expect == OK else {})}


def good() -> list[dict[str, Any]]:
    rule = "an answer has the id of the check and the hash of its signing input, 4096 bytes, and the key for words"
    asked = jws(ASKER, CHECK, compact(ASKED))
    more = jws(ASKER_ES256, CHECK, compact(MORE))
    by_es256 = {"asker": ASKER_ES256.name, "key": WORDS_ES256.name}
    made = [case(f"good/{name}", rule, asked, answer(asked, told)) for name, told in TOLD.items()]
    return [*made, case("good/es256", rule, more, answer(more, TOLD["patterns"], WORDS_ES256), **by_es256)]


def bad() -> list[dict[str, Any]]:
    asked, told = jws(ASKER, CHECK, compact(ASKED)), {**TOLD["nothing"], "pad": "A"}
    later = jws(ASKER, CHECK, compact({**ASKED, "date": "2027-02-05"}))
    moved = jws(ASKER, CHECK, compact({**ASKED, "id": OTHER_ID}))
    sent = answer(asked, {**TOLD["stop"], "pad": "A"})
    head, _, signature = sent.split(".")
    softer = answer(asked, told).split(".")[1]
    bound, wrong = "an answer answers one check", "wrong-receipt"
    hub, kind = "only the hub's key for words answers", "no kind can be shown as another"
    asker = "a check is what the asker signed"
    as_query = jws(ASKER, "asylum-exchange-query+jws", compact(ASKED))
    elsewhere = jws(ASKER, CHECK, compact({**ASKED, "ex": "another"}))
    theirs = jws(Key("ro-notice", "notice"), CHECK, compact(ASKED))
    nobody = jws(ASKER, CHECK, compact({name: value for name, value in ASKED.items() if name != "iss"}))
    return [
        case("bound/another-date", bound, later, sent, wrong),
        case("bound/another-id", bound, moved, answer(moved, told, id=CHECK_ID), wrong),
        case("bound/hash-of-another", bound, asked, answer(later, told), wrong),
        case("bound/no-hash", bound, asked, answer(asked, told, sha256=None), wrong),
        case("bound/no-id", bound, asked, answer(asked, told, id=None), wrong),
        case("answer/softer", hub, asked, f"{head}.{softer}.{signature}", "bad-notice-signature"),
        case("answer/another-hub", hub, asked, answer(asked, told, OTHER), "unknown-key"),
        case("answer/receipt-key", hub, asked, answer(asked, told, RECEIPT), "wrong-purpose", key=RECEIPT.name),
        case("answer/of-a-query", kind, asked, answer(asked, told, typ="asylum-exchange-answer+jws"), "wrong-typ"),
        case("answer/twice", "it is strict JSON", asked, jws(WORDS, ANSWER, '{"id":1,"id":2}'), "bad-json"),
        case("check/by-another", asker, theirs, answer(theirs, told), "bad-notice-signature"),
        case("check/as-query", kind, as_query, answer(as_query, told), "wrong-typ"),
        case("check/of-another-exchange", asker, elsewhere, answer(elsewhere, told), "wrong-exchange"),
        case("check/by-nobody", asker, nobody, answer(nobody, told), "bad-query"),
    ]


def make() -> dict[str, Any]:
    return {
        "about": "Checks before a removal, each with the answer to it, as the asker keeps them: `leaves` are those of "
        "the check (over its signing input) and of the answer (over the JWS) in the ledger.",
        "ex": EX,
        "keys": keys_of(ASKER, ASKER_ES256, WORDS, WORDS_ES256, RECEIPT),
        "vectors": [*good(), *bad()],
    }
