"""Splink 5 on clear, romanised names, with comparisons that know swapped names and swapped day and month.

Called by bench_peers.py inside .venv-peers:

    peers_splink.py MODEL TRAIN-A TRAIN-B A B

prints one JSON object. Splink estimates its parameters without labels on the files it scores (u by random pairs, m by
EM); the threshold is the one of the best F1 on the train files. MODEL is
- library: the comparisons that Splink ships for names (its own level for swapped columns) and for dates of birth;
- written: comparisons written here for these data: names in either order at every level of likeness, 1 January, day
  and month exchanged. This is the strongest that we could make of it, and stronger than what users find in the box.
"""

import json
import logging
import sys
import time
from pathlib import Path
from typing import Any

import duckdb
import jellyfish
import pyarrow as pa
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from peers_judging import Row, Scored, best_threshold, judged, milliseconds, rows_of, true_pairs
from splink import Linker, SettingsCreator, block_on
from splink.backends.duckdb import DuckDBAPI
from splink.internals.splink_dataframe import SplinkDataFrame

SEED = 7
QUERIES = 41
LEAST_WEIGHT = -10
TEXTS = (
    "unique_id",
    "given",
    "family",
    "pat",
    "name",
    "sound_given",
    "sound_family",
    "dob",
    "turned",
    "sex",
    "nat",
    "doc",
)


def main() -> None:
    """Judge Splink on two files, its threshold chosen on two others."""
    logging.disable(logging.WARNING)
    model = sys.argv[1]
    train_a, train_b, a, b = (rows_of(Path(name)) for name in sys.argv[2:6])
    before = time.perf_counter()
    linked = Linked(model, a, b)
    scored = linked.scored()
    seconds = time.perf_counter() - before
    on_train = scored if sys.argv[2:4] == sys.argv[4:6] else Linked(model, train_a, train_b).scored()
    threshold = best_threshold(on_train, true_pairs(train_a, train_b))
    figures = judged(scored, true_pairs(a, b), threshold)
    more = {"threshold": threshold, "seconds": seconds, "ms_per_query": milliseconds(linked.ask, b[:QUERIES])}
    print(json.dumps(figures | more))


class Linked:
    """Splink, trained without labels on two files."""

    def __init__(self, model: str, a: list[Row], b: list[Row]) -> None:
        self._api = DuckDBAPI(duckdb.connect())
        self._sides = [self._register(rows, side) for side, rows in (("a", a), ("b", b))]
        self._linker = Linker(self._sides, settings(model, a + b))
        self._asked = 0
        self._train()

    def scored(self) -> Scored:
        """Score the pairs that the blocking finds; pairs of a match weight under LEAST_WEIGHT are left out."""
        found = self._linker.inference.predict(threshold_match_weight=LEAST_WEIGHT).as_pyarrow_table()
        columns = (found[name].to_pylist() for name in ("match_weight", "unique_id_l", "unique_id_r"))
        pairs = ((weight, *sorted((one, other))) for weight, one, other in zip(*columns, strict=True))
        return [(weight, int(one[1:]), int(other[1:])) for weight, one, other in pairs]

    def ask(self, row: Row) -> None:
        """Score one record of b against all of a."""
        self._asked += 1
        asked = self._register([row], "b", f"asked_{self._asked}")
        self._linker.inference.predict_between(self._sides[0], asked).as_record_list()

    def _register(self, rows: list[Row], side: str, name: str = "") -> SplinkDataFrame:
        return self._api.register(table_of(rows), table_name=name or f"side_{side}", dataset_display_name=side)

    def _train(self) -> None:
        training = self._linker.training
        training.estimate_probability_two_random_records_match([block_on("name", "dob")], recall=0.2)
        training.estimate_u_using_random_sampling(max_pairs=4e6, seed=SEED)
        for rule in (block_on("dob"), block_on("name")):
            training.estimate_parameters_using_expectation_maximisation(rule, record_sample_proportion=1.0)


def table_of(rows: list[Row]) -> pa.Table:
    """The rows as Splink's input; what is empty is null."""
    columns = {name: pa.array([_derived(row)[name] or None for row in rows], pa.string()) for name in TEXTS}
    years = [int(row["dob"][:4]) if row["dob"] else None for row in rows]
    return pa.table(columns | {"year": pa.array(years, pa.int32())})


def _derived(row: Row) -> Row:
    words = sorted(word for name in ("given", "family", "pat") for word in row[name].split())
    return row | {
        "unique_id": row["id"],
        "name": " ".join(words),
        "sound_given": jellyfish.metaphone(row["given"]),
        "sound_family": jellyfish.metaphone(row["family"]),
        "turned": "-".join((row["dob"][:4], row["dob"][8:], row["dob"][5:7])) if row["dob"] else "",
    }


def settings(model: str, rows: list[Row]) -> SettingsCreator:
    """Blocking and comparisons; a column that no row fills is left out, since EM cannot learn from it."""
    filled = {name for name in ("pat", "sex", "nat", "doc") if any(row[name] for row in rows)}
    comparisons = [names(), birth_dates()] if model == "written" else library()
    if "pat" in filled:
        comparisons.append(cl.JaroWinklerAtThresholds("pat", [0.9]))
    comparisons += [cl.ExactMatch("sex")] if "sex" in filled else []
    comparisons += [cl.ExactMatch("nat").configure(term_frequency_adjustments=True)] if "nat" in filled else []
    comparisons += [cl.LevenshteinAtThresholds("doc", [1])] if "doc" in filled else []
    rules = [
        block_on("dob"),
        "l.year = r.year and l.dob = r.turned",
        block_on("given", "year"),
        block_on("family", "year"),
        "l.given = r.family and l.year = r.year",
        "l.family = r.given and l.year = r.year",
        block_on("sound_given", "sound_family"),
        "l.sound_given = r.sound_family and l.sound_family = r.sound_given",
        block_on("sound_given", "year"),
        block_on("sound_family", "year"),
    ]
    return SettingsCreator(
        link_type="link_only",
        comparisons=comparisons,
        blocking_rules_to_generate_predictions=[*rules, block_on("doc")] if "doc" in filled else rules,
        retain_matching_columns=False,
    )


def library() -> list[Any]:
    """What Splink ships: forename and surname with a level for reversed columns, and a date of birth."""
    return [
        cl.ForenameSurnameComparison("given", "family", forename_surname_concat_col_name="name"),
        cl.DateOfBirthComparison("dob", input_is_string=True),
    ]


def names() -> cl.CustomComparison:
    """Given and family name together, in either order."""
    levels = [
        cll.CustomLevel("name_l is null or name_r is null", "null").configure(is_null_level=True),
        cll.ExactMatchLevel("name").configure(tf_adjustment_column="name"),
    ]
    levels += [cll.CustomLevel(_both(least), f"both names {least}") for least in (0.92, 0.85, 0.75)]
    levels += [
        cll.CustomLevel(_one(0.97), "one name equal"),
        cll.CustomLevel(_one(0.88), "one name alike"),
        cll.CustomLevel(_both(0.6), "both names faintly alike"),
        cll.ElseLevel(),
    ]
    return cl.CustomComparison(levels, output_column_name="names")


def birth_dates() -> cl.CustomComparison:
    """Dates of birth: equal, day and month exchanged, 1 January with the same year, and years that are near."""
    new_year = "(substr(dob_l, 6) = '01-01' or substr(dob_r, 6) = '01-01')"
    levels = [
        cll.NullLevel("dob").configure(is_null_level=True),
        cll.CustomLevel("dob_l = dob_r and substr(dob_l, 6) <> '01-01'", "equal"),
        cll.CustomLevel("dob_l = dob_r", "equal, 1 January"),
        cll.CustomLevel("dob_l = turned_r", "day and month exchanged"),
        cll.CustomLevel(f"year_l = year_r and {new_year}", "same year, 1 January on one side"),
        cll.CustomLevel("substr(dob_l, 6) = substr(dob_r, 6) and abs(year_l - year_r) <= 10", "same day, other year"),
        cll.CustomLevel("damerau_levenshtein(dob_l, dob_r) <= 1", "one character"),
        cll.CustomLevel("year_l = year_r", "same year"),
        cll.CustomLevel("abs(year_l - year_r) <= 2", "two years"),
        cll.ElseLevel(),
    ]
    return cl.CustomComparison(levels, output_column_name="birth")


def _both(least: float) -> str:
    ways = (("given", "family"), ("family", "given"))
    return " or ".join(f"({_alike('given', one, least)} and {_alike('family', other, least)})" for one, other in ways)


def _alike(left: str, right: str, least: float) -> str:
    return f"jaro_winkler_similarity({left}_l, {right}_r) >= {least}"


def _one(least: float) -> str:
    sides = ("given", "family")
    return " or ".join(_alike(left, right, least) for left in sides for right in sides)


if __name__ == "__main__":
    main()
