"""key_history.json: records of key events. Each vector goes on from another one, named by `after`."""

from typing import Any

from make_keys_said import (
    DE,
    EX,
    HUB,
    ISS,
    NAMES,
    NEXT,
    NEXT_SEAL,
    NO,
    NOW,
    OFFICER_URN,
    OFFICERS,
    OTHER_ISS,
    PL,
    Records,
    bundle,
    command,
    digest,
    fours,
    hub_key,
    possession,
    revoke,
    rotate,
    twins,
)
from make_kit import ES256, Key, b64url, sha256

SECRETARIAT = "urn:asylum-exchange:secretariat"
OVERLAP = 30 * 24 * 3600
BAD, KNOWN, NOT_ITS = "bad-history", "already-enrolled", "not-its-key"
ANEW = fours("pl-anew")
DORA = Key("officer-dora", "officer", ES256)
CHIARA_AGAIN = Key("officer-chiara-again", "officer")
LIST = [{"name": name, "key": key.enrolled()["jwk"]} for name, key in OFFICERS.items()]
WORDS, NEW_WORDS, OLD_WORDS = (Key(f"hub-words{which}", "words") for which in ("", "-new", "-old"))
ALL = {**OFFICERS, "dora": DORA}
Row = tuple[Any, ...]
"""Name, the good vector before it, the statements, and the code if it is not `bad-history`."""


def backed(act: str, by: tuple[str, ...], keys: dict[str, Key] | None = None, **members: Any) -> list[str]:
    """Return a command of the first officer and the approvals of the others."""
    held = ALL | (keys or {})
    said = command(by[0], act, held[by[0]], **members)
    return [said, *(command(name, "approve", held[name], what=digest(said)) for name in by[1:])]


def enrolled(text: str, by: tuple[str, ...] = NAMES, **keys: Key) -> list[str]:
    return [text, *backed("enrol", by, keys, bundle=digest(text))]


def founding(names: tuple[str, ...] = NAMES, told: Any = None) -> list[str]:
    return [command(name, "found", ALL[name], officers=told or LIST) for name in names]


def switched(text: str, by: tuple[str, ...] = NAMES, statement: str = "") -> list[str]:
    return [text, *backed("hub-key", by, statement=statement or digest(text))]


def appoint(name: str, key: Key, by: tuple[str, ...] = NAMES, **members: Any) -> list[str]:
    shown = possession(key, OFFICER_URN + name)
    new = {"officer": name, "key": key.enrolled()["jwk"], "nonce": b64url(sha256("the hub's nonce"))}
    return backed("appoint", by, **{**new, "possession": shown, **members})


def life(key: Any, ends_at: int | None = None, ended_as: str | None = None, since: int | None = None) -> dict[str, Any]:
    return {"kid": key.kid, "ends_at": ends_at, "ended_as": ended_as, "compromised_since": since}


def good(to: Records) -> None:
    old, at, since = PL["notice"], NOW + 120, NOW - 3600
    rows: list[tuple[str, str, str, list[str], Any]] = [
        ("found", "", "found", founding(), list(NAMES)),
        ("enrol", "found", "enrol", enrolled(bundle(PL)), [life(key) for key in PL.values()]),
        ("rotate", "enrol", "rotate", [rotate(old, old, NEXT)], [life(old, at + OVERLAP, "superseded"), life(NEXT)]),
        ("rotate-by-recovery", "enrol", "rotate", [rotate(PL["recovery"], old, NEXT)], [life(NEXT)]),
        ("rotate-seal", "enrol", "rotate", [rotate(old, PL["seal"], NEXT_SEAL)],
         [life(PL["seal"], at + OVERLAP, "superseded"), life(NEXT_SEAL)]),
        ("revoke", "enrol", "revoke", [revoke(old.kid)], [life(old, at, "superseded")]),
        ("revoke-in-overlap", "rotate", "revoke", [revoke(old.kid, "compromised", since)],
         [life(old, at + 60, "compromised", since), life(NEXT)]),
        ("revoke-earlier-since", "revoke-in-overlap", "revoke", [revoke(old.kid, "compromised", since - 60)],
         [life(old, at + 60, "compromised", since - 60)]),
        ("revoke-stays-compromised", "revoke-in-overlap", "revoke", [revoke(old.kid)],
         [life(old, at + 60, "compromised", since)]),
        ("revoke-recovery", "enrol", "revoke", [revoke(PL["recovery"].kid)], [life(PL["recovery"], at, "superseded")]),
        ("successor-of-a-revoked-key", "revoke", "rotate", [rotate(PL["recovery"], old, NEXT)],
         [life(old, at, "superseded"), life(NEXT)]),
        ("revoke-by-officers", "enrol", "revoke",
         backed("revoke", ("boris", "anna"), kid=old.kid, **{"as": "compromised", "since": since}),
         [life(old, at, "compromised", since)]),
        ("enrol-anew", "revoke-recovery", "enrol", enrolled(bundle(ANEW)),
         [life(old, at + 60, "superseded"), *(life(key) for key in ANEW.values())]),
        ("enrol-another", "enrol", "enrol", enrolled(bundle(DE, OTHER_ISS)), [life(key) for key in DE.values()]),
        ("hub-key", "found", "hub-key", switched(hub_key(WORDS, NEW_WORDS)),
         [life(WORDS, NOW + 60 + OVERLAP, "superseded"), life(NEW_WORDS)]),
        ("hub-key-again", "hub-key", "hub-key", switched(hub_key(NEW_WORDS, OLD_WORDS)), [life(OLD_WORDS)]),
        ("appoint", "found", "appoint", appoint("dora", DORA), [*NAMES, "dora"]),
        ("suspend", "appoint", "suspend", backed("suspend", ("boris", "dora"), officer="chiara"),
         ["anna", "boris", "dora"]),
        ("appoint-again", "suspend", "appoint", appoint("chiara", CHIARA_AGAIN, ("anna", "boris", "dora")),
         [*NAMES, "dora"]),
    ]  # fmt: skip
    for name, before, act, said, told in rows:
        after, of = before and f"good/{before}", owner(f"good/{name}", act)
        now = {"active" if act in OF_OFFICERS else "lives": told}
        to.add(f"good/{name}", after, to.write(after, of, act, said), **now)


OF_OFFICERS = ("found", "appoint", "suspend")


def owner(name: str, act: str) -> str:
    """Return whose keys the record of a vector is about."""
    another = name in {"good/enrol-another", "enrol/keys-of-another"}
    return SECRETARIAT if act in {*OF_OFFICERS, "hub-key"} else OTHER_ISS if another else ISS


def bad_officers() -> list[Row]:
    two = LIST[:2]
    shared = [*two, {"name": "chiara", "key": LIST[0]["key"]}]
    return [
        ("found/two", "", founding(("anna", "boris"), two)),
        ("found/one-does-not-sign", "", founding(("anna", "boris"))),
        ("found/one-signs-another-list", "", [*founding()[:2], *founding(("chiara",), two)]),
        ("found/one-signs-twice", "", founding(("anna", "anna", "boris"))),
        ("found/one-key-for-two", "",
         [*founding(("anna", "boris"), shared), command("chiara", "found", ALL["anna"], officers=shared)]),
        ("found/again", "good/found", founding(NAMES, [*LIST[::-1]])),
        ("appoint/one-approval", "good/found", appoint("dora", DORA, ("anna", "boris"))),
        ("appoint/active", "good/found", appoint("chiara", CHIARA_AGAIN), KNOWN),
        ("appoint/known-key", "good/found", appoint("dora", ALL["chiara"]), KNOWN),
        ("appoint/not-held", "good/found",
         appoint("dora", DORA, possession=possession(CHIARA_AGAIN, OFFICER_URN + "dora")), "no-possession"),
        ("appoint/held-by-another", "good/found",
         appoint("dora", DORA, possession=possession(DORA, OFFICER_URN + "eva")), "no-possession"),
        ("suspend/alone", "good/found", backed("suspend", ("anna",), officer="chiara")),
        ("suspend/asked-by-them", "good/found", backed("suspend", ("chiara", "anna"), officer="chiara")),
        ("suspend/approved-by-them", "good/found", backed("suspend", ("anna", "chiara"), officer="chiara")),
        ("suspend/nobody", "good/found", backed("suspend", ("anna", "boris"), officer="eva")),
    ]  # fmt: skip


def bad_enrolments() -> list[Row]:
    own, after = bundle(PL), "good/found"
    other = bundle(DE, OTHER_ISS)
    asked = backed("enrol", NAMES, bundle=digest(own))
    return [
        ("enrol/one-approval", after, enrolled(own, ("anna", "boris"))),
        ("enrol/approved-twice-by-one", after, enrolled(own, ("anna", "boris", "boris"))),
        ("enrol/approved-by-who-asks", after, enrolled(own, ("anna", "boris", "anna"))),
        ("enrol/approval-of-another-command", after,
         [own, *asked[:2], command("chiara", "approve", what=digest(other))]),
        ("enrol/two-commands", after, [own, *asked[:2], command("chiara", "enrol", what=digest(asked[0]))]),
        ("enrol/stranger", after, enrolled(own, ("anna", "boris", "dora")), "not-an-officer"),
        ("enrol/stolen-name", after, enrolled(own, NAMES, chiara=Key("thief", "officer")), "bad-notice-signature"),
        ("enrol/suspended", "good/suspend", enrolled(own)),
        ("enrol/asked-by-suspended", "good/suspend", enrolled(own, ("chiara", "anna", "boris"))),
        ("enrol/key-of-before", "good/appoint-again", enrolled(own), "bad-notice-signature"),
        ("enrol/another-bundle", after, [own, *backed("enrol", NAMES, bundle=digest(other))]),
        ("enrol/another-act", after, [own, *backed("invite", NAMES, bundle=digest(own))]),
        ("enrol/another-authority", after, enrolled(other)),
        ("enrol/no-bundle", after, asked, "wrong-typ"),
        ("enrol/its-own-keys", "good/enrol", enrolled(bundle(PL, iat=NOW)), KNOWN),
        ("enrol/keys-of-another", "good/enrol", enrolled(bundle({**DE, "seal": PL["seal"]}, OTHER_ISS)), KNOWN),
        ("enrol/another-state", "good/enrol", enrolled(bundle(ANEW, state="DEU"))),
    ]  # fmt: skip


def bad_hub_keys() -> list[Row]:
    right, after = hub_key(WORDS, NEW_WORDS), "good/found"
    return [
        ("hub-key/one-approval", after, switched(right, ("anna", "boris"))),
        ("hub-key/another-statement", after, switched(right, statement=digest(hub_key(WORDS, OLD_WORDS)))),
        ("hub-key/by-another", after, switched(hub_key(WORDS, NEW_WORDS, OLD_WORDS)), "bad-notice-signature"),
        ("hub-key/again", "good/hub-key", switched(hub_key(WORDS, OLD_WORDS))),
        ("hub-key/known-key", after, switched(hub_key(WORDS, Key("officer-anna", "words"))), KNOWN),
        ("hub-key/itself", after, switched(hub_key(WORDS, WORDS)), KNOWN),
        ("hub-key/known-predecessor", after, switched(hub_key(Key("officer-anna", "words"), NEW_WORDS)), KNOWN),
        ("hub-key/not-held", after, switched(hub_key(WORDS, NEW_WORDS, possession=possession(OLD_WORDS, HUB))),
         "no-possession"),
        ("hub-key/of-an-authority", after, switched(hub_key(PL["notice"], NEXT)), NO),
    ]  # fmt: skip


def bad_changes() -> list[Row]:
    old, recovery, request, seal = PL["notice"], PL["recovery"], PL["request"], PL["seal"]
    after, none = "good/enrol", b64url(sha256("nobody's key"))
    third = Key("pl-notice-third", "notice")
    rows = [
        ("rotate/by-another-purpose", after, rotate(request, old, NEXT), NOT_ITS),
        ("rotate/seal-by-request", after, rotate(request, seal, NEXT_SEAL), NOT_ITS),
        ("rotate/by-itself-alone", after, rotate(NEXT, old, NEXT), NOT_ITS),
        ("rotate/by-another-authority", after, rotate(DE["notice"], old, NEXT), NOT_ITS),
        ("rotate/as-another-authority", after, rotate(old, old, NEXT, iss=OTHER_ISS), BAD),
        ("rotate/again", "good/rotate", rotate(recovery, old, third), BAD),
        ("rotate/by-the-key-before", "good/rotate", rotate(old, NEXT, third), NOT_ITS),
        ("rotate/seal-by-a-key-that-ended", "good/rotate", rotate(old, seal, NEXT_SEAL), NOT_ITS),
        ("rotate/by-a-revoked-key", "good/revoke", rotate(old, old, NEXT), NOT_ITS),
        ("rotate/by-a-revoked-recovery-key", "good/revoke-recovery", rotate(recovery, old, NEXT), NOT_ITS),
        ("rotate/not-held", after, rotate(old, old, NEXT, possession=possession(third)), "no-possession"),
        ("rotate/another-nonce", after, rotate(old, old, NEXT, nonce=none), "no-possession"),
        ("rotate/known-key", after, rotate(request, request, old, purpose="request",
                                           possession=possession(Key("pl-notice", "request"))), KNOWN),
        ("rotate/key-of-an-officer", after, rotate(old, old, Key("officer-anna", "notice")), KNOWN),
        ("rotate/no-predecessor", after, rotate(old, old, NEXT, predecessor=none), BAD),
        ("rotate/predecessor-of-another-purpose", after, rotate(recovery, old, NEXT, predecessor=request.kid), BAD),
        ("rotate/more-members", after, rotate(old, old, NEXT, since=NOW), NO),
        ("revoke/by-the-notice-key", after, revoke(old.kid, by=old), NOT_ITS),
        ("revoke/by-a-revoked-recovery-key", "good/revoke-recovery", revoke(old.kid), NOT_ITS),
        ("revoke/unknown-key", after, revoke(none), BAD),
        ("revoke/key-of-an-officer", after, revoke(ALL["anna"].kid), BAD),
        ("revoke/as-another-authority", after, revoke(old.kid, iss=OTHER_ISS), BAD),
        ("revoke/since-the-future", after, revoke(old.kid, "compromised", NOW + 121), NO),
        ("revoke/compromised-without-since", after, revoke(old.kid, "compromised"), NO),
        ("revoke/superseded-with-since", after, revoke(old.kid, since=NOW), NO),
        ("revoke/another-ending", after, revoke(old.kid, "lost"), NO),
        ("revoke/rotated", after, rotate(recovery, old, NEXT), BAD),
    ]  # fmt: skip
    twice = backed("revoke", ("anna", "anna"), kid=old.kid, **{"as": "superseded"})
    return [
        *((name, begun, [text], code) for name, begun, text, code in rows),
        ("revoke/by-one-officer", after, twice[:1], "wrong-typ"),
        ("revoke/approved-by-who-asks", after, twice),
        ("revoke/key-of-another", "good/enrol-another",
         backed("revoke", ("anna", "boris"), kid=DE["notice"].kid, **{"as": "superseded"})),
    ]  # fmt: skip


def bad_forms(to: Records) -> None:
    after, said = "good/enrol", [revoke(PL["notice"].kid)]
    right = to.write(after, ISS, "revoke", said)
    prev = b64url(sha256("another record"))
    changes: dict[str, dict[str, Any]] = {
        "number-left-out": {"no": 3},
        "number-again": {"no": 1},
        "number-true": {"no": True},
        "another-before": {"prev": prev},
        "nothing-before": {"prev": None},
        "another-exchange": {"ex": "another"},
        "another-typ": {"typ": "asylum-exchange-key"},
        "version": {"v": 2},
        "time-is-text": {"at": "now"},
        "more-members": {"note": "x"},
        "no-statements": {"said": []},
        "statements-are-numbers": {"said": [1]},
        "unknown-act": {"act": "lose"},
        "act-of-the-secretariat": {"act": "suspend"},
        "another-act": {"act": "rotate"},
        "as-the-secretariat": {"of": SECRETARIAT},
    }
    for name, change in changes.items():
        record = to.write(after, ISS, "revoke", said, **change)
        to.add(f"form/{name}", after, record, NO if name == "another-act" else BAD)
    to.add("form/older-leaf", after, right, BAD, index=2)
    to.add("form/twice", after, right[:-1] + ',"act":"rotate"}', "bad-json")
    first = to.write("good/found", ISS, "enrol", enrolled(bundle(PL)), prev=prev)
    to.add("form/first-with-one-before", "good/found", first, BAD)
    again = to.write("good/revoke", ISS, "revoke", said)
    to.add("form/served-before", "good/revoke", again, BAD)
    suspended = twins(backed("suspend", ("boris", "dora"), officer="chiara"), ALL["boris"], DORA)
    replayed = to.write("good/appoint-again", SECRETARIAT, "suspend", suspended)
    to.add("form/served-before-with-other-signatures", "good/appoint-again", replayed, BAD)


def make() -> dict[str, Any]:
    to = Records()
    good(to)
    for name, after, said, *code in [*bad_officers(), *bad_enrolments(), *bad_hub_keys(), *bad_changes()]:
        act = name.partition("/")[0]
        to.add(name, after, to.write(after, owner(name, act), act, said), *(code or [BAD]))
    bad_forms(to)
    return {
        "about": "Records of key events. The records before are those of `after`, of its `after`, and so on.",
        "ex": EX,
        "vectors": to.made,
    }
