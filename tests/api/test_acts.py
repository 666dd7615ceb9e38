"""L20: an authority reads its own log, and nobody else's."""

import pytest

from builders import SK_ASYLUM, UA_ASYLUM
from conftest import Enrol
from exchange.deps import Hub
from steps import keep_all


@pytest.mark.rule("L20")
def test_the_log_holds_what_one_did_oneself_and_nothing_that_was_done_with_one(
    hub: Hub, web: str, enrol: Enrol
) -> None:
    assert web
    sk, ua = enrol(SK_ASYLUM), enrol(UA_ASYLUM)
    sk.post("claim_registered", aud=[UA_ASYLUM.urn])
    keep_all(hub)  # the delivery is an act too, of the exchange
    ua.speaker.inbox()
    first = ua.speaker.acts()
    told = [(item["no"], item["what"], item["object"]) for item in first["items"]]
    assert told == [(1, "inbox", "0"), (2, "shown", "1 1"), (3, "log", "0")]
    assert {item["purpose"] for item in first["items"]} == {"own_cases"}
    assert [item["what"] for item in ua.speaker.acts(first["next"])["items"]] == ["log"]
    assert [item["what"] for item in sk.speaker.acts()["items"]] == ["log"]  # a POST is a leaf of its own
