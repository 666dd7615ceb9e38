"""The aggregate report as its readers fetch it: frozen quarterly releases."""

import hashlib
from typing import Any, cast

from exchange.client.line import Line
from exchange.domain.errors import Refusal
from exchange.wire.encoding import b64encode, read_json


class Releases:
    """The frozen releases of the exchange, for a monitor, an observer or the secretariat."""

    def __init__(self, line: Line) -> None:
        """`line` is the signed line to the exchange."""
        self._line = line

    def index(self) -> list[dict[str, Any]]:
        """Return which releases there are, the latest first: quarter, sha256, frozen_at, leaf."""
        answer = cast("dict[str, Any]", read_json(self._read("/v1/aggregates")))
        return cast("list[dict[str, Any]]", answer["releases"])

    def one(self, quarter: str) -> dict[str, Any]:
        """Return the release of a quarter, once its bytes have the SHA-256 that the index names.

        Raises Refusal `wrong-receipt` when they have not.
        """
        body = self._read(f"/v1/aggregates/{quarter}")
        named = next((said["sha256"] for said in self.index() if said["quarter"] == quarter), None)
        if named != b64encode(hashlib.sha256(body).digest()):
            raise Refusal("wrong-receipt", "The release is not the one that the exchange put into its ledger.")
        return cast("dict[str, Any]", read_json(body))

    def table(self, quarter: str) -> str:
        """Return the release of a quarter as CSV (RFC 4180)."""
        return self._read(f"/v1/aggregates/{quarter}.csv").decode()

    def _read(self, target: str) -> bytes:
        return self._line.call("GET", target, b"", "")
