"""Messages, logs, work rows, answers to others and problem documents carry ids, never what a notice held."""

import base64
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import redis

from builders import AF_BORDER, SK_ASYLUM, SK_BORDER, UA_ASYLUM, UA_BORDER, UNHCR
from exchange.client.speaker import Refused
from exchange.store.session import rows
from journey import Journey

MARK = "Canary-7c1f"
"""Stands where an authority might, against the rules, have put a name."""


def seen_by_others(journey: Journey, offices: list[Any]) -> str:
    seen = []
    for office in offices:
        alerts = office.speaker.alerts()
        seen += [json.dumps(a) for a in alerts] + [json.dumps(office.speaker.alert(a["id"])) for a in alerts]
        seen += [json.dumps(journey.opened(i, journey.offices[0])) for i in office.speaker.inbox()["items"]]
    return "\n".join(seen)


def test_a_mark_in_a_case_reference_stays_where_it_belongs(journey: Journey) -> None:
    sk, *others = journey.enrol(SK_BORDER, SK_ASYLUM, UA_BORDER, UA_ASYLUM, UNHCR, AF_BORDER)
    ua = others[1]
    sk.leg("UKR", person="one", event_time="2026-09-01", case=MARK, aud=[UA_ASYLUM.urn])
    ua.leg("AFG", person="one", event_time="2026-10-01")
    journey.alert(others[3], "P04")
    problems = []
    for change in ({"case": f"{MARK} with a space"}, {"event_time": MARK}, {"subject": {MARK: ["AFG"]}}):
        with pytest.raises(Refused) as refused:
            sk.post(**change)
        problems.append(refused.value.detail)
    journey.settle()
    assert MARK not in "\n".join(problems)
    assert MARK not in seen_by_others(journey, others)
    with journey.hub.database.transaction() as tx:
        for table in ("outbox", "act", "refusal", "alert", "alert_event", "timer", "finding", "inbox"):
            found = "\n".join(map(str, rows(tx, f"SELECT * FROM {table}")))  # noqa: S608 -- names above
            assert MARK not in found, table
    for log in (journey.exchange.running.var / "log").glob("*"):
        assert MARK not in log.read_text(encoding="utf-8", errors="replace"), log.name
    broker = redis.Redis.from_url(journey.exchange.running.redis_url)
    for key in broker.scan_iter():
        if broker.type(key) == b"list":
            assert MARK.encode() not in b"".join(broker.lrange(key, 0, -1))
    broker.close()


@contextmanager
def overheard(url: str) -> Iterator[list[str]]:
    """Every command that Redis is given meanwhile."""
    heard: list[str] = []
    ready = threading.Event()
    end = "end-of-overhearing"

    def listen() -> None:
        with redis.Redis.from_url(url) as client, client.monitor() as monitor:
            ready.set()
            for said in monitor.listen():
                if end in said["command"]:
                    return
                heard.append(said["command"])

    thread = threading.Thread(target=listen)
    thread.start()
    ready.wait()
    with redis.Redis.from_url(url) as client:
        yield heard
        client.execute_command("ECHO", end)
    thread.join()


def bodies(commands: list[str]) -> list[str]:
    """The arguments of the Celery messages among the commands."""
    found = re.findall(r'\\*"body\\*": \\*"([A-Za-z0-9+/=]+)', "\n".join(commands))
    return [base64.b64decode(body).decode() for body in found]


def test_messages_hold_numbers_and_others_are_told_no_reference(journey: Journey) -> None:
    sk, sk_asylum, ua, ua_asylum, af = journey.enrol(SK_BORDER, SK_ASYLUM, UA_BORDER, UA_ASYLUM, AF_BORDER)
    journey.enrol(UNHCR)
    said = {"person": "one", "case": MARK, "event_time": "2026-08-01"}
    with overheard(journey.exchange.running.redis_url) as commands:
        sk_asylum.post("claim_registered", **said, facts={"registration_no": f"{MARK}/1"})
        sk.leg("UKR", person="one", event_time="2026-09-01", case=MARK)
        ua.leg("AFG", person="one", event_time="2026-10-01")
        own = journey.alert(sk_asylum, "P04")
        theirs = journey.alert(ua_asylum, "P04")
        journey.settle()
    assert MARK in json.dumps(own)
    assert MARK not in json.dumps(theirs)
    assert MARK not in seen_by_others(journey, [ua, ua_asylum, af])
    messages = bodies(commands)
    for step in ("link", "deliver", "detect", "alert"):
        assert any(f'"{step}"' in command and "LPUSH" in command for command in commands), step
    assert any(re.fullmatch(r"\[\[\[[\d, ]+\]\], \{\}, .*", message) for message in messages)
    for message in messages:
        if not message.startswith("["):
            continue  # workers greeting one another
        args, named, _ = json.loads(message)
        assert named == {}
        assert all(type(number) is int for numbers in args for number in numbers)
    assert MARK not in "\n".join(commands + messages)
    with journey.hub.database.transaction() as tx:
        for table in ("outbox", "act", "refusal", "alert_event", "timer", "finding"):
            assert MARK not in "\n".join(map(str, rows(tx, f"SELECT * FROM {table}"))), table  # noqa: S608
    for log in (journey.exchange.running.var / "log").glob("*"):
        assert MARK not in log.read_text(encoding="utf-8", errors="replace"), log.name
