"""Nothing answers a stranger: every rule and method of the URL map, and every address that does not exist."""

import re

import httpx
import pytest

from conftest import Enrol
from exchange.api import documents, keys, ledger
from exchange.app import make_app
from exchange.client.speaker import Refused
from exchange.console import pages
from exchange.deps import Hub

OPEN = {"healthz", *documents.OPEN, *keys.OPEN, *ledger.OPEN, *pages.OPEN}
VARIABLE = re.compile(r"<[^<>]+>")
METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD")


def address(rule: str) -> str:
    return VARIABLE.sub("x", rule)


def test_every_address_of_the_api_refuses_an_unsigned_request(hub: Hub) -> None:
    client = make_app(hub).test_client()
    seen = 0
    for rule in make_app(hub).url_map.iter_rules():
        if rule.rule.startswith("/v1/"):
            for method in METHODS:
                answer = client.open(address(rule.rule), method=method)
                assert answer.status_code == 401, (method, rule.rule)
                assert "signature" in answer.headers
                seen += 1
    assert seen >= 7 * len(METHODS)


def test_the_list_of_open_addresses_is_short_and_known(hub: Hub) -> None:
    client = make_app(hub).test_client()
    for rule in make_app(hub).url_map.iter_rules():
        if rule.endpoint not in OPEN and not rule.rule.startswith("/v1/"):
            answer = client.get(address(rule.rule))
            assert answer.status_code in {302, 303, 405}, rule.rule


@pytest.mark.parametrize(
    "target", ["/v1/", "/v1/nothing", "/v1/notices/", "/v1//notices", "/v1/notices%2Falerts", "/v1/../v1/alerts"]
)
def test_an_address_that_does_not_exist_is_unsigned_first(hub: Hub, target: str) -> None:
    assert make_app(hub).test_client().get(target).status_code == 401


def test_an_address_that_does_not_exist_is_a_signed_404_for_a_known_caller(web: str, enrol: Enrol) -> None:
    with pytest.raises(Refused) as refused:
        enrol().speaker._read("/v1/nothing")  # noqa: SLF001 -- the client has no method for what is not there
    assert refused.value.code == "not-found"
    assert httpx.get(web + "/healthz", trust_env=False).text == "ok\n"
