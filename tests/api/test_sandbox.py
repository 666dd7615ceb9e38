"""What everybody knows is worth nothing in a real exchange: keys and tokens of the sandbox."""

import pytest

from builders import SK_BORDER, reader
from conftest import Enrol
from exchange import officers, sandbox
from exchange.client.speaker import Refused
from exchange.clock import now
from exchange.deps import Hub
from exchange.domain.errors import Refusal
from exchange.domain.notice import Reader
from exchange.officers import Enrolment
from exchange.wire import keys, sealing_keys


def enrolment(who: Reader, **known: str) -> Enrolment:
    """Fresh keys, but for those that are named: purpose to the slug whose sandbox key it is."""
    made: dict[str, keys.PublicKey | sealing_keys.SealPublicKey] = {
        "request": keys.generate("request").public,
        "notice": keys.generate("notice").public,
        "seal": sealing_keys.generate().public,
    }
    for purpose, slug in known.items():
        made[purpose] = (
            sandbox.seal_key(slug).public if purpose == "seal" else sandbox.signing_key(slug, purpose).public
        )
    return Enrolment(who, made)


@pytest.mark.parametrize("purpose", ["request", "notice", "seal"])
@pytest.mark.parametrize("slug", ["pl-asylum", "unhcr", "af-border"])
def test_a_real_exchange_enrols_no_key_of_the_sandbox(hub: Hub, purpose: str, slug: str) -> None:
    assert not sandbox.is_one(hub.exchange_id)
    with pytest.raises(Refusal) as refused:
        officers.enrol(hub, enrolment(reader("xx-office"), **{purpose: slug}), now())
    assert refused.value.code == "sandbox-key"
    officers.enrol(hub, enrolment(reader("xx-office")), now())


def test_a_sandbox_enrols_them(hub: Hub) -> None:
    object.__setattr__(hub, "exchange_id", "sandbox-test")
    officers.enrol(hub, enrolment(reader("xx-office"), request="pl-asylum", seal="unhcr"), now())


def test_a_real_exchange_takes_no_tokens_of_the_sandbox(web: str, enrol: Enrol) -> None:
    office = enrol(SK_BORDER)
    parts = office.parts(person="one")
    parts["hub"]["tokens"]["keyset"] = sandbox.KEYSET
    with pytest.raises(Refused) as refused:
        office.speaker.post(parts)
    assert refused.value.code == "sandbox-tokens"
    assert web


def test_the_sandbox_has_every_participant_and_states_that_people_flee() -> None:
    authorities = sandbox.authorities()
    assert len({who.slug for who in authorities}) == len(authorities) == 36
    assert {who.state for who in authorities if who.kind == "border_guard"} >= {"AFG", "RUS", "SYR", "IRN", "POL"}
    assert sandbox.token_key() == sandbox.token_key()
    assert sandbox.signing_key("pl-asylum", "request").kid != sandbox.signing_key("pl-asylum", "notice").kid
