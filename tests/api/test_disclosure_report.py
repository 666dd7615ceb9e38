"""The disclosure report over real HTTP: who was told what, when, why; nothing that came of a hidden notice shows."""

import hashlib
import json
import threading
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator
from pypdf import PdfReader

from authorities import Office
from builders import BY_ASYLUM, SK_ASYLUM, SK_BORDER, UA_ASYLUM, UNHCR, reader
from conftest import Enrol, settings_for
from exchange import deps
from exchange.cli import main
from exchange.client.speaker import Refused
from exchange.clock import now
from exchange.deps import Hub
from exchange.domain import merkle
from exchange.publishing import Log
from exchange.wire import statements, tlog
from exchange.wire.encoding import b64decode, b64encode
from exchange.wire.signed_note import read_vkey
from schemas.catalogue import served
from steps import keep_all

BY_MONITOR = reader("by-monitor", "monitor", "BLR")
BY_BORDER = reader("by-border", "border_guard", "BLR")
RU_ASYLUM = reader("ru-asylum", "asylum_office", "RUS")
ASKED = {"purpose": "access_by_the_person", "legal_basis": "gdpr_15", "for": "counsel"}
FRESH = {"id", "iat", "at", "received", "shown"}
"""What differs between any two reports, whoever may know of what."""


@pytest.fixture
def log(hub: Hub, secrets_folder: Path, database_url: str) -> Log:
    return Log(hub.database, deps.ledger_signer(settings_for(database_url, secrets_folder, hub.origin)))


def paper(office: Office, log: Log, path: Path) -> None:
    """Have a report printed by the command, and check it as the last page of it says."""
    stop = threading.Event()

    def sign() -> None:
        while not stop.wait(0.1):
            log.sign(now())

    signing = threading.Thread(target=sign)
    signing.start()
    said = ["authority", "--folder", str(office.folder.path), "disclosure-report", "p", "--for", "person", "--json"]
    done = CliRunner().invoke(main.cli, [*said, "--legal-basis", "gdpr_15", "--pdf", str(path)])
    stop.set()
    signing.join()
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["says"] == statements.heard(
        told["report"], statements.DISCLOSURE_REPORT, office.folder.hub_key("words")
    )
    entry = hashlib.sha256(b64decode(told["leaf"]["salt"]) + told["report"].encode()).digest()
    found = tlog.check_inclusion(
        tlog.read_proof(told["proof"].encode()), merkle.leaf_hash(entry), read_vkey(log_key(office))
    )
    printed = " ".join(page.extract_text() for page in PdfReader(path).pages)
    for line in (b64encode(hashlib.sha256(told["report"].encode()).digest()), b64encode(found.checkpoint.head.root)):
        assert line.replace("-", "+").replace("_", "/")[:20] in printed.replace("-", "+").replace("_", "/")
    assert path.stat().st_mode & 0o777 == 0o600


def log_key(office: Office) -> str:
    return str(office.folder.hub["ledger_vkey"])


def report(office: Office, case: str, **said: str) -> dict[str, Any]:
    made = dict(office.speaker.disclosures.report({"case": case, **ASKED, **said}).said)
    assert list(Draft202012Validator(served("disclosure-report")).iter_errors(made)) == []
    return made


def refusal(office: Office, case: str) -> str:
    with pytest.raises(Refused) as refused:
        office.speaker.disclosures.report({"case": case, **ASKED})
    return refused.value.code


def plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items() if k not in FRESH}
    return [plain(v) for v in value] if isinstance(value, list) else value


def chain(border: Office, asylum: Office, kyiv: Office, person: str) -> None:
    """A person claims, is put out to Ukraine, and Ukraine puts the person out to Afghanistan: pattern P04."""
    said = {"person": person, "case": person}
    border.post("claim_expressed", aud=[SK_ASYLUM.urn, UNHCR.urn], **said, facts={"channel": "oral"})
    border.leg("UKR", event_time="2026-10-02", aud=[UA_ASYLUM.urn, SK_ASYLUM.urn], **said)
    kyiv.post("claim_registered", event_time="2026-10-03", aud=[SK_ASYLUM.urn], **said, safeguards=["pregnant"])
    asylum.post("claim_not_taken", event_time="2026-10-04", aud=[UA_ASYLUM.urn], **said)


def receive(office: Office, *others: Office) -> None:
    for other in others:
        office.folder.know(other.enrolment)
    for item in office.speaker.inbox()["items"]:
        office.speaker.receive(item)


@pytest.mark.rule("L10", "L20", "L25")
@pytest.mark.usefixtures("web")
def test_a_report_says_who_was_told_what_when_and_why(hub: Hub, enrol: Enrol, log: Log, tmp_path: Path) -> None:
    border, asylum, kyiv, unhcr = map(enrol, (SK_BORDER, SK_ASYLUM, UA_ASYLUM, UNHCR))
    chain(border, asylum, kyiv, "p")
    keep_all(hub)
    receive(asylum, kyiv, border)
    kyiv.ask("p", "p")
    keep_all(hub)
    told = report(kyiv, "p")
    (own,) = told["notices"]
    assert (own["kind"], own["case"], own["purpose"]) == ("claim_registered", "p", "protection_of_vital_interests")
    (to_asylum,) = own["told"]
    assert (to_asylum["to"], to_asylum["state"], to_asylum["kind"]) == (SK_ASYLUM.urn, "SVK", "asylum_office")
    assert own["received"] <= to_asylum["at"] <= to_asylum["shown"] <= to_asylum["acknowledged"][0]["at"]
    assert [one["state"] for one in to_asylum["acknowledged"]] == ["delivered"]
    assert {(p["part"], p["whole"]) for p in to_asylum["parts"]} >= {("event", "yes"), ("safeguards", "yes")}
    assert told["not_into"] == ["AFG"]
    assert (told["reports"], told["queries"]) == ([], [])
    asked = report(asylum, "p")["queries"]
    assert [(one["asked_by"], one["purpose"]) for one in asked] == [(UA_ASYLUM.urn, "examining_the_application")]
    again = report(kyiv, "p", purpose="rectification")["reports"]
    assert [(one["purpose"], one["for"]) for one in again] == [("access_by_the_person", "counsel")]
    whole = report(unhcr, "unhcr-1") if unhcr.post(person="p") and keep_all(hub) else {}
    assert [n["kind"] for n in whole["notices"]] == [
        "claim_expressed",
        "removal_executed",
        "claim_registered",
        "claim_not_taken",
        "encounter",
    ]
    assert ["case" in n for n in whole["notices"]] == [False] * 4 + [True]
    leg = whole["notices"][1]
    assert {(d["to"], d["kind"]) for d in leg["told"]} == {
        (UA_ASYLUM.urn, "asylum_office"),
        (SK_ASYLUM.urn, "asylum_office"),
    }
    assert {a["to"] for a in leg["alerts"]} >= {UNHCR.urn}
    paper(kyiv, log, tmp_path / "report.pdf")
    assert refusal(border, "p") == "not-yours-to-read"
    assert refusal(kyiv, "of-nobody") == "no-own-case"


def belarus(office: Office, guard: Office, person: str) -> None:
    """Belarus hears a claim and puts the person out: pattern P01, by the words of its own authorities alone."""
    said = {"person": person, "subject": {"nationality": ["KAZ"]}}
    office.post("claim_expressed", **said, case=person, aud=[RU_ASYLUM.urn, UA_ASYLUM.urn])
    guard.leg("UKR", event_time="2026-10-02", **said, case=person, aud=[BY_ASYLUM.urn])


@pytest.mark.rule("L22", "L25")
@pytest.mark.usefixtures("web")
def test_nothing_that_a_hidden_notice_brought_about_shows(hub: Hub, enrol: Enrol) -> None:
    minsk, guard, slovak, unhcr, monitor = map(enrol, (BY_ASYLUM, BY_BORDER, SK_ASYLUM, UNHCR, BY_MONITOR))
    for silent in (RU_ASYLUM, UA_ASYLUM):
        enrol(silent)
    hidden = {"person": "feared", "subject": {"feared": ["BLR"]}, "event_time": "2026-09-01"}
    enrol(SK_BORDER).leg("BLR", **hidden)  # with it the removal to Ukraine is the second of a chain
    slovak.post("claim_registered", person="feared", subject={"nationality": ["KAZ"], "feared": ["BLR"]}, case="f")
    keep_all(hub)
    for person in ("feared", "alone"):
        belarus(minsk, guard, person)
        keep_all(hub)
        monitor.post("claim_expressed", person=person, subject={}, case=f"m-{person}", state="BLR")
        keep_all(hub)
    slovak.post("protection_status", person="feared", subject={"feared": ["BLR"]}, case="f", event_time="2026-10-05")
    keep_all(hub)
    assert report(slovak, "f")["not_into"] == ["BLR", "KAZ", "RUS"]
    actual = {d["to"] for n in report(unhcr, "u")["notices"] for d in n["told"]} if spoken(hub, unhcr) else set()
    assert RU_ASYLUM.urn not in actual  # as an ally of the state that is feared
    for office, name in ((minsk, "{}"), (monitor, "m-{}")):
        with_hidden, without = (plain(report(office, name.format(p))) for p in ("feared", "alone"))
        assert renamed(with_hidden) == renamed(without), office.who.slug
        assert without["notices"][0]["alerts"]
    assert {d["to"] for d in without["notices"][0]["told"]} == {RU_ASYLUM.urn, UA_ASYLUM.urn}
    minsk.post("claim_expressed", person="own", subject={"nationality": ["BLR"]}, case="own")
    minsk.post("claim_expressed", person="own-2", subject={"nationality": ["KAZ"], "feared": ["RUS"]}, case="ally")
    assert [refusal(minsk, case) for case in ("own", "ally")] == ["not-handed-over"] * 2


def spoken(hub: Hub, unhcr: Office) -> int:
    unhcr.post(person="feared", subject={"nationality": ["KAZ"]}, case="u")
    return keep_all(hub)


def renamed(value: Any) -> Any:
    """The report as a text in which the two worlds have one name."""
    return str(value).replace("feared", "alone")
