"""The links between own cases and those of others: read, confirmed, refused."""

from collections.abc import Sequence
from typing import Any, cast

from exchange.client.line import JSON, Line
from exchange.wire.encoding import Json, read_json, write_json


class Links:
    """The links of an authority's cases; for a monitor those that are contested, or for review."""

    def __init__(self, line: Line) -> None:
        """`line` is the signed line to the exchange."""
        self._line = line

    def index(self, which: str = "waiting", case: str = "") -> list[dict[str, Any]]:
        """Return the links that wait for a word of ours, or those that are `judged`; of one case when it is named."""
        target = f"/v1/links?which={which}" + (f"&case={case}" if case else "")
        return cast("list[dict[str, Any]]", self._read(target)["links"])

    def one(self, link_id: str) -> dict[str, Any]:
        """Return one link: grade, what was said, why, and the notices of both cases as we may see them."""
        return self._read(f"/v1/links/{link_id}")

    def say(self, link_id: str, name: str, caseworker: str, compared: Sequence[str] = ()) -> dict[str, Any]:
        """Confirm, refuse or withdraw, for a caseworker by pseudonym; returns the link as it stands then.

        `compared` are codes of the identifiers that were compared: two at least to confirm, one to refuse.
        """
        said: dict[str, Json] = {"caseworker": caseworker}
        if compared:
            said["compared"] = list(compared)
        body = self._line.call("POST", f"/v1/links/{link_id}/{name}", write_json(said), JSON)
        return cast("dict[str, Any]", read_json(body))

    def _read(self, target: str) -> dict[str, Any]:
        return cast("dict[str, Any]", read_json(self._line.call("GET", target, b"", "")))
