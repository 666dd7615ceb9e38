"""A key of the hub follows another: officers approve it, witnesses see it, clients take it in before it is used."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import uuid_utils

from authorities import Office, secretariat_of
from builders import SK_BORDER, UA_BORDER
from conftest import Enrol
from exchange import secretariat
from exchange.clock import now
from exchange.commands import Given
from exchange.deps import Hub, make_secrets, next_key, switch_key
from exchange.domain.errors import Refusal
from exchange.wire import hub_keys, key_statements, keys
from exchange.wire.claims import Claims
from exchange.wire.key_statements import HUB_URN
from exchange.wire.keys import PrivateKey
from ledger.test_cosigner import Party, party  # noqa: F401 -- a fixture


def statement(hub: Hub, old: PrivateKey, fresh: PrivateKey) -> str:
    claims = Claims(hub.exchange_id, str(uuid_utils.uuid7()), HUB_URN, int(now().timestamp()))
    return hub_keys.introduce(claims, old, fresh)


def approved(hub: Hub, old: PrivateKey, fresh: PrivateKey) -> bool:
    text = statement(hub, old, fresh)
    digest = hub_keys.read(text, hub.exchange_id).digest
    return secretariat_of(hub).act("hub-key", {"statement": digest}, Given(bundle=text)).carried


def refused(code: str, act: Any, *arguments: Any) -> None:
    with pytest.raises(Refusal) as told:
        act(*arguments)
    assert told.value.code == code


@pytest.fixture
def known(party: Party, web: str, enrol: Enrol) -> Party:  # noqa: F811 -- the fixture
    """A hub that names two witnesses of two states before anybody pins it."""
    assert (web, enrol) == (party.hub.origin, enrol)
    witnesses = (party.real("w1", "EST"), party.real("w2", "POL"))
    object.__setattr__(party.hub, "witnesses", witnesses)
    return party


def seen(known: Party) -> None:
    known.grow()
    known.visit(*known.hub.witnesses)


@pytest.mark.parametrize("purpose", ["answer", "receipt", "words"])
def test_clients_follow_the_hub_before_it_signs_with_its_new_key(known: Party, enrol: Enrol, purpose: str) -> None:
    hub, follows, sleeps = known.hub, enrol(SK_BORDER), enrol(UA_BORDER)
    old, chain = hub.keys[purpose], [keys.generate(purpose), keys.generate(purpose, "ES256")]
    assert approved(hub, old, chain[0])
    known.grow()
    refused("not-published", follows.speaker.others.follow_hub)  # no witness has seen it
    assert follows.folder.hub_keys(purpose) == [old.public]
    seen(known)
    told = follows.speaker.others.follow_hub()
    assert told == [f"exchange: {purpose} key {chain[0].kid} follows {old.kid}"]
    assert follows.speaker.others.follow_hub() == []
    try:
        hub.keys[purpose] = chain[0]
        says(follows, known)
        if purpose != "words":
            refused("unknown-key", says, sleeps, known)
        assert approved(hub, chain[0], chain[1])
        seen(known)
        assert len(again(follows).speaker.others.follow_hub()) == 1
        hub.keys[purpose] = chain[1]
        says(again(follows), known)
    finally:
        hub.keys[purpose] = old


def again(office: Office) -> Office:
    """The same authority in a new process: a line knows the keys that its folder held when it was opened."""
    office.close()
    office.__dict__.pop("speaker", None)
    return office


def says(office: Office, known: Party) -> None:
    assert again(office).post()["state"] == "accepted"
    assert known


def test_only_the_key_in_use_introduces_and_only_with_two_others(known: Party, enrol: Enrol) -> None:
    hub, fresh = known.hub, keys.generate("receipt")
    assert enrol(SK_BORDER)
    refused("bad-key-statement", approved, hub, keys.generate("receipt"), fresh)
    office = secretariat_of(hub)
    text = statement(hub, hub.keys["receipt"], fresh)
    told = hub_keys.read(text, hub.exchange_id)
    asked = office.say(office.trio[0], "hub-key", {"statement": told.digest}, Given(bundle=text))
    once = office.say(office.trio[1], "approve", {"what": asked.digest})
    assert (asked.carried, once.carried) == (False, False)
    refused("not-yet", secretariat.may_switch, hub, "receipt", fresh.kid, now() + timedelta(days=40))
    assert office.say(office.trio[2], "approve", {"what": asked.digest}).carried
    refused("bad-history", approved, hub, hub.keys["receipt"], keys.generate("receipt"))  # it has a successor


def test_the_hub_waits_thirty_days_and_keeps_the_old_key(hub: Hub, tmp_path: Path) -> None:
    make_secrets(tmp_path / "secrets")
    old, fresh = hub.keys["receipt"], next_key(tmp_path / "secrets", "receipt")
    assert next_key(tmp_path / "secrets", "receipt").kid == fresh.kid
    assert approved(hub, old, fresh)
    refused("not-yet", secretariat.may_switch, hub, "receipt", fresh.kid, now() + timedelta(days=29))
    refused("not-yet", secretariat.may_switch, hub, "answer", fresh.kid, now() + timedelta(days=31))
    secretariat.may_switch(hub, "receipt", fresh.kid, now() + timedelta(days=31))
    before = keys.private_from_pem((tmp_path / "secrets" / "receipt.pem").read_bytes(), "receipt")
    switch_key(tmp_path / "secrets", "receipt")
    assert keys.private_from_pem((tmp_path / "secrets" / "receipt.pem").read_bytes(), "receipt").kid == fresh.kid
    assert (tmp_path / "secrets" / f"receipt.{before.kid}.pem").exists()
    assert not (tmp_path / "secrets" / "receipt.next.pem").exists()


@pytest.mark.parametrize("spoiled", ["purpose", "possession", "self"])
def test_a_statement_that_does_not_hold_is_refused(hub: Hub, spoiled: str) -> None:
    old, fresh = keys.generate("receipt"), keys.generate("answer" if spoiled == "purpose" else "receipt")
    if spoiled == "possession":
        claims = Claims(hub.exchange_id, str(uuid_utils.uuid7()), HUB_URN, int(now().timestamp()))
        by_another = key_statements.prove_possession(claims, old.kid, keys.generate("receipt"))
        jwks = {"predecessor": keys.public_to_jwk(old.public), "key": keys.public_to_jwk(fresh.public)}
        members = {"purpose": "receipt", **jwks, "possession": by_another}
        text = key_statements.sign(members, claims, key_statements.HUB_KEY, old)
        refused("no-possession", hub_keys.read, text, hub.exchange_id)
    elif spoiled == "purpose":
        refused("no-possession", hub_keys.read, statement(hub, old, fresh), hub.exchange_id)
    else:
        text = statement(hub, old, fresh)
        refused("bad-notice-signature", hub_keys.read, text[:-8] + "AAAAAAAA", hub.exchange_id)
