"""Learn what each reading of a letter costs, from spellings of one name: makes exchange/data/letters/costs.json.

    PYTHONPATH=. python benchmarks/learn_letters.py ../shared/linkage/data

Expectation and maximisation over whole groups of spellings: of the skeletons that at least two spellings of a group can
be read as, the one that is likeliest for the group is taken for true; each letter's reading on the way to it is
counted, by context (what stands before and after). A spelling counts the more, the more spellings its name has: as the
square root of their number, between one name one vote and one pair of spellings one vote, both of which are measured.
Costs are minus hundred times the logarithm of the smoothed share.
Learned from: name_forms.tsv.gz without the groups that `held_out` keeps for the final figure, ar2en-train.txt.gz,
persons-train (names as fourteen authorities write them). No random number is used: two runs give the same bytes.
"""

import gzip
import hashlib
import json
import math
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from exchange.client.linkage.folding import fold
from exchange.client.linkage.letters import NAMES, Script, Token, read_scripts
from exchange.client.linkage.parts import words
from exchange.client.linkage.skeletons import FINE, UNDOUBLED, joined, whole

OUT = Path(__file__).parents[1] / "exchange" / "data" / "letters" / "costs.json"
ROUNDS = 3
BEAM = 24
MISS = 1e-6  # chance that a spelling belongs to the group by no reading at all
PRIOR = 0.7  # counts that a reading has before anything is seen; halved, thirded ... down the line of readings
BACKED = 8  # counts of the reading in any context that each context starts with
WEIGHT = 3  # each pair of persons counts so often: they are what the exchange links, and few
LEAST = 5  # times a context must be seen
Costs = dict[str, dict[str, dict[str, list[int]]]]
Way = tuple[tuple[str, str, int], ...]


def share(group: str) -> float:
    """Return a number from 0 to 1 that a group's id alone decides."""
    return hashlib.sha256(group.encode()).digest()[0] / 256


def held_out(group: str) -> bool:
    return share(group) >= 205 / 256


def lines(file: Path) -> list[str]:
    return gzip.decompress(file.read_bytes()).decode().splitlines()


def groups(data: Path) -> Iterator[list[str]]:
    for line in lines(data / "name_forms.tsv.gz"):
        group, forms = line.split("\t")
        if not held_out(group):
            yield sorted(set(forms.split(",")))
    for line in lines(data / "ar2en-train.txt.gz"):
        yield line.split("\t")[:2]
    for _ in range(WEIGHT):
        yield from persons(data)


def persons(data: Path) -> Iterator[list[str]]:
    a, b = (
        {row["id"][1:]: row for row in map(json.loads, lines(data / f"persons-train-{side}.jsonl.gz"))} for side in "ab"
    )
    for number in (one for one in a if one in b):
        for field in ("given", "family", "pat"):
            ours, theirs = words(a[number][field]), words(b[number][field])
            if len(ours) == len(theirs):
                yield from ([one, other] for one, other in zip(ours, theirs, strict=True) if one != other)


class Reader:
    """Words to every skeleton with its cost and the way to it."""

    def __init__(self, scripts: Mapping[str, Script]) -> None:
        self._scripts = scripts
        self._options: dict[tuple[str, str, str], list[tuple[str, int, int]]] = {}
        self._known: dict[str, dict[str, tuple[float, Way]]] = {}

    def read(self, part: str) -> dict[str, tuple[float, Way]]:
        """Return skeleton -> (probability, way) of a part; a way is (key, context, number of the reading)."""
        if part not in self._known:
            name, word = fold(part)
            found: dict[str, tuple[int, Way]] = {"": (0, ())}
            for token in self._scripts[name].tokens(word):
                found = self._longer(name, token, found)
            ends: dict[str, tuple[int, Way]] = {}
            for text, one in found.items():
                skeleton = whole(text)
                if skeleton and (skeleton not in ends or one < ends[skeleton]):
                    ends[skeleton] = one
            total = sum(math.exp(-cost / 100) for cost, _ in ends.values())
            self._known[part] = {text: (math.exp(-cost / 100) / total, way) for text, (cost, way) in ends.items()}
        return self._known[part]

    def _longer(self, name: str, token: Token, found: dict[str, tuple[int, Way]]) -> dict[str, tuple[int, Way]]:
        longer: dict[str, tuple[int, Way]] = {}
        for start, (spent, way) in found.items():
            for classed, cost, number in self._of(name, token):
                text = joined(start, classed, undoubled=name in UNDOUBLED)
                if text not in longer or spent + cost < longer[text][0]:
                    longer[text] = (spent + cost, (*way, (token.key, token.context, number)))
        return dict(sorted(longer.items(), key=lambda one: (one[1][0], one[0]))[:BEAM])

    def _of(self, name: str, token: Token) -> list[tuple[str, int, int]]:
        key = (name, token.key, token.context)
        if key not in self._options:
            best: dict[str, tuple[int, int]] = {}
            for number, (reading, cost) in enumerate(self._scripts[name].options(token)):
                classed = "".join(FINE[sound] for sound in reading)
                best[classed] = min(best.get(classed, (cost, number)), (cost, number))
            self._options[key] = [(classed, cost, number) for classed, (cost, number) in best.items()]
        return self._options[key]


def expect(reader: Reader, learned: Iterable[list[str]]) -> tuple[dict, float]:
    """Return counts of readings by script, key and context, and the share of spellings that were explained."""
    counts: dict = defaultdict(lambda: defaultdict(Counter))
    explained = seen = 0
    for forms in learned:
        read = [(fold(one)[0], reader.read(one)) for one in forms]
        read = [one for one in read if one[1]]
        held = Counter(text for _, one in read for text in one)
        shared = [text for text, number in held.items() if number > 1]
        seen += len(read)
        if not shared:
            continue
        weight = math.sqrt(len(read))
        true = max(shared, key=lambda text: (sum(_fits(one.get(text)) for _, one in read), text))
        for name, one in read:
            if true in one:
                explained += 1
                for key, context, number in one[true][1]:
                    counts[name, key][context][number] += weight
    return counts, explained / seen


def _fits(found: tuple[float, Way] | None) -> float:
    return math.log(MISS + (found[0] if found else 0))


def maximise(counts: dict, scripts: Mapping[str, Script]) -> Costs:
    costs: Costs = {}
    for name in NAMES:
        for key, readings in sorted(scripts[name].readings.items()):
            if len(readings) > 1 and (name, key) in counts:
                costs.setdefault(name, {})[key] = _costs(counts[name, key], len(readings))
    return costs


def _costs(counts: Mapping[str, Counter], size: int) -> dict[str, list[int]]:
    prior = [PRIOR / (1 + number) for number in range(size)]
    summed = [sum(of[number] for of in counts.values()) for number in range(size)]
    overall = [(one + more) / (sum(summed) + sum(prior)) for one, more in zip(summed, prior, strict=True)]
    found = {"*": [_cost(one) for one in overall]}
    for context, of in sorted(counts.items()):
        if of.total() >= LEAST:
            found[context] = [
                _cost((of[number] + BACKED * overall[number]) / (of.total() + BACKED)) for number in range(size)
            ]
    return found


def _cost(probability: float) -> int:
    return round(-100 * math.log(probability))


def main() -> None:
    learned = list(groups(Path(sys.argv[1])))
    costs: Costs = {}
    for number in range(ROUNDS):
        scripts = read_scripts(costs)
        counts, explained = expect(Reader(scripts), learned)
        costs = maximise(counts, scripts)
        print(json.dumps({"round": number + 1, "groups": len(learned), "explained": round(explained, 4)}))
    told = [
        f"  {json.dumps(name)}: {{\n"
        + ",\n".join(f"   {json.dumps(key, ensure_ascii=False)}: {json.dumps(of)}" for key, of in costs[name].items())
        + "\n  }"
        for name in NAMES
        if name in costs
    ]
    OUT.write_text('{\n "profile": "N1",\n "costs": {\n' + ",\n".join(told) + "\n }\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
