"""Notices of every kind made from the schemas themselves, and every small way to spoil one.

    PYTHONPATH=.:tests python tests/fuzz_notices.py 20000 [seed]

`notices` gives valid ones by an author that may send them; `spoil` gives one with something wrong in it, and the codes
that it may be refused with. What is taken all the same must be another valid notice: its JSON Schema says so.
"""

import copy
import hashlib
import json
import random
import re
import secrets
import string
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from marshmallow import Schema, fields, validate

from builders import NOW, reader
from exchange import checking
from exchange.domain import acceptance, kinds
from exchange.domain.codes import LISTS, NEEDS_APPROVAL, NOT_RECORDED
from exchange.domain.errors import Refusal
from exchange.domain.notice import Reader
from exchange.wire import jws, keys, sdjwt
from exchange.wire.claims import Claims
from exchange.wire.encoding import b64decode, b64encode, write_json
from schemas.catalogue import served
from schemas.fields import AUTHORITY_URN, NOTICE_URN, Choice, Edtf, Text, Whole
from schemas.parts import EVENT, FACTS, HUB, SAFEGUARD_CODES

EX = "test-exchange"
ID = "019ab000-0000-7000-8000-000000000001"
KEY = keys.generate("notice")
ROOT = Path(__file__).parents[1]
DOCUMENTED = set(re.findall(r"^### (.+)$", (ROOT / "docs" / "errors.md").read_text("utf-8"), re.MULTILINE))
SCHEMAS: dict[str, Schema] = {"hub": HUB, "event": EVENT, "safeguards": SAFEGUARD_CODES}
PSEUDONYMS = ("case-1", "chief-1")
CONTRADICTORY = {"contradictory-states", "contradictory-times", "contradictory-references", "approval-missing"}
Parts = dict[str, Any]


def urn(slug: str, notice_id: str) -> str:
    return f"urn:asylum-exchange:notice:{slug}:{notice_id}"


@dataclass
class Seat:
    """An author, and the URNs that its notices may name, by the kind of what they name."""

    who: Reader
    named: Mapping[str, list[str]]
    mailboxes: list[str] = field(default_factory=list)
    approves: bool = True

    def may_answer(self, kind: str) -> list[str]:
        wanted = {"responsibility_reply": "responsibility_request", "information_reply": "information_request"}
        return self.named.get(wanted.get(kind, kind if kind in {"hold_request", "correction"} else ""), [])


def _invented(kind: str) -> Seat:
    who = reader(f"some-{kind.replace('_', '-')}", kind, "UNO" if kind == "monitor" else "SVK")
    named = {of: [urn("any-other", ID[:-1] + str(place)) for place in range(3)] for of in ("", *kinds.KINDS)}
    return Seat(who, named, ["4f8a1c52-6d0e-4b8f-9a53-2f6f0f1f7c11"])


SEATS = {kind: _invented(kind) for kind in ("border_guard", "asylum_office", "return_unit", "court_liaison", "monitor")}
"""Authors of no real exchange: whatever they name is given to them."""

_slugs = st.from_regex(re.compile(r"[a-z0-9]{1,9}(-[a-z0-9]{1,9}){0,2}"), fullmatch=True)
_days = st.dates(min_value=NOW.date().replace(year=1990), max_value=NOW.date() - timedelta(days=500))
_marks = st.sampled_from(("", "", "~", "?", "%"))
_zones = st.sampled_from(("Z", "+02:00", "-11:30"))
TIMES = st.one_of(
    st.builds(lambda day, mark: f"{day}{mark}", _days, _marks),
    st.builds(lambda day, mark: f"{day:%Y-%m}{mark}", _days, _marks),
    st.builds(lambda day, mark: f"{day:%Y}{mark}", _days, _marks),
    st.builds(lambda day, hour, zone: f"{day}T{hour:02}:05:59{zone}", _days, st.integers(0, 23), _zones),
    st.builds(lambda day, long: f"{day}/{day + timedelta(days=long)}", _days, st.integers(0, 90)),
    st.sampled_from(("[2001-02-03,2001-02-05]", "2004-02-29", "199X", "2003-06-XX", "2001-21")),
)
"""Long before now, in every form that people use and some that they do not."""


@lru_cache(maxsize=64)
def _text(pattern: re.Pattern[str]) -> st.SearchStrategy[str]:
    if pattern is AUTHORITY_URN:
        return _slugs.map(lambda slug: f"urn:asylum-exchange:authority:{slug}")
    if pattern is NOTICE_URN:
        return _slugs.map(lambda slug: urn(slug, ID))
    return st.from_regex(pattern, fullmatch=True, alphabet=string.printable).filter(lambda text: text != "sandbox")


def values(of: Any) -> st.SearchStrategy[Any]:
    """Values that a field takes."""
    if isinstance(of, Text):
        return _text(of.pattern)
    if isinstance(of, Choice):
        return st.sampled_from(sorted(of.values))
    if isinstance(of, Edtf):
        return TIMES
    if isinstance(of, Whole):
        return st.integers(of.low, of.high)
    if isinstance(of, fields.Nested):
        return members(of.schema)
    low, high = next((r.equal or r.min or 0, r.equal or r.max) for r in of.validators if isinstance(r, validate.Length))
    return st.lists(values(of.inner), min_size=low, max_size=max(low, min(high, 3)))


def members(schema: Schema) -> st.SearchStrategy[dict[str, Any]]:
    """Objects that a schema takes."""
    needed = {name: values(of) for name, of in schema.fields.items() if of.required}
    return st.fixed_dictionaries(needed, optional={n: values(of) for n, of in schema.fields.items() if n not in needed})


MEMBERS = {name: members(schema) for name, schema in {**SCHEMAS, **FACTS}.items()}
STATES = sorted(FACTS["removal_executed"].fields["destination"].values)


@st.composite
def notices(draw: Callable[..., Any], seats: Mapping[str, Seat] = SEATS) -> tuple[Seat, Parts]:
    """An author and the parts of a notice that it may send, which contradicts nothing."""
    kind = draw(st.sampled_from(kinds.KINDS))
    seat = draw(st.sampled_from([seats[of] for of in seats if of in acceptance.AUTHORS[kind]]))
    event, facts, hub = draw(MEMBERS["event"]), draw(MEMBERS[kind]), draw(MEMBERS["hub"])
    event |= {"kind": kind, "state": seat.who.state if seat.who.kind != "monitor" else event["state"]}
    if only := acceptance.ONLY.get((kind, seat.who.kind)):
        facts[only.member] = draw(st.sampled_from(only.values))
    _agree_on_states(draw, event, facts)
    _agree_on_times(draw, event, facts)
    _name_others(draw, seat, event, facts)
    _approve(draw, facts)
    if facts.get("act") == "add_tokens":
        hub |= {"tokens": hub.get("tokens") or draw(values(HUB.fields["tokens"])), "case": "C-1"}
    hub.pop("accreditation", None)
    if seat.who.kind == "monitor" and hub["source"] == "counsel_or_ngo":
        hub["accreditation"] = draw(values(HUB.fields["accreditation"]))
    parts = {"hub": hub, "event": event, "facts": facts}
    return seat, parts | ({"safeguards": draw(MEMBERS["safeguards"])} if draw(st.booleans()) else {})


def _agree_on_states(draw: Callable[..., Any], event: dict[str, Any], facts: dict[str, Any]) -> None:
    other = event.pop("counterpart_state", None)
    needs = event["kind"] in {*acceptance._NEEDS_COUNTERPART} or "destination" in facts  # noqa: SLF001 -- the same table
    if other == event["state"] or (needs and other is None):
        other = draw(st.sampled_from([state for state in STATES if state != event["state"]]))
    if other is None:
        return
    event["counterpart_state"] = other
    facts |= {name: other for name in ("destination", "named_country") if name in facts}
    if "destinations" in facts:
        facts["destinations"][-1] = other


def _agree_on_times(draw: Callable[..., Any], event: dict[str, Any], facts: dict[str, Any]) -> None:
    if {"decided_at", "served_at"} <= facts.keys():
        facts["served_at"] = draw(st.sampled_from((facts["decided_at"], "2030-01-02")))
    if "planned_at" in facts:
        facts["planned_at"] = draw(st.sampled_from((event["event_time"], "2030-01-02", "2031-05-06T07:08:09Z")))


def _name_others(draw: Callable[..., Any], seat: Seat, event: dict[str, Any], facts: dict[str, Any]) -> None:
    kind, answers = event["kind"], event.pop("in_reply_to", None) is not None
    event.pop("corrects", None)
    event.pop("withdraws", None)
    if kind == "correction":
        return _correct(draw, seat, event, facts)
    if kind == "hold_request":
        answers = facts["step"] in {"held", "refused"}
    if kind == "information_reply":
        mailboxes = seat.mailboxes if facts.pop("mailbox", None) else []
        answers = not mailboxes
        facts |= {"mailbox": mailboxes[0]} if mailboxes else {}
    if answers and kind == "hold_request" and not seat.may_answer(kind):
        facts["step"], answers = "asked", False
    if answers:
        event["in_reply_to"] = draw(st.sampled_from(seat.may_answer(kind) or seat.named[""]))
    return None


def _correct(draw: Callable[..., Any], seat: Seat, event: dict[str, Any], facts: dict[str, Any]) -> None:
    """One of the acts that docs/errors.md lists under contradictory-references, with just its members."""
    mine, by = seat.named[""][:2]
    acts: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
        "replace": ({"corrects": mine}, {"replaced_by": by}),
        "withdraw": ({"withdraws": mine}, {}),
        "erase": (
            {"withdraws": mine},
            {"parts": facts.get("parts") or draw(values(FACTS["correction"].fields["parts"]))},
        ),
        "add_tokens": ({"corrects": mine}, {}),
        "agree": ({"in_reply_to": seat.named["correction"][0]}, {}),
        "disagree": ({"in_reply_to": seat.named["correction"][0]}, {}),
    }
    if seat.approves:
        acts["shrink_subject"] = ({"corrects": mine}, {"replaced_by": by, "approved_by": list(PSEUDONYMS)})
    act = draw(st.sampled_from(sorted(acts)))
    reason = facts["reason"]
    facts.clear()
    event |= acts[act][0]
    facts |= {"act": act, "reason": reason, **acts[act][1]}


def _approve(draw: Callable[..., Any], facts: dict[str, Any]) -> None:
    if NEEDS_APPROVAL.intersection([*facts.get("asked", ()), *facts.get("told", ())]):
        facts.setdefault("approval_reference", "A-1")
        if "approved_in_writing" in facts:
            facts["approved_in_writing"] = "yes"
    assert draw


def judge(seat: Seat, text: str) -> str:
    """What the exchange says of a signed notice, short of what only its database knows: a code, or `taken`."""
    try:
        notice = sdjwt.verify(sdjwt.read(text), KEY.public, EX)
        checking.understand(seat.who, notice, EX, NOW)
    except Refusal as refusal:
        return refusal.code
    return "taken"


def claims(seat: Seat) -> Claims:
    return Claims(EX, ID, seat.who.urn, int(NOW.timestamp()))


def issue(seat: Seat, parts: Parts) -> str:
    """The notice, the same bytes for the same parts."""
    dice = random.Random(0)
    return sdjwt.issue(claims(seat), parts, KEY, dice.randbytes)


def issue_raw(seat: Seat, parts: Mapping[str, str]) -> str:
    """A notice whose parts are JSON as it is given here, signed and hashed as they should be."""
    salt = b64encode(bytes(32))
    shown = [b64encode(f'["{salt}","{name}",{text}]'.encode()) for name, text in parts.items()]
    digests = [b64encode(hashlib.sha256(one.encode()).digest()) for one in shown]
    digests += [b64encode(hashlib.sha256(bytes([n])).digest()) for n in range(5 - len(digests))]
    payload = {**claims(seat).members(), "_sd_alg": "sha-256", "_sd": [*sorted(digests)]}
    return sdjwt.present(jws.sign(write_json(payload), sdjwt.TYP, KEY), shown)


def twice(parts: Parts, place: int) -> dict[str, str]:
    """The parts as JSON, with one member of one object written twice."""
    written = {name: write_json(value).decode() for name, value in parts.items()}
    starts = [(name, at) for name, text in written.items() for at in _starts(text)]
    name, at = starts[place % len(starts)]
    member = re.match(r'"[a-z_]+":', written[name][at:])
    assert member
    return written | {name: f"{written[name][:at]}{member[0]}null,{written[name][at:]}"}


def _starts(text: str) -> list[int]:
    return [found.end() for found in re.finditer(r'[{](?=")', text)]


def round_trip(seat: Seat, parts: Parts) -> None:
    """Signed, taken apart and written again, a notice is the same bytes."""
    text = issue(seat, parts)
    read = sdjwt.verify(sdjwt.read(text), KEY.public, EX)
    assert dict(read.parts) == parts
    for name, disclosure in read.disclosures.items():
        salt, _, value = _opened(disclosure)
        assert b64encode(write_json([salt, name, value])) == disclosure
    assert sdjwt.present(read.jws, read.disclosures.values()) == text == issue(seat, dict(read.parts))


def _opened(disclosure: str) -> list[Any]:
    opened: list[Any] = json.loads(b64decode(disclosure))  # another reader than ours
    return opened


def is_valid(parts: Parts) -> bool:
    """Whether the JSON Schemas take every part: another judge than the schemas."""
    return all(_judges(_document(name, parts)).is_valid(value) for name, value in parts.items())


def _document(name: str, parts: Parts) -> str:
    return f"facts-{parts['event']['kind']}" if name == "facts" else name


@lru_cache(maxsize=64)
def _judges(name: str) -> Draft202012Validator:
    return Draft202012Validator(served(name))


def places(parts: Parts) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every member that a notice has, with its field."""
    for name, value in parts.items():
        schema = SCHEMAS.get(name) or FACTS[parts["event"]["kind"]]
        yield from _places(schema, value, (name,))


def _places(schema: Schema, value: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, said in value.items():
        of = schema.fields[name]
        yield (*path, name), of
        if isinstance(of, fields.Nested):
            yield from _places(of.schema, said, (*path, name))


def _inside(parts: Parts, path: tuple[str, ...]) -> dict[str, Any]:
    found: dict[str, Any] = parts
    for name in path[:-1]:
        found = found[name]
    return found


Spoiled = tuple[Parts, set[str]]
"""Parts, and what may be said of them."""


def _drop(draw: Callable[..., Any], _: Seat, parts: Parts) -> Spoiled:
    path, of = draw(st.sampled_from(list(places(parts))))
    del _inside(parts, path)[path[-1]]
    return parts, {"bad-schema"} if of.required else {"taken", *CONTRADICTORY}


def _unknown(draw: Callable[..., Any], _: Seat, parts: Parts) -> Spoiled:
    objects = [(name, "") for name in parts] + [(*p, "") for p, of in places(parts) if isinstance(of, fields.Nested)]
    _inside(parts, draw(st.sampled_from(objects)))[draw(st.text("abcxyz_", min_size=1)) + "_unknown"] = "yes"
    return parts, {"bad-schema"}


def _other_type(draw: Callable[..., Any], _: Seat, parts: Parts) -> Spoiled:
    path, _of = draw(st.sampled_from(list(places(parts))))
    holder = _inside(parts, path)
    wrong = [
        other for other in (None, True, 1, 1.5, "\u202e", [[]], {"a": 1}) if type(other) is not type(holder[path[-1]])
    ]
    holder[path[-1]] = draw(st.sampled_from(wrong))
    return parts, {"bad-schema"}


def _other_list(draw: Callable[..., Any], _: Seat, parts: Parts) -> Spoiled:
    facts, kind = parts["facts"], parts["event"]["kind"]
    member = draw(st.sampled_from([m for m in facts if m in kinds.LISTED[kind] or m in kinds.SEVERAL.get(kind, {})]))
    listed = kinds.LISTED[kind].get(member) or kinds.SEVERAL[kind][member]
    several = member not in kinds.LISTED[kind]
    code = draw(st.sampled_from([code for one in LISTS if one is not listed for code in one.codes]))
    facts[member] = [code] if several else code
    fits = code in listed.codes and not (several and code == NOT_RECORDED)
    return parts, {"taken", "not-yours-to-say", *CONTRADICTORY} if fits else {"bad-schema"}


def _other_kind(draw: Callable[..., Any], _: Seat, parts: Parts) -> Spoiled:
    parts["event"]["kind"] = draw(st.sampled_from([k for k in kinds.KINDS if k != parts["event"]["kind"]]))
    return parts, {"taken", "bad-schema", "not-yours-to-say", *CONTRADICTORY}


def _states(draw: Callable[..., Any], _: Seat, parts: Parts) -> Spoiled:
    event, facts = parts["event"], parts["facts"]
    named = [name for name in ("destination", "named_country") if name in facts]
    if named and draw(st.booleans()):
        other = event["counterpart_state"]
        facts[named[0]] = draw(st.sampled_from([state for state in STATES if state != other]))
    elif "destinations" in facts and draw(st.booleans()):
        one, two = draw(st.lists(st.sampled_from(STATES), min_size=2, max_size=2, unique=True))
        event["counterpart_state"] = one if one != event["state"] else two
        facts["destinations"] = [two if one != event["state"] else one]
    else:
        event["counterpart_state"] = event["state"]
    return parts, {"contradictory-states"}


def _times(draw: Callable[..., Any], _: Seat, parts: Parts) -> Spoiled:
    event, facts = parts["event"], parts["facts"]
    known = FACTS[event["kind"]].fields
    ways = [way for way, member in (("served", "decided_at"), ("planned", "planned_at")) if member in known]
    way = draw(st.sampled_from([*ways, "future"]))
    if way == "served":
        facts |= {"decided_at": "2001-02", "served_at": "1951-07-28"}
    elif way == "planned":
        facts["planned_at"] = "1951-07-28"
    else:
        event["event_time"] = draw(st.sampled_from(("2199", "2199-01", "2150-11-25~", "2150-11-24T12:00:06Z")))
    return parts, {"contradictory-times"}


def _references(draw: Callable[..., Any], seat: Seat, parts: Parts) -> Spoiled:
    event, facts = parts["event"], parts["facts"]
    member = draw(st.sampled_from(("corrects", "withdraws")))
    if event["kind"] == "correction":
        member = draw(st.sampled_from([m for m in ("corrects", "withdraws", "in_reply_to") if m not in event]))
    elif event["kind"] == "information_reply" and draw(st.booleans()):
        event.pop("in_reply_to", None)
        facts.pop("mailbox", None)
        return parts, {"contradictory-references"}
    event[member] = seat.named[""][2]
    return parts, {"contradictory-references"}


WAYS = (_drop, _unknown, _other_type, _other_list, _other_kind, _states, _times, _references)


@st.composite
def spoil(draw: Callable[..., Any], seats: Mapping[str, Seat] = SEATS) -> tuple[Seat, Parts, set[str], str]:
    """A seat, parts with something wrong, what may be said of them, and in which way they are spoiled."""
    seat, parts = draw(notices(seats))
    way = draw(st.sampled_from(WAYS))
    spoiled, told = way(draw, seat, copy.deepcopy(parts))
    return seat, spoiled, told, way.__name__


def strangers(kind: str) -> list[Seat]:
    """Authors who may not send a kind."""
    return [seat for of, seat in SEATS.items() if of not in acceptance.AUTHORS[kind]]


def quietly(count: int) -> settings:
    """So many examples, of which none is kept on disk."""
    return settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )


def run(count: int, first: int) -> Counter[str]:
    """Judge so many valid notices, and as many spoiled ones. Returns how often each kind, way and code came."""
    seen: Counter[str] = Counter()
    quiet = quietly(count)

    @seed(first)
    @quiet
    @given(notices(), st.integers(0, 999))
    def valid(given_: tuple[Seat, Parts], place: int) -> None:
        seat, parts = given_
        assert judge(seat, issue(seat, parts)) == "taken"
        assert is_valid(parts)
        round_trip(seat, parts)
        assert judge(seat, issue_raw(seat, twice(parts, place))) == "bad-json"
        for other in strangers(parts["event"]["kind"]):
            assert judge(other, issue(other, parts)) == "not-yours-to-say"
        seen[parts["event"]["kind"]] += 1

    @seed(first)
    @quiet
    @given(spoil())
    def spoiled(given_: tuple[Seat, Parts, set[str], str]) -> None:
        seat, parts, told, way = given_
        code = judge(seat, issue(seat, parts))
        assert code in told, (way, code)
        assert code in DOCUMENTED or (code == "taken" and is_valid(parts))
        seen[f"{way}: {code}"] += 1

    valid()
    spoiled()
    return seen


def main() -> None:
    count, first = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else secrets.randbelow(2**32)
    print(f"{count} valid notices and {count} spoiled ones, seed {first}", flush=True)
    for what, often in sorted(run(count, first).items()):
        print(f"{what}: {often}")


if __name__ == "__main__":
    main()
