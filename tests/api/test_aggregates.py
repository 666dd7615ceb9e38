"""The aggregate report over real HTTP: who may read it, in which forms, and with which traces."""

import csv
import hashlib
import io
import json
from typing import Any

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from authorities import Office
from builders import SK_ASYLUM, SK_BORDER, UNHCR, reader
from conftest import Enrol
from exchange import releasing
from exchange.cli.authority_commands import authority
from exchange.client.speaker import Refused
from exchange.clock import now
from exchange.deps import Hub
from exchange.domain import merkle
from exchange.domain.aggregates import ALL, MEASURES, SUPPRESSED
from exchange.domain.aggregates import READERS as KINDS
from exchange.domain.quarters import SETTLED, Quarter
from exchange.store.session import rows
from exchange.wire.encoding import b64decode, b64encode
from schemas.catalogue import CATALOGUE, served

SECRETARIAT = reader("office", "secretariat", "UNO")


def fits(name: str, value: object) -> None:
    assert [error.message for error in Draft202012Validator(served(name)).iter_errors(value)] == []
    assert CATALOGUE[name].schema.validate(value) == {}


@pytest.fixture
def offices(hub: Hub, web: str, enrol: Enrol) -> dict[str, Office]:
    """Everybody, after a quarter in which Slovakia refused entry 12 times and registered one claim."""
    made = {who.slug: enrol(who) for who in (SK_BORDER, SK_ASYLUM, UNHCR, SECRETARIAT)}
    border = made["sk-border"]
    border.speaker.post_batch([border.parts("entry_refused", counterpart="UKR") for _ in range(12)])
    made["sk-asylum"].post("claim_registered")
    releasing.freeze(hub, Quarter.of(now()).end + SETTLED)
    assert web
    return made


def acts(hub: Hub, slug: str) -> list[tuple[str, str]]:
    with hub.database.transaction() as tx:
        return rows(tx, "SELECT what, object FROM act WHERE slug = %s ORDER BY no", (slug,))


def test_who_reads_what_and_in_which_forms(hub: Hub, offices: dict[str, Office]) -> None:
    quarter = Quarter.of(now()).name
    for office in offices.values():
        if office.who.kind not in KINDS:
            for target in ("", f"/{quarter}", f"/{quarter}.csv", "/2001-Q1", "/2001-Q1.csv"):
                with pytest.raises(Refused) as refused:
                    office.speaker._read(f"/v1/aggregates{target}")  # noqa: SLF001 -- as a client never would
                assert (refused.value.code, refused.value.more["status"]) == ("not-yours-to-read", 403)
    assert {office.who.kind for office in offices.values()} & KINDS == {"monitor", "secretariat"}

    for slug in (UNHCR.slug, SECRETARIAT.slug):
        found = offices[slug].speaker.releases
        index = found.index()
        fits("releases", {"releases": index})
        release = found.one(quarter)
        fits("release", release)
        shown: dict[str, Any] = {row["state"]: row for row in release["rows"]}
        assert shown["SVK"]["entry_refusals"] == shown[ALL]["entry_refusals"] == 10
        assert shown["SVK"]["claims_registered"] == shown[ALL]["claims_registered"] == SUPPRESSED
        body = found._read(f"/v1/aggregates/{quarter}")  # noqa: SLF001 -- the bytes are what is hashed
        (named,) = index
        assert named["sha256"] == b64encode(hashlib.sha256(body).digest())
        entry = hashlib.sha256(b64decode(named["leaf"]["salt"]) + body).digest()
        assert named["leaf"]["hash"] == b64encode(merkle.leaf_hash(entry))
        with pytest.raises(Refused) as refused:
            found.one("2001-Q1")
        assert refused.value.code == "not-found"
        assert (acts(hub, slug)[0], acts(hub, slug)[1]) == (("aggregates", ""), ("aggregates", quarter))

    text = offices[UNHCR.slug].speaker.releases.table(quarter)
    assert text.count("\r\n") == len(shown) + 1
    assert text.replace("\r\n", "").isprintable()
    table = list(csv.DictReader(io.StringIO(text, newline="")))
    assert list(table[0]) == ["quarter", "state", *MEASURES]
    assert [{m: str(row[m]) for m in ("state", *MEASURES)} for row in release["rows"]] == [
        {m: row[m] for m in ("state", *MEASURES)} for row in table
    ]
    assert not any(cell[0] in "=+-@\t\r" for row in table for cell in row.values())


def test_the_command_prints_them(offices: dict[str, Office]) -> None:
    quarter = Quarter.of(now()).name
    folder = ["--folder", str(offices[UNHCR.slug].folder.path)]
    run = CliRunner().invoke

    def printed(*arguments: str) -> str:
        result = run(authority, [*folder, "aggregates", *arguments])
        assert result.exit_code == 0, result.output
        return result.output

    assert [one["quarter"] for one in json.loads(printed())] == [quarter]
    fits("release", json.loads(printed(quarter)))
    assert printed(quarter, "--csv").startswith("quarter,state,claims_expressed,")
    assert run(authority, [*folder, "aggregates", "--csv"]).exit_code == 2
    refused = run(authority, ["--folder", str(offices[SK_BORDER.slug].folder.path), "aggregates"])
    assert isinstance(refused.exception, Refused)


@pytest.mark.parametrize("count", [-5, 3, 5.0, True, "5", "hidden", None, 2**60 * 5])
def test_a_count_is_a_multiple_of_five_or_suppressed(count: object) -> None:
    entry = CATALOGUE["release"]
    rows_with = [{**row, "alerts": count} for row in entry.example["rows"]]
    assert entry.schema.validate(entry.example) == {}
    assert entry.schema.validate({**entry.example, "rows": rows_with})
