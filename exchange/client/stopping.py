"""What the hub told this authority to stop: kept from its inbox, and asked before a removal is sent (rule L14).

The stop stands on the authority's own side. A removal is not signed for a case that something stops, unless a reason
of a closed list is given with it: so a notice of what has happened is never lost, and nobody overlooks a measure.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

from exchange.client.folder import Folder
from exchange.domain.errors import Refusal
from exchange.domain.stops import MOVES
from exchange.wire import statements
from exchange.wire.encoding import read_json

KEPT: Final = "stops.json"
_STOP: Final = "stop"


def note(folder: Folder, items: Sequence[Mapping[str, Any]]) -> None:
    """Keep what the words among items of our inbox say of stops; the latest word about a case holds.

    Raises Refusal as `statements.heard` for a word that the hub did not sign.
    """
    kept = _kept(folder)
    fresh = dict(kept)
    for item in items:
        if item.get("type") == "word":
            said = folder.heard(item["jws"], statements.WORD)
            if said.get("word") == _STOP and int(item["seq"]) > fresh.get(str(said["case"]), {}).get("seq", 0):
                fresh[str(said["case"])] = {"seq": item["seq"], "stop": said["stop"], "rules": said.get("rules", [])}
    if fresh != kept:
        folder.keep("", KEPT, json.dumps(fresh, indent=1).encode())


def require_none(folder: Folder, parts: Mapping[str, Any], now: int) -> None:
    """Return if nothing stops what a notice says, or it says why it is sent all the same; `now` in Unix seconds.

    Raises Refusal `stop-in-force`.
    """
    if parts["event"].get("kind") not in MOVES or parts["facts"].get("despite") or "cancelled" in _yes(parts["facts"]):
        return
    told = _kept(folder).get(str(parts["hub"].get("case")), {"stop": "no"})
    if told["stop"] == "yes" and _stands(told.get("rules", []), now):
        rules = ", ".join(rule["rule"] for rule in told["rules"])
        raise Refusal(
            "stop-in-force",
            f"The exchange told you to stop removals in this case{f' ({rules})' if rules else ''}. Look into it first;"
            " to send this all the same, give the reason in despite among the facts.",
        )


def _stands(rules: Sequence[Mapping[str, Any]], now: int) -> bool:
    """Tell whether a stop stands still: one without rules does until the hub says otherwise."""
    return not rules or any(rule.get("until", now) >= now for rule in rules)


def _yes(facts: Mapping[str, Any]) -> set[str]:
    return {member for member, said in facts.items() if said == "yes"}


def _kept(folder: Folder) -> dict[str, dict[str, Any]]:
    path = folder.path / KEPT
    return cast("dict[str, dict[str, Any]]", read_json(path.read_bytes())) if path.exists() else {}
