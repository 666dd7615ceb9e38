"""Notices made from the schemas, valid and spoiled: judged, written and read again, and stored in a real PostgreSQL.

A longer run without the database: CONTRIBUTING.md. The seed is printed with a failure.
"""

import json
import random
import secrets
from typing import Any

import httpx
import uuid_utils
from hypothesis import given, seed

import fuzz_notices
from authorities import Office, hire
from builders import SK_ASYLUM, SK_BORDER, UNHCR, reader
from conftest import Enrol
from exchange import clock
from exchange.client.speaker import ENVELOPE
from exchange.deps import Hub
from exchange.domain import acceptance
from exchange.store.session import rows
from exchange.wire import httpsig, sdjwt
from exchange.wire.claims import Claims
from exchange.wire.encoding import b64decode, write_json
from exchange.wire.messages import Request
from fuzz_notices import PSEUDONYMS, Parts, Seat, notices, quietly, spoil, urn
from steps import keep_all

CONTRADICTORY = "contradictory-references"
EXAMPLES, POSTED = 20, 12
GROWS = {"nonce", "refusal", "refusal_count", "leaf", "opening"}
"""What a refusal leaves: its nonce is spent, it is counted, and it is in the ledger, whose leaves have openings."""


def test_notices_of_every_kind_are_taken_and_spoiled_ones_are_refused_with_a_code_of_the_docs() -> None:
    first = random.randrange(2**32)
    print("seed", first)
    seen = fuzz_notices.run(EXAMPLES, first)
    assert sum(seen.values()) >= 2 * EXAMPLES


class Posts:
    """Authors of each kind who post over real HTTP, and what each of them may name."""

    def __init__(self, hub: Hub, enrol: Enrol) -> None:
        self.hub, self.http = hub, httpx.Client(trust_env=False)
        more = (reader("sk-return", "return_unit"), reader("sk-court", "court_liaison"))
        self.offices = {who.kind: enrol(who) for who in (SK_BORDER, SK_ASYLUM, *more, UNHCR)}
        for pseudonym, role in zip(PSEUDONYMS, ("caseworker", "supervisor"), strict=True):
            hire(hub, SK_ASYLUM.slug, pseudonym, role)
        self.seats = {kind: self._seat(office) for kind, office in self.offices.items()}
        hold = self._named(self.offices["asylum_office"], "hold_request", facts={"step": "asked"}, aud=[more[0].urn])
        self.seats["return_unit"].named = {**self.seats["return_unit"].named, "hold_request": [hold]}
        keep_all(hub)

    def _seat(self, office: Office) -> Seat:
        mine = [self._named(office, "claim_expressed") for _ in range(3)]
        named = {"": mine}
        withdrawn = office.parts("correction", facts={"act": "withdraw"}, case="C-1")
        withdrawn["event"]["withdraws"] = mine[2]
        named["correction"] = [self._posted(office, withdrawn)]
        asked = {
            "information_request": {"asked": ["stage"]},
            "hold_request": {"step": "asked"},
            "responsibility_request": {"request_type": "readmission"},
        }
        for kind, facts in asked.items():
            if office.who.kind in acceptance.AUTHORS[kind] and (kind, office.who.kind) != (
                "hold_request",
                "return_unit",
            ):
                counterpart = {"counterpart": "UKR"} if kind == "responsibility_request" else {}
                named[kind] = [self._named(office, kind, facts=facts, **counterpart)]
        return Seat(office.who, named, approves=office.who.kind == "asylum_office")

    def _named(self, office: Office, kind: str, **said: Any) -> str:
        return self._posted(office, office.parts(kind, **{"case": "C-1", **said}))

    def _posted(self, office: Office, parts: Parts) -> str:
        status, said, _ = self.send(office.who.kind, parts | {"hub": parts["hub"] | {"seq": 1}})
        assert status == 201, said
        return urn(office.who.slug, said["id"])

    def send(self, kind: str, parts: Parts) -> tuple[int, dict[str, Any], str]:
        """Post a notice; returns the status, the receipt or the problem, and the notice as it was sent."""
        office = self.offices[kind]
        made = Claims("test-exchange", str(uuid_utils.uuid7()), office.who.urn, int(clock.now().timestamp()))
        text = sdjwt.issue(made, parts, office.folder.key("notice"), secrets.token_bytes)
        target = office.folder.hub["base_url"] + "/v1/notices"
        request = Request("POST", target, (("content-type", ENVELOPE),), write_json({"notice": text}))
        signed = httpsig.sign_request(request, office.folder.key("request"), clock.now(), secrets.token_bytes(16))
        got = self.http.post(target, headers=list(signed.headers), content=signed.body)
        said = json.loads(got.content) if got.content.startswith(b"{") else receipt(got.text)
        return got.status_code, said, text

    def counts(self) -> dict[str, int]:
        """How many rows every table has, but for those that a refusal adds to."""
        listed = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
        with self.hub.database.reading() as tx:
            tables = [name for (name,) in rows(tx, f"{listed} AND table_type = 'BASE TABLE'") if name not in GROWS]
            each = " UNION ALL ".join(f"SELECT '{name}', count(*) FROM {name}" for name in tables)  # noqa: S608 -- as found
            return dict(rows(tx, each))


def receipt(text: str) -> dict[str, Any]:
    """What a receipt says, a compact JWS."""
    said: dict[str, Any] = json.loads(b64decode(text.split(".")[1]))
    return said


def test_what_is_taken_is_stored_byte_for_byte_and_what_is_refused_leaves_nothing(
    hub: Hub, web: str, enrol: Enrol
) -> None:
    posts = Posts(hub, enrol)
    assert web
    first = random.randrange(2**32)
    print("seed", first)

    @seed(first)
    @quietly(POSTED)
    @given(notices(posts.seats))
    def taken(made: tuple[Seat, Parts]) -> None:
        seat, parts = made
        status, said, text = posts.send(seat.who.kind, parts)
        assert status == 201, said
        speaker = posts.offices[seat.who.kind].speaker
        own = speaker.notice(seat.who.urn, said["id"])
        assert own["notice"] == text
        assert speaker.open(own).parts == parts

    @seed(first)
    @quietly(POSTED)
    @given(spoil(posts.seats))
    def refused(made: tuple[Seat, Parts, set[str], str]) -> None:
        seat, parts, told, _ = made
        before = posts.counts()
        status, said, _ = posts.send(seat.who.kind, parts)
        assert said.get("code", "taken") in told
        assert (status == 201) == ("code" not in said)
        after = posts.counts()
        assert status == 201 or {name for name in after if after[name] != before[name]} == set()

    taken()
    refused()
    references_of_others_are_refused(posts)
    posts.http.close()


def references_of_others_are_refused(posts: Posts) -> None:
    """What its author may not name, a notice may not name; nothing of it is stored."""
    mine, others = (posts.seats[kind].named for kind in ("asylum_office", "court_liaison"))
    nowhere = urn(SK_ASYLUM.slug, fuzz_notices.ID)
    shrink = {"act": "shrink_subject", "replaced_by": mine[""][1]}
    for kind, event, facts, code in (
        ("information_reply", {"in_reply_to": mine[""][0]}, {}, "contradictory-references"),
        ("information_reply", {"in_reply_to": others["information_request"][0]}, {}, "unknown-reference"),
        ("information_reply", {"in_reply_to": nowhere}, {}, "unknown-reference"),
        ("information_reply", {}, {"mailbox": "4f8a1c52-6d0e-4b8f-9a53-2f6f0f1f7c11"}, "unknown-reference"),
        ("correction", {"withdraws": others[""][0]}, {"act": "withdraw"}, "unknown-reference"),
        ("correction", {"withdraws": nowhere}, {"act": "withdraw"}, "unknown-reference"),
        ("correction", {"withdraws": mine["correction"][0]}, {"act": "withdraw"}, "unknown-reference"),
        ("correction", {"corrects": mine[""][0]}, {"act": "replace", "replaced_by": mine[""][0]}, CONTRADICTORY),
        ("correction", {"corrects": mine[""][0]}, shrink | {"approved_by": ["case-1", "nobody"]}, "unknown-caseworker"),
        ("correction", {"corrects": mine[""][0]}, shrink | {"approved_by": ["chief-1", "chief-1"]}, "four-eyes"),
    ):
        parts = posts.offices["asylum_office"].parts(kind, facts=facts, case="C-1")
        parts["event"] |= event
        parts["hub"]["seq"] = 1
        before = posts.counts()
        _, said, _ = posts.send("asylum_office", parts)
        assert said.get("code") == code, (kind, event, facts)
        assert posts.counts() == before
