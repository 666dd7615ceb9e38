"""An entry of the directory of neighbours in plain words: the console shows it, and so does the command line."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from exchange.console import when, words
from exchange.domain.neighbours import NOT_RECORDED, NOT_VERIFIED, REMEDIES, TREATIES, UNION

UNRECORDED: Final = "Not recorded. Nothing follows from that: ask."
UNVERIFIED: Final = "not verified: do not rely on it"
SAYS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "access": {
            "any_authority": "A claim can be made to any authority",
            "named_authorities": "A claim can be made to certain authorities only",
            "restricted_at_border": "A claim is restricted at a part of the border",
            "declaration_abroad_first": "A declaration at an embassy abroad must come first",
            "suspended": "Claims are suspended",
        },
        "suspensive": {
            "automatic": "The remedy stops the removal by itself",
            "on_application": "The remedy stops the removal when a court or office so decides",
            "none": "The remedy does not stop the removal",
        },
        "membership": {
            "party": "Bound",
            "not_party": "Not bound",
            "signed": "Signed, not bound yet",
            "denounced": "Denounced",
        },
        "adequacy": {"yes": "Yes", "no": "No", "not_needed": "Not needed: a member state of the Union"},
        "agreement": {
            "in_force": "In force",
            "provisionally_applied": "Applied provisionally",
            "signed": "Signed, not in force",
            "suspended": "Suspended",
            "denounced": "Denounced",
        },
        "name": {
            "access_to_procedure": "Where a claim can be made",
            "first_instance": "While the first decision is pending",
            "appeal": "An appeal against the decision",
            "border_procedure": "A remedy in a border procedure",
            "convention_1951": "1951 Convention on refugees",
            "protocol_1967": "1967 Protocol on refugees",
            "echr": "European Convention on Human Rights",
            "convention_108": "Convention 108 on personal data",
            "european_union": "European Union",
            "safe_country_of_origin": "Safe countries of origin",
            "safe_third_country": "Safe third countries",
            "first_country_of_asylum": "First countries of asylum",
        },
        "coverage": {
            "complete": "The list is complete.",
            "partial": "The list is not complete: there may be more.",
            NOT_RECORDED: UNRECORDED,
        },
    }
)


@dataclass(frozen=True, slots=True)
class Row:
    """One statement in words. `source` is empty where nothing is recorded; `verified` says when, or that it is not."""

    name: str
    says: str
    detail: str = ""
    dates: str = ""
    source: str = ""
    verified: str = ""
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A part of an entry: its title, a line about the whole list, and its rows."""

    title: str
    note: str
    rows: tuple[Row, ...]


def sections(entry: Mapping[str, Any]) -> list[Section]:
    """Return an entry in words, part by part, in the order in which a caseworker asks."""
    law, cover = entry["law"], entry["coverage"]
    remedies = [_statement(name, law["suspensive_effect"][name], "suspensive") for name in REMEDIES]
    access = _statement("access_to_procedure", law["access_to_procedure"], "access")
    return [
        Section("Offices and contact points", _covers(cover["offices"]), tuple(map(_office, entry["offices"]))),
        Section("Access to the procedure", "", (access,)),
        Section("Does a remedy stop the removal?", "", tuple(remedies)),
        Section("Readmission", _covers(cover["readmission"]), tuple(map(_agreement, entry["readmission"]))),
        Section(
            "Safe-country lists", _covers(cover["safe_country_lists"]), tuple(map(_safe, entry["safe_country_lists"]))
        ),
        *_onward(entry.get("onward_returns", ())),
        Section("Treaties", "", tuple(_statement(name, entry["treaties"][name], "membership") for name in TREATIES)),
        Section(
            "Adequacy decision (GDPR Art 45)",
            "",
            (_statement("Adequacy decision", entry["adequacy_decision"], "adequacy"),),
        ),
    ]


def readmission(entry: Mapping[str, Any]) -> str:
    """Return the agreements of an entry in a few words."""
    told = [f"{_partner(one)}: {SAYS['agreement'][one['status']].lower()}" for one in entry["readmission"]]
    return "; ".join(told) or "not recorded"


def brief(entry: Mapping[str, Any], path: str, table: str) -> str:
    """Return what an entry says at a dotted path, in a few words."""
    found: Any = entry
    for name in path.split("."):
        found = found[name]
    said = SAYS[table].get(found["says"], "not recorded")
    return f"{said} ({UNVERIFIED})" if found.get("verified_at") == NOT_VERIFIED else said


def path(text: str) -> str:
    """Return a dotted path of an entry in words; entries of a list are counted from 1."""
    return " / ".join(str(int(name) + 1) if name.isdecimal() else words.plain(name) for name in text.split("."))


def _covers(code: str) -> str:
    return SAYS["coverage"][code]


def _statement(name: str, said: Mapping[str, Any], table: str) -> Row:
    title = SAYS["name"].get(name, name)
    if said["says"] == NOT_RECORDED:
        return Row(title, UNRECORDED)
    return Row(title, SAYS[table][said["says"]], said.get("words", ""), _dates(said), **_source(said))


def _agreement(one: Mapping[str, Any]) -> Row:
    by = "by the Union's agreement" if one["concluded_by"] == "european_union" else "by its own agreement"
    whom = {"yes": "own nationals and nationals of other states", "no": "own nationals only"}
    covers = f"Covers {whom.get(one['third_country_nationals'], 'persons that are not recorded')}."
    detail = " ".join(filter(None, (covers, one.get("words", ""))))
    told = (("signed", "signed"), ("in_force", "in force"), ("status_since", f"{words.plain(one['status'])} since"))
    dates = "; ".join(f"{said} {when.edtf(one[name])}" for name, said in told if name in one)
    return Row(f"{_partner(one)}, {by}", SAYS["agreement"][one["status"]], detail, dates, **_source(one))


def _partner(one: Mapping[str, Any]) -> str:
    return "European Union" if one["partner"] == UNION else words.said("state", one["partner"])


def _safe(one: Mapping[str, Any]) -> Row:
    by = "Union's list" if one["drawn_up_by"] == "european_union" else "state's own list"
    named = ", ".join(words.said("state", code) for code in one["countries"]) or "no country"
    says = named if one["says"] == "list" else "No such list"
    return Row(f"{SAYS['name'][one['kind']]}, {by}", says, one.get("words", ""), _dates(one), **_source(one))


def _onward(returns: Sequence[Mapping[str, Any]]) -> Iterator[Section]:
    """Yield the part on onward returns, where somebody documented one."""
    note = "What is found about persons of that origin is graver for a year."
    if returns:
        yield Section("Persons sent on to another state", note, tuple(map(_sent_on, returns)))


def _sent_on(one: Mapping[str, Any]) -> Row:
    to = words.said("state", one["returned_to"])
    name = f"Persons from {words.said('state', one['origin'])}"
    return Row(name, f"Sent to {to}", one.get("words", ""), when.edtf(one["returned"]), **_source(one))


def _office(one: Mapping[str, Any]) -> Row:
    ways = "; ".join(_contact(each) for each in one["contacts"]) or "no contact point recorded"
    enrolled = f", here as {words.authority(one['authority'])}" if "authority" in one else ""
    does = ", ".join(map(words.plain, one["competence"]))
    return Row(f"{one['name']} ({words.plain(one['kind'])}{enrolled})", does, ways, **_source(one))


def _contact(one: Mapping[str, Any]) -> str:
    return f"{words.plain(one['function'])}: " + ", ".join(
        one[name] for name in ("telephone", "email", "post") if name in one
    )


def _dates(one: Mapping[str, Any]) -> str:
    told = [f"{said} {when.edtf(one[name])}" for name, said in (("since", "since"), ("until", "until")) if name in one]
    return ", ".join(told)


def _source(one: Mapping[str, Any]) -> dict[str, Any]:
    doubtful = one["verified_at"] == NOT_VERIFIED
    verified = UNVERIFIED if doubtful else f"verified {when.edtf(one['verified_at'])}"
    return {"source": one["source"], "verified": verified, "doubtful": doubtful}


def lines(page: Mapping[str, Any]) -> Iterator[str]:
    """Yield a page of the API as lines for a terminal."""
    yield f"{words.said('state', page['state'])}, version {page['version']} of {len(page['versions'])}"
    yield f"as of {when.edtf(page['entry']['as_of'])}; leaf {page['leaf']['index']} of the ledger"
    here = ", ".join(words.authority(one["urn"]) for one in page["authorities"])
    yield f"enrolled here: {here or 'no authority'}"
    for section in sections(page["entry"]):
        yield ""
        yield section.title.upper()
        if section.note:
            yield f"  {section.note}"
        for row in section.rows:
            yield f"  {row.name}: {row.says}" + (f" ({row.dates})" if row.dates else "")
            yield from (f"      {text}" for text in (row.detail,) if text)
            yield from (f"      source: {text}; {row.verified}" for text in (row.source,) if text)
