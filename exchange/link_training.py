"""Weights learned from what caseworkers said of links: a file for two officers to sign, and how good it is."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import numpy as np

from exchange import link_weights, reading
from exchange.deps import Hub
from exchange.domain import judgements
from exchange.domain.errors import Refusal
from exchange.domain.judgements import CONFIRMED, Judged, Pair, Word
from exchange.domain.notice import Reader
from exchange.domain.weighing import training, weights
from exchange.domain.weighing.evidence import of_json
from exchange.domain.weighing.training import Labelled, Trained
from exchange.domain.weighing.weights import Weights
from exchange.store import notices, tokens, weighing
from exchange.store.session import Tx

PROFILE: Final = "N1"
LEAST: Final = 50
"""Links of either kind, confirmed and refused, from which weights are learned at least."""


def train(hub: Hub, version: str, now: datetime) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a report, and the document of the weights that were learned.

    The report counts what was learned from, tells precision and recall of the weights on links that they were not
    learned from (cross-validation), and how the weights differ from those that count now.

    Raises Refusal `bad-link-weights` when too few links were judged.
    """
    with hub.database.reading() as tx:
        pairs = labelled(tx, now)
        persons = tokens.population(tx)
        before = link_weights.in_force(tx, PROFILE)
    counts = {"confirmed": sum(one.same for one in pairs), "refused": sum(not one.same for one in pairs)}
    if min(counts.values()) < LEAST:
        told = f"{counts['confirmed']} confirmed and {counts['refused']} refused"
        raise Refusal("bad-link-weights", f"Too few links were judged: {told}; {LEAST} of either are needed.")
    learned = training.train(pairs, persons, version)
    fresh = weights.read(learned.document)
    report = {"pairs": counts, "persons": persons, "version": version, **_measured(pairs, learned, fresh)}
    return report | {"changes": link_weights.changes(before, fresh), "bits": _bits(before, fresh)}, learned.document


def labelled(tx: Tx, now: datetime) -> list[Labelled]:
    """Return the links that are confirmed or refused, each with the evidence that spoke for it most; none in doubt."""
    said: dict[Pair, tuple[tuple[Reader, Reader], list[Word]]] = {}
    for pair, sides, word in weighing.judged(tx):
        said.setdefault(pair, (sides, []))[1].append(word)
    judged = {pair: judgements.judged(sides, words) for pair, (sides, words) in said.items()}
    wanted = {pair: one.stands for pair, one in judged.items() if one.stands and not _is_doubted(tx, pair, one, now)}
    found = weighing.patterns(tx, list(wanted))
    return [Labelled(of_json(pattern), wanted[pair] == CONFIRMED) for pair, pattern in found.items()]


def _is_doubted(tx: Tx, pair: Pair, found: Judged, now: datetime) -> bool:
    """Tell whether a link is in doubt, by its words alone or by what the history says of who spoke (L21)."""
    around = reading.around(tx, notices.of_case(tx, *pair[0])[0], now)
    return found.is_doubted or around.judged.get(pair, found).is_doubted


def _measured(pairs: Sequence[Labelled], learned: Trained, fresh: Weights) -> dict[str, Any]:
    """Return precision and recall at each threshold, by the bits that each pair got from weights learned without it."""
    same = np.array([one.same for one in pairs])
    found: dict[str, Any] = {}
    for name in ("probable", "shipped"):
        linked = learned.out_of_fold >= getattr(fresh, name)
        right = int((linked & same).sum())
        found[name] = {
            "precision": round(right / max(1, int(linked.sum())), 4),
            "recall": round(right / max(1, int(same.sum())), 4),
        }
    return {"cross_validated": found}


def _bits(before: Weights | None, fresh: Weights) -> Mapping[str, Any]:
    """Return, by type, the bits that agreeing in the rarest band was worth and is worth, and the same of differing."""
    kinds = sorted(set(fresh.agree) | set(before.agree if before else ()))
    return {
        kind: {
            "agree": [_first(one, kind) for one in (before, fresh)],
            "differ": [one.differ.get(kind) if one else None for one in (before, fresh)],
        }
        for kind in kinds
    }


def _first(of: Weights | None, kind: str) -> float | None:
    return of.agree[kind][0] if of and kind in of.agree else None
