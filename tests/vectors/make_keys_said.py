"""key_statements.json: what is said about keys, by an authority of its own keys and by officers of the secretariat."""

import hashlib
from typing import Any

from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from make_kit import ES256, EX, IAT, ISS, NOTICE_ID, NOW, Key, b64url, compact, jws, keys_of, sha256, twin

PREFIX = "asylum-exchange-"
POSSESSION, BUNDLE, KEY, OFFICER = (f"{PREFIX}{kind}+jws" for kind in ("possession", "enrolment", "key", "officer"))
HUB, HUB_KEY = "urn:asylum-exchange:hub", f"{PREFIX}hub-key+jws"
OFFICER_URN = "urn:asylum-exchange:officer:"
OTHER_ISS = "urn:asylum-exchange:authority:de-bamf"
OK, NO = "accepted", "bad-key-statement"
NONCE, OTHER_NONCE = b64url(sha256("the hub's nonce")), b64url(sha256("another nonce"))
OPENED = b64url(sha256("what the hub sealed for the seal key"))


class SealKey:
    """An X-Wing key whose seed is the SHA-256 of its name (draft-connolly-cfrg-xwing-kem section 5.2)."""

    purpose = "seal"

    def __init__(self, name: str) -> None:
        expanded = hashlib.shake_256(sha256(f"asylum-exchange vectors: {name}")).digest(96)
        pub = MLKEM768PrivateKey.from_seed_bytes(expanded[:64]).public_key().public_bytes_raw()
        pub += X25519PrivateKey.from_private_bytes(expanded[64:]).public_key().public_bytes_raw()
        self.required = {"alg": "HPKE-9-KE", "kty": "AKP", "pub": b64url(pub)}
        self.kid = b64url(sha256(compact(self.required)))

    @property
    def jwk(self) -> dict[str, str]:
        return {**self.required, "kid": self.kid}


def jwk_of(key: Key | SealKey) -> dict[str, Any]:
    return key.jwk if isinstance(key, SealKey) else key.enrolled()["jwk"]


def fours(name: str) -> dict[str, Any]:
    """Return the keys of an authority by purpose; the recovery key of `pl` is P-256."""
    signing = {purpose: Key(f"{name}-{purpose}", purpose) for purpose in ("request", "notice")}
    recovery = Key(f"{name}-recovery", "recovery", ES256 if name == "pl" else "Ed25519")
    return {**signing, "recovery": recovery, "seal": SealKey(f"{name}-seal")}


PL, DE = fours("pl"), fours("de")
NAMES = ("anna", "boris", "chiara")
OFFICERS = {name: Key(f"officer-{name}", "officer", ES256 if name == "boris" else "Ed25519") for name in NAMES}
NEXT = Key("pl-notice-next", "notice")
NEXT_SEAL = SealKey("pl-seal-next")


def said(typ: str, key: Key, iss: str, members: dict[str, Any], **header: Any) -> str:
    """Return a statement; its id comes from what it says. A member that is None is left out."""
    number = sha256(compact([typ, iss, members]))[:2].hex()
    claims = {"v": 1, "ex": EX, "id": f"{NOTICE_ID[:-4]}{number}", "iss": iss, "iat": IAT}
    return jws(key, typ, compact({n: v for n, v in (claims | members).items() if v is not None}), header)


def possession(key: Key, iss: str = ISS, **members: Any) -> str:
    return said(POSSESSION, key, iss, {"nonce": NONCE, "purpose": key.purpose, **members})


def bundle(held: dict[str, Any], iss: str = ISS, *, by: Key | None = None, **members: Any) -> str:
    shown = {purpose: possession(held[purpose], iss) for purpose in ("request", "notice")}
    usual = {
        "nonce": NONCE,
        "kind": "border_guard",
        "state": "POL",
        "keys": {purpose: jwk_of(key) for purpose, key in held.items()},
        "possession": {**shown, "seal": OPENED},
    }
    return said(BUNDLE, by or held["recovery"], iss, usual | members)


def rotate(by: Key, old: Any, new: Any, **members: Any) -> str:
    """Return the word that `new` follows `old`."""
    shown = OPENED if isinstance(new, SealKey) else possession(new)
    usual = {"act": "rotate", "purpose": old.purpose, "predecessor": old.kid, "key": jwk_of(new)}
    return said(KEY, by, ISS, {**usual, "nonce": NONCE, "possession": shown, **members})


def revoke(kid: str, how: str = "superseded", since: int | None = None, by: Key = PL["recovery"], **more: Any) -> str:
    return said(KEY, by, ISS, {"act": "revoke", "kid": kid, "as": how, "since": since, **more})


def command(name: str, act: str, key: Key | None = None, /, **members: Any) -> str:
    return said(OFFICER, key or OFFICERS[name], OFFICER_URN + name, {"act": act, **members})


def hub_key(old: Key, new: Key, by: Key | None = None, **members: Any) -> str:
    """Return the word of the hub that `new` follows `old`."""
    shown = possession(new, HUB, nonce=old.kid)
    usual = {"purpose": old.purpose, "predecessor": jwk_of(old), "key": jwk_of(new), "possession": shown}
    return said(HUB_KEY, by or old, HUB, usual | members, kid=old.kid)


def digest(text: str) -> str:
    """Return what names a statement: SHA-256 of its signing input, in base64url."""
    return b64url(sha256(text.rpartition(".")[0]))


def twins(said: list[str], *keys: Key) -> list[str]:
    """Return statements with the other signature that P-256 has for them."""
    heads = [text.rpartition(".")[0] for text in said]
    return [f"{head}.{b64url(twin(key.sign(head), ES256))}" for head, key in zip(heads, keys, strict=True)]


def hash_of(record: str) -> str:
    return b64url(sha256(record))


def event(record: str, index: int) -> dict[str, Any]:
    """Return a record with its leaf, as it is published."""
    salt = sha256(f"salt {index}")
    leaf = sha256(b"\x00" + sha256(salt + record.encode()))
    return {"record": record, "leaf": {"index": index, "hash": b64url(leaf), "salt": b64url(salt)}}


RULES = {
    "found": "three officers at least, each signs the same list with the key in it",
    "enrol": "a bundle, the command of an officer that names it, the approvals of two others",
    "rotate": "the newest key for a purpose gets one successor, by itself, by recovery, a seal key by notice",
    "revoke": "by the recovery key, or by an officer and one other; a compromise stays, since the earliest time",
    "appoint": "two approvals, somebody who is not active, a key that nobody has or had, shown to be held",
    "suspend": "one approval; whoever it concerns neither asks nor approves",
    "hub-key": "the old key of the hub says it, the new one is held; two approvals",
    "good": "a history that is borne out",
    "form": "the records of one are numbered, each names the one before, and no statement serves twice",
}


class Records:
    """The vectors so far: a good one can be gone on from by its name."""

    def __init__(self) -> None:
        self.made: list[dict[str, Any]] = []
        self.events: dict[str, list[dict[str, Any]]] = {"": []}

    def write(self, after: str, of: str, act: str, said: list[Any], /, **changes: Any) -> str:
        """Return the record that comes next; `changes` replaces members, None takes one away."""
        before = [e["record"] for e in self.events[after] if f'"of":"{of}"' in e["record"]]
        members: dict[str, Any] = {
            "v": 1,
            "typ": "asylum-exchange-key-event",
            "ex": EX,
            "of": of,
            "no": len(before) + 1,
            "prev": hash_of(before[-1]) if before else None,
            "at": NOW + 60 * len(self.events[after]),
            "act": act,
            "said": said,
        }
        return compact({n: v for n, v in (members | changes).items() if v is not None})

    def add(self, name: str, after: str, record: str, expect: str = OK, **told: Any) -> None:
        """Add a vector. What is true after a good one is `told`."""
        rule = RULES[name.partition("/")[0]]
        index = 1 + max([e["leaf"]["index"] for e in self.events[after]], default=-1)
        one = event(record, told.pop("index", index + 3))
        self.made.append({"name": name, "rule": rule, "expect": expect, "after": after, **one, **told})
        if expect == OK:
            self.made[-1]["sha256"] = hash_of(record)
            self.events[name] = [*self.events[after], one]


def case(name: str, rule: str, text: str, expect: str = OK, **given: Any) -> dict[str, Any]:
    told = {"digest": digest(text)} if expect == OK else {}
    return {"name": name, "rule": rule, "expect": expect, **given, "jws": text, **told}


def possessions() -> list[dict[str, Any]]:
    key, rule = NEXT, "a proof is for one exchange, authority, nonce and purpose, under the key itself"
    about = {"typ": POSSESSION, "key": key.name, "iss": ISS, "nonce": NONCE}
    cases = [
        ("good/possession", possession(key), OK),
        ("possession/of-another", possession(key, OTHER_ISS), "no-possession"),
        ("possession/another-exchange", possession(key, ex="another"), "no-possession"),
        ("possession/another-nonce", possession(key, nonce=OTHER_NONCE), "no-possession"),
        ("possession/another-purpose", possession(key, purpose="request"), "no-possession"),
        ("possession/another-key", possession(PL["notice"]), "no-possession"),
        ("possession/stolen-kid", said(POSSESSION, PL["notice"], ISS, {"nonce": NONCE, "purpose": "notice"},
                                       kid=key.kid), "no-possession"),
        ("possession/another-typ", said(KEY, key, ISS, {"nonce": NONCE, "purpose": "notice"}), "no-possession"),
        ("possession/array", jws(key, POSSESSION, "[]"), "no-possession"),
    ]  # fmt: skip
    return [case(name, rule, text, expect, **about) for name, text, expect in cases]


def bundles() -> list[dict[str, Any]]:
    rule = "a bundle is signed with the recovery key in it, over four keys, with possession shown; digest: fingerprint"
    usual = {purpose: jwk_of(key) for purpose, key in PL.items()}
    shown = {purpose: possession(PL[purpose]) for purpose in ("request", "notice")} | {"seal": OPENED}
    bare = {**usual, "notice": dict(PL["notice"].required)}
    small = {"kty": "OKP", "crv": "Ed25519", "x": b64url(bytes(32))}
    cases = [
        ("good/bundle", bundle(PL), OK),
        ("good/bundle-ed25519", bundle(DE, OTHER_ISS, state="DEU"), OK),
        ("good/bundle-bare-jwk", bundle(PL, keys=bare), OK),
        ("bundle/by-the-notice-key", bundle(PL, by=PL["notice"]), NO),
        ("bundle/by-another", said(BUNDLE, DE["recovery"], ISS, {
            "nonce": NONCE, "kind": "border_guard", "state": "POL", "keys": usual, "possession": shown}), NO),
        ("bundle/stolen-kid", said(BUNDLE, Key("thief", "recovery", ES256), ISS, {
            "nonce": NONCE, "kind": "border_guard", "state": "POL", "keys": usual, "possession": shown},
            kid=PL["recovery"].kid), "bad-notice-signature"),
        ("bundle/another-exchange", bundle(PL, ex="another"), "wrong-exchange"),
        ("bundle/three-keys", bundle(PL, keys={n: k for n, k in usual.items() if n != "seal"}), "bad-key"),
        ("bundle/one-key-twice", bundle(PL, keys={**usual, "request": usual["notice"]}), "bad-key"),
        ("bundle/private-member", bundle(PL, keys={**usual, "notice": {**usual["notice"], "d": NONCE}}), "bad-key"),
        ("bundle/small-order", bundle(PL, keys={**usual, "request": small}), "weak-key"),
        ("bundle/no-nonce", bundle(PL, nonce=None), NO),
        ("bundle/short-nonce", bundle(PL, nonce="AAAA"), NO),
        ("bundle/more-members", bundle(PL, note="x"), NO),
        ("bundle/possession-missing", bundle(PL, possession={**shown, "notice": None}), "no-possession"),
        ("bundle/possession-swapped", bundle(PL, possession={
            **shown, "request": shown["notice"], "notice": shown["request"]}), "no-possession"),
        ("bundle/possession-of-another", bundle(PL, possession={
            **shown, "notice": possession(PL["notice"], OTHER_ISS)}), "no-possession"),
        ("bundle/no-seal-shown", bundle(PL, possession={n: v for n, v in shown.items() if n != "seal"}), NO),
    ]  # fmt: skip
    return [case(name, rule, text, expect, typ=BUNDLE) for name, text, expect in cases]


def statements() -> list[dict[str, Any]]:
    rule = "a statement has the five claims, is for this exchange, and under the key that it names"
    old, recovery, anna = PL["notice"], PL["recovery"], OFFICERS["anna"]
    by_recovery = revoke(PL["request"].kid, "compromised", NOW - 3600)
    head, _, signature = by_recovery.rpartition(".")
    raw = recovery.sign(head)
    assert b64url(raw) == signature
    cases = [
        ("good/rotate", KEY, old, rotate(old, old, NEXT), OK),
        ("good/rotate-by-recovery", KEY, recovery, rotate(recovery, old, NEXT), OK),
        ("good/rotate-seal", KEY, old, rotate(old, PL["seal"], NEXT_SEAL), OK),
        ("good/revoke", KEY, recovery, revoke(old.kid), OK),
        ("good/revoke-compromised", KEY, recovery, by_recovery, OK),
        ("good/revoke-es256-twin", KEY, recovery, f"{head}.{b64url(twin(raw, ES256))}", OK),
        ("good/command", OFFICER, anna, command("anna", "enrol", bundle=NONCE), OK),
        ("good/approval", OFFICER, OFFICERS["boris"], command("boris", "approve", what=NONCE), OK),
        ("key/another", KEY, old, rotate(PL["request"], old, NEXT), "bad-notice-signature"),
        ("key/stolen-kid", OFFICER, anna, said(OFFICER, OFFICERS["chiara"], OFFICER_URN + "anna",
                                               {"act": "approve", "what": NONCE}, kid=anna.kid),
         "bad-notice-signature"),
        ("kind/rotate-as-command", OFFICER, old, rotate(old, old, NEXT), "wrong-typ"),
        ("kind/command-as-rotate", KEY, anna, command("anna", "rotate"), "wrong-typ"),
        ("claims/another-exchange", KEY, old, rotate(old, old, NEXT, ex="another"), "wrong-exchange"),
        ("claims/authority-as-officer", OFFICER, anna, said(OFFICER, anna, ISS, {"act": "approve", "what": NONCE}), NO),
        ("claims/officer-as-authority", KEY, old, said(KEY, old, OFFICER_URN + "anna", {"act": "revoke"}), NO),
        ("claims/officer-name", OFFICER, anna, command("Anna", "enrol", anna), NO),
        ("claims/officer-iat", OFFICER, anna, command("anna", "enrol", iat=True), NO),
        ("claims/v", KEY, old, rotate(old, old, NEXT, v=2), NO),
        ("claims/id", KEY, old, rotate(old, old, NEXT, id=NOTICE_ID.upper()), NO),
        ("claims/array", KEY, old, jws(old, KEY, "[]"), NO),
        ("json/twice", KEY, old, jws(old, KEY, '{"v":1,"v":1}'), "bad-json"),
    ]  # fmt: skip
    return [case(name, rule, text, expect, typ=typ, key=key.name) for name, typ, key, text, expect in cases]


def make() -> dict[str, Any]:
    signing = [key for keys in (PL, DE) for key in keys.values() if isinstance(key, Key)]
    return {
        "about": "What is said about keys. digest: SHA-256 of the signing input; of a bundle, its fingerprint.",
        "ex": EX,
        "keys": keys_of(*signing, *OFFICERS.values(), NEXT),
        "vectors": [*possessions(), *bundles(), *statements()],
    }
