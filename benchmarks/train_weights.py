"""Learn the weights that are shipped, from the training data of linkage.

    PYTHONPATH=.:benchmarks .venv/bin/python benchmarks/train_weights.py [OUT]

Writes exchange/data/link-weights.json (or OUT): the same data and code give the same bytes. Beside the pairs of
persons-train, invented strangers (names and dates of the same data recombined) teach what chance brings among more
persons, and invented families that a family name and a date are not yet a person; some records lose their nationality.
Prints how well each fifth is told
by weights that were learned without it.
"""

import json
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from linkage_lab import SEED, Index, Row, pair_of, relatives, same, strangers

from exchange.domain.weighing.training import Labelled, train

OUT = Path(__file__).resolve().parents[1] / "exchange" / "data" / "link-weights.json"
STRANGERS = 20_000
FAMILIES = 300
VERSION = "n1-3"


def _stateless(rows: list[Row]) -> Iterator[Row]:
    """Yield rows of which one in twelve has no nationality: there are offices that do not know it, but not here."""
    rng = random.Random(SEED)  # noqa: S311 -- which rows matters little
    for row in rows:
        yield row | {"nat": ""} if rng.random() < 1 / 12 else row


def main() -> None:
    """Train and write."""
    began = time.monotonic()
    asked, held = pair_of("train")
    real = len(asked) + len(held)
    families = list(relatives(list(strangers(asked + held, 5 * FAMILIES, 7)), FAMILIES))
    held = held + list(strangers(asked + held, STRANGERS)) + [other for _, other in families]
    asked = asked + [one for one, _ in families]
    asked, held = list(_stateless(asked)), list(_stateless(held))
    index = Index(held, asked)
    pairs = [
        Labelled(
            pair.evidence,
            same(asked[pair.asked], held[pair.held]),
            usual=asked[pair.asked]["id"][0] == "a" and held[pair.held]["id"][0] == "b",
        )
        for pair in index.pairs()
    ]
    found = train(pairs, len(asked) + len(held), VERSION, real)
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else OUT
    out.write_text(json.dumps(found.document, ensure_ascii=False, sort_keys=True, indent=1) + "\n", encoding="utf-8")
    least = found.document["thresholds"]["probable"]
    sure = [pair.same for pair, bits in zip(pairs, found.out_of_fold, strict=True) if bits >= least]
    told = {
        "pairs": len(pairs),
        "same": sum(pair.same for pair in pairs),
        "thresholds": found.document["thresholds"],
        "precision_of_probable": round(sum(sure) / len(sure), 4),
        "seconds": round(time.monotonic() - began, 1),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
