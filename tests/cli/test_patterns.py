"""`patterns list`, `show` and `judge`: what people read, what programs read, and files that nobody has checked."""

import json
import re
from pathlib import Path
from typing import Any

import click.testing
import pytest

from exchange.cli.main import cli
from exchange.domain.judged_cases import MOST_EVENTS
from exchange.domain.patterns import telling
from exchange.domain.patterns.catalogue import PATTERNS
from exchange.domain.patterns.evaluator import evaluate

ROOT = Path(__file__).parents[2]
CASES = ROOT / "tests" / "domain" / "patterns" / "judged-cases.json"
IDS = [pattern.id for pattern in PATTERNS]


def run(*words: object) -> click.testing.Result:
    done = click.testing.CliRunner().invoke(cli, ["patterns", *map(str, words)])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


def event(seq: int, date: str | None, what: str, states: str, **more: Any) -> dict[str, Any]:
    state, _, other = states.partition(">")
    return {"seq": seq, "date": date, "event": what, "state": state, "counterpart_state": other or None, **more}


def chain(name: str = "CHAIN", **more: Any) -> dict[str, Any]:
    """A case with no more than it needs."""
    legs = [
        event(3, "2024-01-06", "removal_executed", "SVK>UKR"),
        event(8, "2024-03-01", "removal_executed", "UKR>AFG"),
    ]
    return {"id": name, "events": legs, **more}


@pytest.fixture
def judged(tmp_path: Path) -> Any:
    """Judge cases, or any text, from a file; returns status, standard output as JSON, and standard error."""

    def judge(told: object, *words: str) -> tuple[int, Any, str]:
        path = tmp_path / "cases.json"
        path.write_bytes(told if isinstance(told, bytes) else json.dumps({"cases": told}).encode())
        done = run("judge", path, "--json", *words)
        return done.exit_code, json.loads(done.stdout) if done.stdout else None, done.stderr

    return judge


def test_the_commands_of_the_readme_work(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tests").symlink_to(ROOT / "tests")
    (tmp_path / "var").mkdir()
    readme = (ROOT / "README.md").read_text("utf-8")
    commands = re.findall(r"^asylum-exchange ((?:patterns|simulate) .+)$", readme, re.MULTILINE)
    assert {command.split()[0] for command in commands} == {"patterns", "simulate"}
    told = [click.testing.CliRunner().invoke(cli, command.split()) for command in commands]
    assert [(done.exit_code, done.exception) for done in told] == [(0, None)] * len(told)
    assert len([done for done in told if "P04" in done.stdout]) >= 3


def test_the_docs_say_how_long_a_case_may_be() -> None:
    assert f"more than {MOST_EVENTS:,} events" in (ROOT / "docs" / "operations.md").read_text("utf-8")


# list and show


def test_every_pattern_is_listed() -> None:
    shown = run("list").stdout
    assert [line[:3] for line in shown.splitlines()[::2]] == IDS
    listed = json.loads(run("list", "--json").stdout)
    assert [one["id"] for one in listed] == IDS
    (chained,) = [one for one in listed if one["id"] == "P04"]
    assert (chained["family"], chained["severity"], chained["stages"]) == ("path", ["critical", "critical"], ["done"])


def test_a_pattern_is_shown_with_all_that_judges_it() -> None:
    shown = run("show", "p05").stdout
    for words in ("Ask first: Ask both states to hold", "p05.onward: 731 days", "S6: the receiving state promised"):
        assert words in shown
    assert "  next_plan: B had decided or planned to send the person to C." in shown
    for pattern in PATTERNS:
        found = json.loads(run("show", pattern.id, "--json").stdout)
        asked = re.findall(r'"(?:within|beyond)": "([^"]+)"', json.dumps(found["variants"]))
        assert set(asked) <= set(found["windows"])
        assert all(clause["words"] for variant in found["variants"] for clause in variant["clauses"])


def test_the_examples_that_are_shown_can_be_judged_as_they_stand() -> None:
    """Every line is read back into the same event, so what is shown is what the tests judge."""
    for pattern in PATTERNS:
        found = json.loads(run("show", pattern.id, "--json").stdout)
        for shown, example in zip(found["examples"], pattern.examples, strict=True):
            again = telling.told(
                "\n".join(shown["events"]), *(" ".join(shown.get(n, ())) for n in ("danger", "safeguards"))
            )
            assert sorted(again.events, key=_ref) == sorted(example.timeline.events, key=_ref), shown["words"]
            if "doubted" not in shown and "onward" not in shown:
                seen = {one.variant for one in evaluate(again, [pattern], example.now).findings}
                assert bool(seen) == bool(shown["finds"]), shown["words"]


def _ref(one: Any) -> int:
    return int(one.ref)


@pytest.mark.parametrize("words", [("show", "P99"), ("show", ""), ("why", "1", "P99")])
def test_an_unknown_pattern_is_answered_with_those_there_are(words: tuple[str, ...]) -> None:
    done = run(*words)
    assert done.exit_code == 2
    assert done.stdout == ""
    assert ", ".join(IDS) in done.stderr


# judge


def test_the_judged_cases_are_judged_as_the_table_says() -> None:
    done = run("judge", CASES, "--json")
    table = json.loads((CASES.parent / "judged-table.json").read_text("utf-8"))
    found = {one["id"]: one for one in json.loads(done.stdout)["cases"]}
    assert (done.exit_code, done.stderr) == (0, "")
    assert {
        name: sorted([f["pattern"], f["severity"]] for f in one["findings"]) for name, one in found.items()
    } == table
    for one in found.values():
        assert set(one) == {"id", "findings", "why_not"}
        for finding in one["findings"]:
            assert list(finding) == ["pattern", "severity", "certainty", "stage", "events"]
            assert not {finding["pattern"]} & set(one["why_not"])


def test_a_case_that_nobody_has_seen_needs_no_more_than_its_events(judged: Any) -> None:
    status, told, warned = judged([chain()])
    (case,) = told["cases"]
    (found,) = [one for one in case["findings"] if one["pattern"] == "P04"]
    assert (status, warned) == (0, "")
    assert found == {
        "pattern": "P04",
        "severity": "critical",
        "certainty": "certain",
        "stage": "done",
        "events": {"first_leg": [3], "second_leg": [8]},
    }
    assert case["why_not"]["P07"].startswith("not shown: remedy (")


def test_people_are_told_the_events_and_why_not(tmp_path: Path) -> None:
    path = tmp_path / "cases.json"
    path.write_text(json.dumps({"cases": [chain(name="A\x1b[2JB"), chain(title="x")]}))
    shown = run("judge", path).stdout
    assert "    first_leg: SVK handed the person over to UKR.\n      3: 2024-01-06 removal_executed SVK>UKR\n" in shown
    assert "      none from the beginning to 8\n" in shown
    assert "  P07 not shown: remedy (" in shown
    assert "\x1b" not in shown
    assert "A\\x1b[2JB" in shown


@pytest.mark.parametrize(
    ("words", "chained"),
    [
        ((), True),
        (("--at", "2024-02-29"), False),
        (("--at", "2024-03"), True),
        (("--known", "2024-02-29"), False),
        (("--at", "2030-01-01", "--known", "2024-03-01"), True),
    ],
)
def test_a_case_is_judged_as_of_twice(judged: Any, words: tuple[str, ...], *, chained: bool) -> None:
    _, told, _ = judged([chain()], *words)
    assert ("P04" in {one["pattern"] for one in told["cases"][0]["findings"]}) == chained


def test_a_silence_is_judged_at_the_day_that_is_given(judged: Any) -> None:
    case = {"id": "x", "events": [event(1, "2024-01-06", "removal_executed", "SVK>UKR")]}
    for words, lost in (
        ((), False),
        (("--at", "2024-02-01"), True),
        (("--at", "2024-02-01", "--known", "2024-01-08"), False),
    ):
        _, told, _ = judged([case], *words)
        assert ("P13" in {one["pattern"] for one in told["cases"][0]["findings"]}) == lost, words


def test_events_that_no_notice_can_tell_are_warned_of_and_left_out(judged: Any) -> None:
    case = chain()
    case["events"] += [
        event(9, "2024-03-02", "abducted_by_aliens", "UKR"),
        event(4, None, "other", "SVK", subtype="pullback"),
    ]
    case["events"].append(event(10, "2024-03-02", "detention", "AFG", precision="unknown"))
    status, told, warned = judged([case])
    assert status == 0
    assert {one["pattern"] for one in told["cases"][0]["findings"]} >= {"P04"}
    assert "case CHAIN: event 9 left out: abducted_by_aliens is not known\n" in warned
    assert "case CHAIN: event 10: its date is of unknown precision and is not used\n" in warned


def test_two_cases_of_one_id_are_both_judged_and_warned_of(judged: Any) -> None:
    status, told, warned = judged([chain(), chain()])
    assert (status, [one["id"] for one in told["cases"]]) == (0, ["CHAIN", "CHAIN"])
    assert warned == "case CHAIN: 2 cases have this id\n"


def bent(**more: Any) -> dict[str, Any]:
    """The chain with its second event bent."""
    case = chain("BENT")
    case["events"][1] |= more
    return case


BAD = [
    (3, "case number 2: it is no object"),
    ({}, "case number 2: id is missing"),
    ({"id": 7, "events": []}, "case number 2: id is missing, or no text"),
    ({"id": "BENT"}, "case BENT: events is missing"),
    ({"id": "BENT", "events": {"a": 1}}, "case BENT: events is missing, or no list of objects"),
    ({"id": "BENT", "events": [None]}, "case BENT: events is missing, or no list of objects"),
    ({"id": "BENT", "events": [{}] * (MOST_EVENTS + 1)}, f"case BENT: events is {MOST_EVENTS + 1} long"),
    (chain("BENT", country_of_origin=["AFG"]), "case BENT: country_of_origin is no text"),
    (chain("BENT", feared_states="AFG"), "case BENT: feared_states is no list of texts"),
    (chain("BENT", vulnerability=[1]), "case BENT: vulnerability is no text"),
    (chain("BENT", date="soon"), "case BENT: date is no date like"),
    (bent(seq=3), "case BENT: seq 3 is given twice"),
    (bent(seq=True), "case BENT, event number 2: seq is missing, or no whole number"),
    (bent(seq=1.5), "case BENT, event number 2: seq is"),
    (bent(date=20240301), "case BENT, event number 2: date is no text"),
    (bent(date="2024-02-30"), "case BENT, event number 2: date is no date"),
    (bent(date="9999-12-31"), "case BENT, event number 2: date is not between"),
    (bent(date="2024-03-01~"), "case BENT, event number 2: date is no date"),
    (bent(precision="rough"), "case BENT, event number 2: precision is none of day"),
    (bent(precision=["day"]), "case BENT, event number 2: precision is none of"),
    (bent(approx="no"), "case BENT, event number 2: approx is neither"),
    (bent(state=None), "case BENT, event number 2: state is missing"),
    (bent(state=" "), "case BENT, event number 2: state is missing or empty"),
    (bent(counterpart_state={"a": 1}), "case BENT, event number 2: counterpart_state is no text"),
    (bent(event=None), "case BENT, event number 2: event is missing"),
    (bent(subtype=5), "case BENT, event number 2: subtype is no text"),
]


def test_a_bad_case_is_named_with_its_member_and_hides_no_other(judged: Any) -> None:
    for bad, words in BAD:
        status, told, warned = judged([chain("FIRST"), bad, chain("LAST")])
        assert status == 2, words
        assert [one["id"] for one in told["cases"]] == ["FIRST", "LAST"], words
        assert warned.startswith(words), warned
        assert len(warned.splitlines()) == 1


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (b"", "no JSON"),
        (b"\xff\xfe", "not UTF-8"),
        (b"[]", "no object with the member cases"),
        (b"{}", "The member cases is missing, or no list"),
        (b'{"cases": {"id": "x"}}', "The member cases is missing, or no list"),
        (b'{"cases": [NaN]}', "NaN"),
        (b'{"cases": [1e999]}', "overflows"),
        (b'{"cases": [], "cases": []}', "names the same member twice"),
        (b'{"cases": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "nested deeper"),
        (b'{"cases": [{"id": "\\ud800"}]}', "surrogate"),
    ],
)
def test_a_file_that_is_no_such_file_is_told_in_one_line(judged: Any, told: bytes, words: str) -> None:
    status, shown, warned = judged(told)
    assert (status, shown) == (2, None)
    assert words in warned
    assert len(warned.splitlines()) == 1


def test_odd_and_empty_cases_are_judged(judged: Any) -> None:
    """Dates out of order, none at all, before the judgment and after it; text that means something to a formatter."""
    upside = chain("UPSIDE")
    upside["events"][0]["date"], upside["events"][1]["date"] = "2024-03-01", "2024-01-06"
    timeless = chain("TIMELESS")
    for one in timeless["events"]:
        one["date"] = None
    braces = chain("BRACES", country_of_origin="{A}")
    braces["events"][0]["state"] = "{0.__class__}"
    many = {"id": "MANY", "events": [event(n, "2024-01-01", "removal_executed", "SVK>UKR") for n in range(500)]}
    told = [{"id": "NOTHING", "events": []}, upside, timeless, braces, many]
    status, shown, _ = judged(told)
    found = {one["id"]: {f["pattern"]: f["certainty"] for f in one["findings"]} for one in shown["cases"]}
    assert status == 0
    assert found["NOTHING"] == {}
    assert "P04" not in found["UPSIDE"]
    assert found["TIMELESS"]["P04"] == "possible"
    assert "P04" in found["BRACES"]
    assert "P04" not in found["MANY"]
