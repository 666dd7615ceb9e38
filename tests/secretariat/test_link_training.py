"""Weights are learned from what caseworkers said of links, and count for nothing until officers sign them."""

import json
import random
from pathlib import Path
from typing import Any

import pytest
from psycopg.types.json import Jsonb

from builders import SK_BORDER, UA_BORDER
from exchange import link_training
from exchange.clock import now
from exchange.deps import Hub
from exchange.domain.errors import Refusal
from exchange.domain.weighing import weights
from exchange.domain.weighing.evidence import Agreed, Evidence, as_json
from exchange.store.session import Tx
from exchange.wire.encoding import b64encode
from secretariat.test_commands import Desk, desk

__all__ = ["desk"]
KINDS = ("C2D", "C2Y", "F2Y", "DOC")


def pattern(rng: random.Random, *, same: bool) -> dict[str, Any]:
    """Evidence as it may be: what is one person agrees in more, and in what is rarer, with some exceptions."""
    agree = [k for k in KINDS if rng.random() < (0.85 if same else 0.3)] or ["C2Y"]
    found = tuple(Agreed(k, 1, rng.choice((1, 1, 1, 2) if same else (1, 2, 3, 3))) for k in agree)
    return as_json(Evidence(found, frozenset(KINDS) - set(agree), 12))


NOTICE = (
    "INSERT INTO notice (no, slug, id, sha256, jws, kid, kind, event_time, authored_at, received_at, case_ref, seq,"
    " leaf_index)"
    " VALUES (%s, %s, gen_random_uuid(), %s, '', '', 'encounter', '2026-10-01', %s, %s, %s, %s, 0)"
)
KEY = (
    "INSERT INTO authority_key (kid, slug, purpose, alg, jwk, active_from, leaf_index)"
    " VALUES ('', %s, 'notice', '', '', now(), 0)"
)
MEMBER = "INSERT INTO member (state, status, scope, track, since) VALUES (%s, 'full', 'all', '', '2026-01-01')"
AGREEMENT = "INSERT INTO agreement VALUES (%s, %s, '{C2Y}', DEFAULT, 'test', 'possible', %s, 5, %s)"
JUDGEMENT = (
    "INSERT INTO link_judgement (one, other, verdict, slug, pseudonym, at, compared)"
    " VALUES (%s, %s, %s, %s, 'cw-1', %s, '{name,document}')"
)


def authorities(tx: Tx) -> None:
    for who in (SK_BORDER, UA_BORDER):
        sql = "INSERT INTO authority (slug, urn, kind, state, enrolled_at) VALUES (%s, %s, %s, %s, now())"
        tx.execute(sql, (who.slug, who.urn, who.kind, who.state))


def plant(tx: Tx, number: int, told: dict[str, Any], verdict: str, *, both: bool = True) -> None:
    """Put two notices of two authorities into the tables, with evidence, and what their caseworkers said."""
    tx.execute("SET LOCAL session_replication_role = replica")
    case, at = f"case-{number}", now()
    a, b = 2 * number + 1, 2 * number + 2
    for no, slug in ((a, SK_BORDER.slug), (b, UA_BORDER.slug)):
        tx.execute(NOTICE, (no, slug, bytes(32), at, at, case, no))
    tx.execute(AGREEMENT, (a, b, 1.0, Jsonb(told)))
    for slug in (SK_BORDER.slug, UA_BORDER.slug)[: 1 + both]:
        tx.execute(JUDGEMENT, (a, b, verdict, slug, at))


@pytest.fixture
def rng() -> random.Random:
    seed = random.randrange(2**32)
    print("seed", seed)
    return random.Random(seed)


def test_weights_are_learned_reported_and_signed(hub: Hub, desk: Desk, tmp_path: Path, rng: random.Random) -> None:
    with hub.database.transaction() as tx:
        authorities(tx)
        for number in range(140):
            same = number % 2 == 0
            plant(tx, number, pattern(rng, same=same), "confirmed" if same else "refused")
        plant(tx, 999, pattern(rng, same=True), "refused", both=False)  # one word alone is no label
    file = tmp_path / "learned.json"
    told = json.loads(desk.run("officer", "link-training", "--version", "learned", "--out", file))
    assert told["pairs"] == {"confirmed": 70, "refused": 70}
    assert told["cross_validated"]["shipped"]["recall"] > 0.7
    assert told["cross_validated"]["shipped"]["precision"] > 0.7
    assert told["changes"]["version"] == "learned"
    learned = weights.read(json.loads(file.read_text()))
    assert learned.agree["DOC"][0] > learned.differ["DOC"]
    assert set(told["bits"]) >= set(KINDS)
    asked = desk.officer("link-weights", file)
    assert desk.officer("approve", asked["command"], me="boris")["took_effect"]
    assert json.loads(desk.run("officer", "weights"))["weights"]["version"] == "learned"


def test_of_too_few_judgements_nothing_is_learned(hub: Hub, rng: random.Random) -> None:
    with hub.database.transaction() as tx:
        authorities(tx)
        for number in range(4):
            plant(tx, number, pattern(rng, same=True), "confirmed")
    with pytest.raises(Refusal) as refused:
        link_training.train(hub, "learned", now())
    assert refused.value.code == "bad-link-weights"
    assert "4 confirmed and 0 refused" in refused.value.detail


def test_a_confirmation_whose_author_may_hear_nothing_of_the_person_is_no_label(hub: Hub, rng: random.Random) -> None:
    with hub.database.transaction() as tx:
        authorities(tx)
        tx.execute(KEY, (SK_BORDER.slug,))
        for number, feared in enumerate(("SVK", "AFG")):
            plant(tx, number, pattern(rng, same=True), "confirmed")
            for no in (2 * number + 1, 2 * number + 2):
                tell(tx, no, 2 * number + 1, feared)
        for state in ("SVK", "UKR"):
            tx.execute(MEMBER, (state,))
    with hub.database.reading() as tx:
        assert [one.same for one in link_training.labelled(tx, now())] == [True]


def tell(tx: Tx, no: int, neighbourhood: int, feared: str) -> None:
    """Put a notice into a neighbourhood, and into its parts which state the person fears."""
    tx.execute("INSERT INTO neighbourhood (no, notice) VALUES (%s, %s)", (neighbourhood, no))
    case = f"case-{neighbourhood // 2}"
    event = {"kind": "encounter", "state": "UKR", "event_time": "2026-10-01"}
    for name, said in (("hub", {"case": case, "subject": {"feared": [feared]}}), ("event", event)):
        disclosure = b64encode(json.dumps(["salt", name, said]).encode())
        tx.execute("INSERT INTO part (notice, name, disclosure) VALUES (%s, %s, %s)", (no, name, disclosure))
