"""The disclosure report as a paper for the person whom it is about (rule L10): plain words for every code.

It is made from a report that was verified. It holds no name: the office that hands it over writes that by hand.
"""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any, Final

from reportlab.platypus import Flowable, KeepTogether

from exchange.client.disclosures import Handed
from exchange.console import showing, when, words
from exchange.printing import paper, terms
from exchange.wire import jws, statements
from exchange.wire.encoding import b64encode

TITLE: Final = "Who was told what: disclosure report"
NOBODY: Final = "The exchange gave this notice to nobody else."
_LINE: Final = "_" * 44
_HEAD: Final = (
    "This paper lists what authorities said of you through the exchange, who was told, when, and why. It is as the"
    " office that hands it to you may know it: another office may know of more. You may ask to have what is wrong put"
    " right, and you may show this paper to a lawyer."
)
_CARE: Final = (
    "This paper shows that somebody asked for protection. Keep it from everybody whom you fear. It is handed over to"
    " the person, or to accredited counsel, and never into "
)
_CHECK: Final = (
    """The office has the report as a file too (JSON). Its member “report” is the text that the exchange signed (JWS,
    RFC 7515); this paper says in words what stands in it. SHA-256 of that text, in base64url, is the fingerprint
    below.""",
    """The signature verifies under the key of the exchange for its own words, whose thumbprint (RFC 7638) is below.
    Everybody can read the keys, with their history, at the address /v1/keys of the exchange.""",
    """SHA-256 over the 32 bytes of the salt and then the text is the entry. SHA-256 over a zero byte and the entry is
    the leaf (RFC 6962, section 2.1). It stands in the ledger at the number below.""",
    """The member “proof” of the file leads from the leaf to the checkpoint (C2SP tlog-proof). The checkpoint is signed
    with the key of the ledger, which every authority pinned. A program of your own can do all of this.""",
)


def pdf(handed: Handed) -> bytes:
    """Return the paper as PDF (A4). The same report gives the same bytes."""
    said = handed.said
    story = [*_head(said), *_notices(said), *_rest(said), *_glossary(), *_evidence(handed)]
    return paper.pdf(TITLE, story)


def _head(said: Mapping[str, Any]) -> Iterator[Flowable]:
    yield paper.text(TITLE, "title")
    yield paper.text(_HEAD)
    states = [words.said("state", code) for code in said["not_into"]]
    yield paper.boxed(_CARE + (f"these states: {', '.join(states)}." if states else "a state that the person fears."))
    yield paper.gap(3)
    yield paper.pairs(
        [
            ("Name of the person", f"{_LINE}\n(written by hand by the office: the exchange knows no names)"),
            ("Handed over on, by", _LINE),
            ("Case of the office", said["case"]),
            ("Office", words.authority(said["to"])),
            ("Made on", when.seconds(said["iat"])),
            ("Made for", terms.FOR[said["for"]]),
            ("Purpose", terms.PURPOSE[said["purpose"]]),
            ("Legal basis", terms.BASIS[said["legal_basis"]]),
            ("Exchange", said["ex"]),
            ("Number of this report", said["id"]),
        ]
    )


def _notices(said: Mapping[str, Any]) -> Iterator[Flowable]:
    yield paper.text("What was said, and who was told", "heading")
    for number, notice in enumerate(said["notices"], start=1):
        title = f"{number}. {words.said('kind', notice['kind'])}: {showing.states(notice)}"
        yield KeepTogether([paper.text(title, "heading"), paper.pairs(_facts(notice))])
        yield paper.text("Given to", "small-heading")
        if not notice["told"]:
            yield paper.text(NOBODY)
        else:
            rows = [_delivery(one) for one in notice["told"]]
            yield paper.grid(
                ("Authority", "Given", "What", "First seen", "Answer"), rows, (0.2, 0.15, 0.33, 0.15, 0.17)
            )
        if notice["alerts"]:
            yield paper.text("Warnings that rest on it", "small-heading")
            warned = [(_who(one), when.seconds(one["at"]), _warning(one)) for one in notice["alerts"]]
            yield paper.grid(("Given to", "On", "Warning"), warned, (0.35, 0.25, 0.4))


def _facts(notice: Mapping[str, Any]) -> list[tuple[str, str]]:
    rows = [
        ("When it happened", when.edtf(notice["event_time"])),
        ("Said by", words.authority(notice["iss"])),
        ("How it knows", words.said("source", notice["source"])),
        ("Came to the exchange", when.seconds(notice["received"])),
        ("Why it was sent", terms.PURPOSE[notice["purpose"]]),
        ("Legal basis", terms.BASIS[notice["legal_basis"]]),
    ]
    named = (("Its case", "case"), ("Its reference", "reference"))
    return rows + [(name, notice[member]) for name, member in named if member in notice]


def _who(one: Mapping[str, Any]) -> str:
    return f"{words.authority(one['to'])}\n{terms.AUTHORITY[one['kind']]}, {words.said('state', one['state'])}"


def _delivery(one: Mapping[str, Any]) -> tuple[str, ...]:
    seen = when.seconds(one["shown"]) if "shown" in one else "not yet"
    answers = "\n".join(f"{terms.ANSWER[a['state']]}, {when.seconds(a['at'])}" for a in one.get("acknowledged", ()))
    what = "\n".join(map(_part, one["parts"])) or "that there is a notice"
    return _who(one), when.seconds(one["at"]), what, seen, answers or "none"


def _part(part: Mapping[str, Any]) -> str:
    name = terms.PART[part["part"]]
    if part["whole"] == "yes" or not part.get("members"):
        return name
    listed = ", ".join(terms.EVENT_MEMBER.get(member) or words.said("member", member) for member in part["members"])
    return f"{name}, in part: {listed}"


def _warning(one: Mapping[str, Any]) -> str:
    return f"{one['title']} ({one['pattern']}), {words.said('severity', one['severity']).lower()}"


def _rest(said: Mapping[str, Any]) -> Iterator[Flowable]:
    yield paper.text("Who asked about you", "heading")
    if said["queries"]:
        rows = [
            (
                words.authority(q["asked_by"]),
                when.seconds(q["at"]),
                terms.PURPOSE[q["purpose"]],
                terms.BASIS[q["legal_basis"]],
            )
            for q in said["queries"]
        ]
        yield paper.grid(("Authority", "On", "Why", "Legal basis"), rows, (0.2, 0.2, 0.3, 0.3))
    else:
        yield paper.text("The office was told of no query about you.")
    yield paper.text("Earlier reports like this one", "heading")
    if said["reports"]:
        rows = [
            (when.seconds(r["at"]), terms.FOR[r["for"]], terms.PURPOSE[r["purpose"]], terms.BASIS[r["legal_basis"]])
            for r in said["reports"]
        ]
        yield paper.grid(("Made on", "For", "Purpose", "Legal basis"), rows, (0.2, 0.2, 0.3, 0.3))
    else:
        yield paper.text("None was made before.")


def _glossary() -> Iterator[Flowable]:
    yield paper.text("What the words mean", "heading")
    yield paper.pairs(terms.GLOSSARY)


def _evidence(handed: Handed) -> Iterator[Flowable]:
    yield paper.text("How anybody can check this paper", "heading")
    for number, step in enumerate(_CHECK, start=1):
        yield paper.text(f"{number}. {' '.join(step.split())}")
    places = paper.pairs(
        [
            ("Fingerprint of the text", b64encode(hashlib.sha256(handed.jws.encode()).digest())),
            ("Key that signed it", jws.parse(handed.jws, statements.DISCLOSURE_REPORT).kid),
            ("Signature", handed.jws.rpartition(".")[2]),
            ("Number of the leaf", str(handed.leaf["index"])),
            ("Leaf", str(handed.leaf["hash"])),
            ("Salt", str(handed.leaf["salt"])),
        ]
    )
    title = paper.text("Checkpoint of the ledger", "small-heading")
    shown = paper.text(handed.checkpoint or "No checkpoint covered the leaf yet when this paper was printed.", "code")
    yield KeepTogether([places, title, shown])
