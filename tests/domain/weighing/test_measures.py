"""Measures of linkage, against examples counted by hand."""

from exchange.domain.weighing.measures import Judged, measure


def right(asked: str, bits: float) -> Judged:
    return Judged(asked, same=True, bits=bits)


def wrong(asked: str, bits: float) -> Judged:
    return Judged(asked, same=False, bits=bits)


def test_precision_recall_and_origin() -> None:
    pairs = [right("1", 9.0), wrong("1", 3.0), right("2", 1.0), wrong("3", 5.0)]
    found = measure(pairs, {"1": "ar", "2": "ar", "4": "ka"}, 2.0)
    assert (found.precision, found.recall) == (1 / 3, 1 / 3)
    assert found.f1 == 1 / 3
    assert found.recall_by_origin == {"ar": 0.5, "ka": 0.0}


def test_recall_while_99_of_100_links_are_right() -> None:
    found_right = [right(str(at), 200.0 - at) for at in range(150)]
    found_wrong = [wrong("w", 100.5), wrong("w", 60.5)]
    found = measure(found_right + found_wrong, {str(at): "" for at in range(200)}, 0.0)
    assert found.recall_at_p99 == 140 / 200  # 140 of 141; with the second wrong one, 150 of 152 are not enough


def test_equal_scores_are_linked_together() -> None:
    pairs = [right("1", 1.0), wrong("2", 1.0)]
    assert measure(pairs, {"1": "", "2": ""}, 0.0).recall_at_p99 == 0


def test_top_five() -> None:
    worse = [wrong("1", 5.0)] * 4 + [right("1", 5.0)]
    assert measure(worse, {"1": ""}, 0.0).top5_recall == 1
    assert measure([*worse, wrong("1", 5.0)], {"1": ""}, 0.0).top5_recall == 0


def test_nothing_found() -> None:
    found = measure([], {"1": ""}, 0.0)
    assert (found.precision, found.recall, found.f1) == (0, 0, 0)
    assert measure([], {}, 0.0).recall == 0
