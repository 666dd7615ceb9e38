"""After retention nothing in any table says whose case it was, nor any token: every column of every table is looked at.

What was proven stays so: receipts, leaves, and what stands under an id.
"""

import base64
import binascii
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from authorities import Office, hire, tokens
from builders import SK_ASYLUM, SK_BORDER, UA_BORDER, UNHCR
from conftest import Enrol
from exchange import clock, retaining
from exchange.client.speaker import Refused
from exchange.deps import Hub
from exchange.domain.retention import KEPT
from exchange.store import tokens as index
from exchange.store.session import rows
from steps import keep_all

CASES = {who.slug: f"born-1984-{who.slug}" for who in (SK_ASYLUM, SK_BORDER, UA_BORDER)}
FILE, ORDER = "01931d3c-0000-7000-8000-00000000f11e", "UDS/1984/2026"
LATER = timedelta(days=31)
STAYS = {
    "alert_event.detail": {FILE.encode()},
    "part.disclosure": {ORDER.encode()},
}
"""table.column -> what stays there: in the history of an alert the UUID by which a comment names the authority's own
file (docs/decisions/0027), and in the part `event`, which stays as it was signed, its author's `reference` of the act.
"""


def lived(hub: Hub, enrol: Enrol) -> tuple[Office, Office, Office, Office]:
    """Let a person be told of, linked, asked about, checked, warned of, judged and reported on."""
    asylum, border, ua, unhcr = (enrol(who) for who in (SK_ASYLUM, SK_BORDER, UA_BORDER, UNHCR))
    for office in (asylum, border, ua):
        hire(hub, office.who.slug, "one-1")
    of = {"person": "one", "safeguards": ["elderly"], "aud": [UNHCR.urn]}
    ordered = border.parts("return_decision", case=CASES["sk-border"], facts={"destinations": ["UKR"]}, **of)
    border.speaker.post({**ordered, "event": {**ordered["event"], "reference": ORDER}})
    border.leg("UKR", case=CASES["sk-border"], event_time="2026-09-01", **of)
    ua.leg("AFG", case=CASES["ua-border"], event_time="2026-10-01", **of)
    asylum.post("claim_registered", case=CASES["sk-asylum"], event_time="2026-10-05", **of)
    keep_all(hub)
    border_link, ua_link = (office.speaker.links.index(case=CASES[office.who.slug])[0] for office in (border, ua))
    border.speaker.links.say(border_link["id"], "confirm", "one-1", ("document", "photograph"))
    ua.speaker.links.say(ua_link["id"], "confirm", "one-1", ("document", "photograph"))
    keep_all(hub)
    asylum.ask(CASES["sk-asylum"], "one")
    asked = {"purpose": "implementing_a_return_decision", "legal_basis": "national_law"}
    removal = {"destination": "UKR", "date": "2027-01-05", "means": "land"}
    asylum.speaker.check({**asked, "case": CASES["sk-asylum"], "tokens": tokens("one")["values"], **removal})
    keep_all(hub)
    asylum.speaker.disclosures.report({"case": CASES["sk-asylum"], "purpose": "access_by_the_person",
                                       "legal_basis": "gdpr_15", "for": "person"})  # fmt: skip
    for alert in asylum.speaker.alerts():
        comment = {"caseworker": "one-1", "code": "see_own_file", "reference": FILE}
        asylum.speaker.act(alert["id"], "comment", comment)
    return asylum, border, ua, unhcr


def test_nothing_says_whose_case_it_was_when_its_time_is_over(
    hub: Hub, web: str, enrol: Enrol, database_url: str
) -> None:
    assert web
    offices = lived(hub, enrol)
    secrets = said(hub)
    before = proven(hub)
    found = places(database_url, secrets)
    assert found.keys() >= {
        "notice.case_ref",
        "query.case_ref",
        "token_case.case_ref",
        "part.disclosure",
        "part.cut",
        *STAYS,
    }
    assert "opening.record" in found  # of the query and the check
    with hub.database.transaction() as tx:
        tx.execute("UPDATE alert SET status = 'closed'")
    now = clock.now() + KEPT["evidence"] + LATER
    while retaining.retain(hub, now):
        now += LATER
    for office in offices:
        assert all(alert["notices"] == [] for alert in (*office.speaker.alerts(), *office.speaker.closed_alerts()))
        assert office.speaker.links.index("judged") == []
    with pytest.raises(Refused) as refused:
        offices[0].ask(CASES["sk-asylum"], "one")
    assert refused.value.code == "no-own-case"
    assert places(database_url, secrets) == STAYS
    assert proven(hub) == before
    with hub.database.transaction() as tx:
        assert index.population(tx) == index.FEWEST
        assert rows(tx, "SELECT sum(cases) FROM token_author") == [(0,)]


def said(hub: Hub) -> list[bytes]:
    """Everything that must be found nowhere: references, tokens, and tokens as they are kept."""
    with hub.database.transaction() as tx:
        encrypted = [bytes(cut) for (cut,) in rows(tx, "SELECT cut FROM part WHERE cut IS NOT NULL")]
        assert {slug for (slug,) in rows(tx, "SELECT slug FROM alert")} >= {"sk-asylum", "unhcr"}
    assert len(encrypted) == len(CASES) + 1
    values = [value.partition(".")[2] for value in tokens("one")["values"]]
    forms = [form for value in values for form in (value.encode(), base64.urlsafe_b64decode(value + "="))]
    return [*(case.encode() for case in CASES.values()), FILE.encode(), ORDER.encode(), *encrypted, *forms]


def proven(hub: Hub) -> list[Any]:
    """What stays for good: notices as they were signed, leaves of these, words on links, that queries were asked."""
    with hub.database.transaction() as tx:
        return [
            rows(
                tx, "SELECT n.no, id, sha256, n.jws, r.jws FROM notice n JOIN receipt r ON r.notice = n.no ORDER BY no"
            ),
            rows(tx, "SELECT * FROM leaf WHERE index <= (SELECT max(leaf_index) FROM notice) ORDER BY index"),
            rows(tx, "SELECT one, other, verdict, slug FROM link_judgement ORDER BY no"),
            rows(tx, "SELECT slug, id, sha256, purpose, hit FROM query JOIN query_answer USING (slug, id) ORDER BY id"),
        ]


def places(url: str, secrets: list[bytes]) -> dict[str, set[bytes]]:
    """Return every column, as table.column, in which one of these stands, as it is or in base64url, and which."""
    found = {}
    with psycopg.connect(url) as connection:
        names = connection.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
            " AND data_type IN ('text', 'jsonb', 'json', 'bytea', 'ARRAY', 'character varying', 'uuid')"
        ).fetchall()
        for table, column in names:
            values = connection.execute(f"SELECT {column} FROM {table} WHERE {column} IS NOT NULL").fetchall()  # noqa: S608 -- as found
            text = b"\n".join(opened(written(value)) for (value,) in values)
            if there := {secret for secret in secrets if secret in text}:
                found[f"{table}.{column}"] = there
    return found


def written(value: Any) -> bytes:
    if isinstance(value, bytes):
        return value
    return (value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)).encode()


def opened(text: bytes) -> bytes:
    """Return a text with everything that is base64url in it, and in that, opened behind it."""
    return b"\n".join((text, *map(opened, decoded(text))))


def decoded(text: bytes) -> Iterator[bytes]:
    for word in re.findall(rb"[A-Za-z0-9_-]{24,}", text):
        try:
            yield base64.urlsafe_b64decode(word + b"=" * (-len(word) % 4))
        except binascii.Error:
            continue
