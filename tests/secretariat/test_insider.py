"""An insider who writes to the database lets a key in: the web believes no row that no record bears out."""

import json

import pytest

from builders import SK_BORDER
from conftest import Enrol
from exchange.client.speaker import Refused
from exchange.store.session import rows
from exchange.wire import keys
from secretariat.kit import Room

SLIP_IN = (
    "INSERT INTO authority_key (kid, slug, purpose, alg, jwk, active_from, leaf_index)"
    " VALUES (%s, %s, %s, 'Ed25519', %s, now() - interval '1 hour', 0)"
)


@pytest.mark.usefixtures("web")
@pytest.mark.parametrize(("purpose", "code"), [("notice", "unknown-key"), ("request", "unknown-key")])
def test_a_key_slipped_into_the_table_lets_nobody_in(enrol: Enrol, room: Room, purpose: str, code: str) -> None:
    hub, office, thief = room.hub, enrol(SK_BORDER), keys.generate(purpose)
    with hub.database.transaction() as tx:
        tx.execute(SLIP_IN, (thief.kid, SK_BORDER.slug, purpose, json.dumps(keys.public_to_jwk(thief.public))))
    (office.folder.path / f"{purpose}.pem").write_bytes(keys.private_to_pem(thief))
    with pytest.raises(Refused) as refused:
        office.post()
    assert refused.value.code == code
    enrolled = {life.kid for life in room.judged().lives.values()}
    with hub.database.reading() as tx:
        strangers = {kid for (kid,) in rows(tx, "SELECT kid FROM authority_key")} - enrolled
    assert strangers == {thief.kid}


@pytest.mark.usefixtures("web")
@pytest.mark.parametrize("purpose", ["notice", "request"])
def test_a_key_that_was_revoked_is_not_raised_from_the_dead_by_its_row(enrol: Enrol, room: Room, purpose: str) -> None:
    office = enrol(SK_BORDER)
    office.post()  # the web has looked this key up before
    office.speaker.keys.revoke(office.folder.kid(purpose), "superseded")
    with room.hub.database.transaction() as tx:
        tx.execute(
            "UPDATE authority_key SET ends_at = NULL, ended_as = NULL WHERE kid = %s", (office.folder.kid(purpose),)
        )
    with pytest.raises(Refused) as refused:
        office.post()
    assert refused.value.code == "key-not-active"


@pytest.mark.usefixtures("web")
def test_a_row_that_was_given_another_key_or_purpose_lets_nobody_in(enrol: Enrol, room: Room) -> None:
    office, thief = enrol(SK_BORDER), keys.generate("notice")
    with room.hub.database.transaction() as tx:
        sql = "UPDATE authority_key SET jwk = %s WHERE kid = %s"
        tx.execute(sql, (json.dumps(keys.public_to_jwk(thief.public)), office.folder.key("notice").kid))
    with pytest.raises(Refused) as refused:
        office.post()
    assert refused.value.code == "unknown-key"
