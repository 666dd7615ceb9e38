"""The token index: who shares tokens, how rare they are, what differs, and what a flood cannot do."""

import random
from collections.abc import Sequence

import pytest

from exchange.deps import Hub
from exchange.domain.weighing.evidence import CROWDED, Agreed, Evidence, band, magnitude
from exchange.domain.weighing.weights import Weights
from exchange.store import tokens
from exchange.store.session import Tx, many, rows
from exchange.store.tokens import Candidate, Holder

KINDS = ("C2D", "C2Y", "DOC", "DOB")
SMALL = magnitude(tokens.FEWEST)
"""The population of an index with few persons."""
WEIGHTS = Weights(
    version="test",
    profile="N1",
    trained_on=10,
    intercept=-10.0,
    agree=dict.fromkeys(KINDS, (9.0, 7.0, 4.0, 0.0)),
    differ=dict.fromkeys(KINDS, -1.0),
    probable=7.0,
    possible=-3.0,
    shipped=0.0,
)


def of(**values: int) -> list[tuple[int, str]]:
    """Tokens by type: equal numbers are equal tokens."""
    return [(hash((kind, value)), kind) for kind, value in values.items()]


def add(tx: Tx, notice: int, said: Sequence[tuple[int, str]], slug: str = "ua", case: str | None = None) -> None:
    tokens.add(tx, Holder(notice, slug, case or f"case-{notice}"), said, KINDS)


def found(tx: Tx, said: Sequence[tuple[int, str]], slug: str = "sk", case: str = "mine") -> dict[int, Candidate]:
    return {one.notice: one for one in tokens.candidates(tx, Holder(0, slug, case), said, WEIGHTS)}


def seeded() -> random.Random:
    seed = random.randrange(2**32)
    print("seed", seed)
    return random.Random(seed)


def test_evidence_says_what_agrees_how_rare_and_what_differs(hub: Hub) -> None:
    with hub.database.transaction() as tx:
        add(tx, 1, of(C2D=1, C2Y=1, DOC=1))
        add(tx, 2, of(C2D=2, C2Y=2))
        add(tx, 3, [*of(C2D=1, DOC=9), (77, "C2D")])
        got = found(tx, [*of(C2D=1, C2Y=1, DOC=2), (77, "C2D")])
    assert set(got) == {1, 3}
    assert got[1].evidence == Evidence((Agreed("C2D", 1, 1), Agreed("C2Y", 1, 1)), frozenset({"DOC"}), SMALL)
    assert got[3].evidence == Evidence((Agreed("C2D", 2, 1),), frozenset({"DOC"}), SMALL)


def test_missing_is_not_mismatch(hub: Hub) -> None:
    with hub.database.transaction() as tx:
        add(tx, 1, of(C2D=1, DOC=1))
        got = found(tx, of(C2D=1, C2Y=5))
    assert got[1].evidence.differ == frozenset()


def test_a_notice_is_no_candidate_of_its_own_case(hub: Hub) -> None:
    with hub.database.transaction() as tx:
        add(tx, 1, of(C2D=1, C2Y=1), slug="sk", case="mine")
        add(tx, 2, of(C2D=1, C2Y=1), slug="ua", case="mine")
        assert set(found(tx, of(C2D=1, C2Y=1))) == {2}


def test_a_second_call_and_a_type_that_no_weight_knows_add_nothing(hub: Hub) -> None:
    with hub.database.transaction() as tx:
        for _ in range(2):
            add(tx, 1, [*of(C2D=1), (5, "NEW")])
        assert rows(tx, "SELECT count(*) FROM token") == [(1,)]
        assert rows(tx, "SELECT cases FROM token_author") == [(1,)]
        tokens.drop(tx, [1])
        assert rows(tx, "SELECT count(*) FROM token") == [(0,)]


@pytest.mark.parametrize(("others", "band"), [(3, 1), (4, 2), (15, 2), (16, 3), (49, 3), (50, 4)])
def test_rarity_is_the_number_of_persons_with_the_asker(hub: Hub, others: int, band: int) -> None:
    with hub.database.transaction() as tx:
        for number in range(others):
            add(tx, number + 1, of(C2D=1, C2Y=number), slug=f"office-{number // 5}")
        got = found(tx, of(C2D=1, C2Y=0))
    assert {one.evidence.agree[0].band for one in got.values()} == {band}


def test_many_notices_of_one_case_are_one_person(hub: Hub) -> None:
    with hub.database.transaction() as tx:
        for number in range(20):
            add(tx, number + 1, of(C2D=1, C2Y=1), case="one")
        got = found(tx, of(C2D=1, C2Y=1))
    assert len(got) == 20
    assert {one.evidence.agree for one in got.values()} == {(Agreed("C2D", 1, 1), Agreed("C2Y", 1, 1))}


def test_invented_notices_of_one_author_neither_crowd_a_token_nor_hide_others(hub: Hub) -> None:
    with hub.database.transaction() as tx:
        add(tx, 1, of(C2D=1, C2Y=1), slug="lt")
        for number in range(300):
            add(tx, number + 2, of(C2D=1, C2Y=1, DOC=number), slug="by")
        add(tx, 999, of(C2D=1, C2Y=1), slug="pl")
        got = found(tx, of(C2D=1, C2Y=1, DOC=5000))
        assert rows(tx, "SELECT count(*) FROM token WHERE type = (SELECT no FROM token_type WHERE name = 'C2D')") == [
            (tokens.MOST + 2,)
        ]
    assert {1, 999} <= set(got)
    assert len(got) == tokens.MOST + 2
    assert {one.band for one in got[1].evidence.agree} == {2}  # five of by, one each of lt, pl and sk


def test_where_the_index_does_not_show_all_nothing_differs(hub: Hub) -> None:
    with hub.database.transaction() as tx:
        for number in range(tokens.MOST + 1):
            add(tx, number + 1, of(C2Y=1, C2D=number), slug="by")
        got = found(tx, of(C2Y=1, C2D=tokens.MOST))
    assert got[tokens.MOST + 1].evidence == Evidence((Agreed("C2D", 1, 1),), frozenset(), SMALL)


def test_no_author_alone_more_than_doubles_the_number_of_persons(hub: Hub) -> None:
    with hub.database.transaction() as tx:
        tx.execute("INSERT INTO token_author (slug, cases) VALUES ('a', 3000), ('b', 2000), ('c', 1000000)")
        assert tokens.population(tx) == 10_000
        tx.execute("DELETE FROM token_author WHERE slug <> 'c'")
        assert tokens.population(tx) == tokens.FEWEST


Held = dict[int, tuple[str, str, set[tuple[int, str]]]]
"""Notices by number: author, case, tokens."""


def naive(held: Held, near: dict[int, int], said: set[tuple[int, str]]) -> dict[int, Evidence]:
    """The same by plain Python, for weights that leave nobody out; `near` is the neighbourhood of notices by number.

    Cases are one person where the least numbers of their neighbourhoods are the same.
    """
    mine = ("sk", "mine")
    own = {near[number] for number, (*who, has) in held.items() if tuple(who) == mine and has & said}

    def persons(token: tuple[int, str]) -> int:
        holders = [(near[number], slug) for number, (slug, _, has) in held.items() if token in has]
        first = counted(holders[: tokens.LOOKED]) if len(holders) > tokens.LOOKED else 0
        return first if band(first) == CROWDED else counted([*holders, (min(own, default=mine), "sk")])

    def counted(holders: Sequence[tuple[object, str]]) -> int:
        first: dict[object, str] = {}
        for one, slug in holders:
            first[one] = min(slug, first.get(one, slug), key=ORDER.index)
        each = list(first.values())
        return sum(min(5, each.count(slug)) for slug in set(each))

    told = {}
    counts = {token: persons(token) for token in said}
    for notice, (slug, case, has) in held.items():
        common = said & has
        if not common or (slug, case) == mine:
            continue
        agree = []
        for kind in sorted({k for _, k in common}):
            each = [counts[t] for t in common if t[1] == kind]
            agree.append(Agreed(kind, len(each), band(min(each))))
        both = {k for _, k in said} & {k for _, k in has}
        told[notice] = Evidence(tuple(agree), frozenset(both - {k for _, k in common}), SMALL)
    return told


ORDER = ["sk", *(f"office-{number}" for number in range(13))]
"""Authors by their numbers in the index: a person of several is counted for the first of them."""


def test_random_worlds_agree_with_plain_python(hub: Hub) -> None:
    """With many authors and skewed values, so that tokens stand in every band, and with cases that are linked."""
    rng = seeded()
    all_in = Weights(**{**vars(WEIGHTS), "possible": -1000.0})
    seen = set()
    for size, together in ((20, 0.1), (60, 0.4), (190, 0.3), (190, 0.0)):
        held: Held = {}
        with hub.database.transaction() as tx:
            tx.execute("INSERT INTO token_author (slug) SELECT * FROM unnest(%s::text[])", (ORDER,))
            for notice in range(1, size):
                who, case = rng.choice(ORDER), rng.choice(("mine", *"abcdefghijklmnop"))
                has = {t for kind in KINDS for _ in range(rng.randrange(3)) for t in of(**{kind: value_of(rng)})}
                held[notice] = (who, case, has)
                add(tx, notice, sorted(has), who, case)
            near = neighbourhoods(rng, held, together)
            tx.execute("SET LOCAL session_replication_role = replica")
            many(tx, "INSERT INTO neighbourhood (notice, no) VALUES (%s, %s)", list(near.items()))
            said = {t for kind in KINDS for value in (0, rng.randrange(1, 9)) for t in of(**{kind: value})}
            got = tokens.candidates(tx, Holder(0, "sk", "mine"), sorted(said), all_in)
            tx.execute("TRUNCATE token, token_case, token_author RESTART IDENTITY")
            tx.execute("DELETE FROM neighbourhood")
        expected = naive(held, near, said)
        assert {one.notice: one.evidence for one in got} == expected
        seen |= {agreed.band for one in expected.values() for agreed in one.agree}
    assert {1, 2, 4} <= seen


def value_of(rng: random.Random) -> int:
    return rng.choice((0, 0, rng.randrange(9)))


def neighbourhoods(rng: random.Random, held: Held, together: float) -> dict[int, int]:
    """Put every notice into a neighbourhood: those of one case into one, some cases to what others have."""
    places = {}
    for number, (slug, case, _) in sorted(held.items()):
        places.setdefault(
            (slug, case), rng.choice(list(places.values())) if places and rng.random() < together else number
        )
    return {number: places[slug, case] for number, (slug, case, _) in held.items()}


def test_a_search_never_reads_the_whole_table(hub: Hub) -> None:
    rng = seeded()
    with hub.database.transaction() as tx:
        tx.execute("INSERT INTO token_type (no, name) VALUES (0, 'C2D')")
        tx.execute(
            "INSERT INTO token SELECT (random() * 1e6)::bigint, n / 50, 1, n / 50, 1, 0"
            " FROM generate_series(1, 100000) n"
        )
        explained = "EXPLAIN " + tokens._CANDIDATES  # noqa: SLF001
        tx.execute(tokens._PLANNED, ("off",))  # noqa: SLF001
        found_in = rows(tx, explained, plan_values([rng.randrange(10**6) for _ in range(64)]))
    plan = "\n".join(line for (line,) in found_in)
    assert "Seq Scan on token" not in plan
    assert "token_hash" in plan


def plan_values(hashes: list[int]) -> dict[str, object]:
    kinds = [0] * len(hashes)
    worth = {"worth_types": [0], "worth_bands": [1], "worth_bits": [1000], "differ_types": [0], "differ_bits": [1000]}
    mine = {"hashes": hashes, "types": kinds, "held": 1, "person": 0, "author": 0, "most": 64}
    least = {"least": 0, "least_agreeing": 0, "counted": 5, "scored": 9, "first": 1, "looked": 80}
    return {**mine, **worth, **least, "bands": [4, 16, 50], "crowded": 4}


def test_cases_that_are_linked_already_are_one_person(hub: Hub) -> None:
    all_in = Weights(**{**vars(WEIGHTS), "possible": -1000.0})

    def bands(tx: Tx) -> set[int]:
        got = tokens.candidates(tx, Holder(0, "sk", "mine"), of(C2D=1), all_in)
        return {one.evidence.agree[0].band for one in got}

    with hub.database.transaction() as tx:
        for number in range(60):
            add(tx, number + 1, of(C2D=1), slug=f"office-{number // 5}")
        assert bands(tx) == {4}
        tx.execute("SET LOCAL session_replication_role = replica")
        tx.execute("INSERT INTO neighbourhood (notice, no) SELECT n, 1 FROM generate_series(1, 60) n")
        assert bands(tx) == {1}
