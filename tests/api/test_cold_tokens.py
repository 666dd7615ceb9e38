"""Tokens at rest: nowhere in the database in clear, and the notice that its author reads is the one that it signed."""

import base64

import psycopg
import pytest
from structlog.testing import capture_logs

from authorities import tokens
from builders import SK_BORDER, UA_BORDER, reader
from conftest import Enrol
from exchange import cold, linking
from exchange.clock import now
from exchange.deps import Hub
from exchange.domain.errors import Refusal
from exchange.store import notices
from exchange.store.session import rows
from exchange.wire import sdjwt
from ledger.kit import tamper
from steps import keep_all

BY_BORDER = reader("by-border", "border_guard", "BLR")


def test_tokens_stand_nowhere_in_clear_and_the_notice_is_what_was_signed(
    hub: Hub, web: str, enrol: Enrol, database_url: str
) -> None:
    assert web
    sk, ua = enrol(SK_BORDER), enrol(UA_BORDER)
    receipts = [office.post(person="one") for office in (sk, ua)]
    keep_all(hub)
    with hub.database.transaction() as tx:
        assert rows(tx, "SELECT grade FROM agreement") == [("probable",)]
        stored = notices.one(tx, 1)
        assert cold.tokens(tx, hub, stored) == tokens("one")
        part = sdjwt.disclosed(stored.disclosures["hub"])
        assert (part["tokens"], part["case"]) == ({}, "sk-border-1")
        assert sdjwt.disclosed(cold.as_signed(tx, hub, stored).disclosures["hub"]) == {**part, "tokens": tokens("one")}
    got = sk.speaker.notice(sk.who.urn, str(receipts[0]["id"]))
    sent = next((sk.folder.path / "sent").glob("*.json")).read_text()
    assert got["notice"] in sent
    secret = [value.partition(".")[2].encode() for value in tokens("one")["values"]]
    found = everything(database_url)
    assert b'"case":"sk-border-1"' in found  # it does look into what is stored
    assert not any(one in found for one in secret)
    assert sk.ask("sk-border-1", "one")["answer"] in {"mailbox", "nothing_to_tell"}


def test_what_cannot_be_opened_is_told_and_passed_over(hub: Hub, web: str, enrol: Enrol, database_url: str) -> None:
    """One damaged row neither stops the weighing of what comes after it nor is a fault without a name."""
    assert web
    offices = enrol(SK_BORDER), enrol(UA_BORDER), enrol(BY_BORDER)
    damaged, *others = [office.post(person="one") for office in offices]
    keep_all(hub)
    tamper(database_url, "UPDATE part SET cut = substring(cut FROM 2) WHERE notice = 1 AND name = 'hub'")
    with capture_logs() as told, hub.database.transaction() as tx:
        linking.weigh(tx, hub, 0, "test", now())
        assert rows(tx, "SELECT subject FROM outbox WHERE step = 'weigh'") == [(3,)]
        assert rows(tx, "SELECT DISTINCT notice FROM token ORDER BY 1") == [
            (1,),
            (2,),
            (3,),
        ]  # found by others as before
    assert [(one["event"], one["notice"]) for one in told] == [("tokens not opened", 1)]
    keep_all(hub)
    with pytest.raises(Refusal) as found:
        offices[0].speaker.notice(SK_BORDER.urn, str(damaged["id"]))
    assert found.value.code == "tokens-not-opened"
    with pytest.raises(Refusal) as found:
        offices[0].ask("sk-border-1", "one")
    assert found.value.code == "tokens-not-opened"
    assert offices[1].speaker.notice(UA_BORDER.urn, str(others[0]["id"]))["notice"]


def everything(url: str) -> bytes:
    """All rows of all tables, with what is base64url of JSON in them opened."""
    dumped = bytearray()
    with psycopg.connect(url) as connection:
        names = [name for (name,) in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        for name in names:
            with connection.cursor().copy(f"COPY {name} TO STDOUT") as copy:
                for line in copy:
                    dumped += line
    return bytes(dumped) + b"".join(map(opened, dumped.split()))


def opened(word: bytes) -> bytes:
    try:
        return base64.urlsafe_b64decode(word + b"==")
    except ValueError:
        return b""
