"""What one sender can make the hub spend, and that refusals and batches wait for one another in one order."""

import json
import threading
from typing import Any

import httpx
import pytest

from api.test_batches import batch, post
from api.test_notices import send
from authorities import Office
from builders import SK_BORDER, UA_BORDER
from conftest import Enrol
from exchange import logs, targets
from exchange.clock import now
from exchange.deps import Hub
from exchange.domain.errors import Refusal
from exchange.wire import jws
from exchange.wire.encoding import b64encode
from exchange.wire.messages import Request
from schemas.messages import ENVELOPE as ENVELOPE_SCHEMA
from schemas.messages import QUESTION, SHELL
from schemas.parts import HUB
from schemas.reading import read


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        (ENVELOPE_SCHEMA, {"notice": "", "sealed": [0] * 100_000}),
        (SHELL, {"notices": [0] * 100_000}),
        (QUESTION, {"tokens": [0] * 100_000}),
        (HUB, {"aud": [0] * 100_000}),
    ],
)
def test_a_list_that_is_too_long_is_one_error(schema: Any, value: dict[str, Any]) -> None:
    with pytest.raises(Refusal):
        read(schema, value, "thing")
    found = schema.validate(value)
    (told,) = [found[name] for name in value if isinstance(value[name], list)]
    assert len(told) == 1


def test_a_long_header_is_refused_before_it_is_remembered() -> None:
    header = b64encode(b'{"alg":"Ed25519","kid":"x","typ":"t"' + b" " * 1000 + b"}")
    before = jws._header.cache_info().currsize  # noqa: SLF001 -- what must not grow
    with pytest.raises(Refusal) as refused:
        jws.parse(f"{header}.e30.{'A' * 86}", "t")
    assert refused.value.code == "bad-jws"
    assert jws._header.cache_info().currsize == before  # noqa: SLF001 -- as above


def test_guesses_have_a_budget() -> None:
    budget = targets.Budget(2)
    moment = now()
    assert [budget.allows(moment) for _ in range(3)] == [True, True, False]
    request = Request("GET", "https://hub.example/v1/inbox", (("host", "hub.example"),), b"")
    guesses = list(targets.likely(request, "https://hub.example"))
    assert len(guesses) == len(set(guesses)) < 40
    assert "http://hub.example/v1/inbox" in guesses
    assert "https://hub.example/v1/alerts" in guesses


def test_refusals_and_batches_at_once_wait_for_one_another_and_never_in_a_circle(web: str, enrol: Enrol) -> None:
    offices = [enrol(SK_BORDER), enrol(UA_BORDER)]
    answers: list[int] = []

    def busy(office: Office, number: int) -> None:
        for _ in range(8):
            if number % 2:
                answers.append(send(office, b'{"notice":1}')[0])
            else:
                answers.append(post(office, batch(b'{"notice":1}', office.sign()))[0])

    threads = [threading.Thread(target=busy, args=(offices[n % 2], n // 2)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(set(answers)) == [200, 400]
    assert len(answers) == 64
    assert web


def test_a_fault_while_a_refusal_is_noted_is_told_without_its_words(
    hub: Hub, web: str, enrol: Enrol, capfd: pytest.CaptureFixture[str]
) -> None:
    office = enrol(SK_BORDER)
    logs.configure("WARNING")  # as a process of the exchange has it
    with hub.database.transaction() as tx:
        tx.execute("ALTER TABLE refusal ADD CHECK (code <> 'bad-json')")
    status, problem, _ = send(office, b"canary")
    assert (status, problem["code"]) == (500, "internal")
    assert "canary" not in json.dumps(problem)
    told = capfd.readouterr()
    assert "CheckViolation" in told.err
    assert "Failing row" not in told.out + told.err
    assert httpx.get(web + "/healthz", trust_env=False).text == "ok\n"
