"""The disclosure report as an authority has it made: verified, with its place in the ledger, and kept as evidence."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from exchange import clock
from exchange.client.folder import Folder
from exchange.client.line import JSON, Line
from exchange.client.proving import Watched
from exchange.domain.errors import Refusal
from exchange.wire import leaves, statements
from exchange.wire.encoding import Json, b64decode, read_json, write_json
from schemas.disclosure_reports import REPORT
from schemas.reading import read

KEPT: Final = "disclosure-reports"
LOOKS: Final = 4
"""How often a checkpoint over a new report is looked for, a second apart: there is one a second."""


@dataclass(frozen=True, slots=True)
class Handed:
    """A report: what it says, its JWS, its leaf, and the proof that the leaf is in the ledger (tlog-proof@v1).

    `proof` is empty when the ledger showed no checkpoint over it yet; `checkpoint` is then empty too.
    """

    said: Mapping[str, Any]
    jws: str
    leaf: Mapping[str, Any]
    proof: str = ""
    checkpoint: str = ""

    def members(self) -> dict[str, Json]:
        """Return all of it as JSON: what anybody needs to check it without the exchange."""
        told = {"report": self.jws, "leaf": self.leaf, "proof": self.proof, "says": self.said}
        return cast("dict[str, Json]", {name: value for name, value in told.items() if value})


class Disclosures:
    """Disclosure reports of own cases."""

    def __init__(self, folder: Folder, line: Line) -> None:
        """`line` is the signed line to the exchange; reports are kept in `folder`."""
        self._folder, self._line = folder, line

    def report(self, asked: Mapping[str, str]) -> Handed:
        """Have a report made, of which `asked` has case, purpose, legal_basis and for; it is verified and kept.

        Raises Refusal as the hub refused it, `bad-schema`, `wrong-receipt` for a report of another case or one that
        is not over its leaf, and those of `statements.heard`.
        """
        body = self._line.call("POST", "/v1/disclosure-reports", write_json(dict(asked)), JSON)
        answer = cast("dict[str, Any]", read_json(body))
        text = str(answer["report"])
        said = self._folder.heard(text, statements.DISCLOSURE_REPORT)
        wanted = {**asked, "to": self._folder.urn, "ex": self._folder.hub["ex"]}
        read(REPORT, said, "report")
        if {name: said.get(name) for name in wanted} != wanted:
            raise Refusal("wrong-receipt", "The report is not the one that was asked for.")
        if not leaves.is_over(answer["leaf"], text.encode()):
            raise Refusal("wrong-receipt", "The leaf is not over the report.")
        handed = Handed(said, text, answer["leaf"])
        self._folder.keep(KEPT, f"{said['id']}.json", write_json(handed.members()))
        return handed

    def proven(self, handed: Handed, looks: int = LOOKS) -> Handed:
        """Return a report with the proof that its leaf is in the ledger, once a checkpoint covers it.

        Raises Refusal as `Watched.included`; without a checkpoint after so many looks it comes back as it was.
        """
        watched = Watched(self._folder, self._line)
        for number in range(looks):
            clock.pause(min(number, 1))
            try:
                raw, found = watched.included(int(handed.leaf["index"]), b64decode(str(handed.leaf["hash"])))
            except Refusal as refusal:
                if refusal.code != "not-published":
                    raise
                continue
            proven = Handed(handed.said, handed.jws, handed.leaf, raw.decode("utf-8"), found.checkpoint.note.raw)
            self._folder.keep(KEPT, f"{handed.said['id']}.json", write_json(proven.members()))
            return proven
        return handed
