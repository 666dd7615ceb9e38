"""Neighbourhoods: what is probable always hangs together, what is only possible as long as there are not too many."""

from builders import SK_BORDER
from conftest import Enrol
from exchange.deps import Hub
from exchange.domain.weighing.evidence import Evidence
from exchange.store import links
from exchange.store.links import Decision
from exchange.store.session import Tx, rows
from steps import keep_all


def decide(tx: Tx, notice: int, other: int, grade: str, bits: float) -> None:
    links.record(tx, notice, [Decision(other, grade, bits, 1.0, "test", Evidence((), frozenset(), 10))])


def groups(tx: Tx) -> set[frozenset[int]]:
    found = rows(tx, "SELECT array_agg(notice) FROM neighbourhood GROUP BY no")
    return {frozenset(numbers) for (numbers,) in found}


def test_a_neighbourhood_takes_in_likely_possible_links_until_it_is_full(hub: Hub, web: str, enrol: Enrol) -> None:
    assert web
    sk = enrol(SK_BORDER)
    for case in "abcde":
        sk.post(person=f"person {case}", case=case)
    keep_all(hub)
    with hub.database.transaction() as tx:
        assert groups(tx) == {frozenset({no}) for no in range(1, 6)}
        for other, bits in ((1, 0.0), (2, 2.0), (3, 1.0)):
            decide(tx, 5, other, "possible", bits)
        links.gather(tx, 5, [], most=3)
        assert groups(tx) == {frozenset({1}), frozenset({2, 3, 5}), frozenset({4})}
        decide(tx, 5, 4, "probable", 9.0)
        links.gather(tx, 5, [], most=3)
        assert groups(tx) == {frozenset({1}), frozenset({2, 3, 4, 5})}
