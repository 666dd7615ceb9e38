"""What an authority asks the exchange, each as a statement that it signs: queries, and checks before a removal."""

import uuid_utils

from exchange import clock
from exchange.client.folder import Folder
from exchange.client.line import JOSE, TRIES, Line
from exchange.wire import jws, statements
from exchange.wire.claims import Claims
from exchange.wire.encoding import Json, write_json


class Asker:
    """Asks for the authority whose keys are in a folder."""

    def __init__(self, folder: Folder, tries: int = TRIES) -> None:
        """`folder` holds keys and what is pinned of the hub; each message is tried `tries` times, a second apart."""
        self.folder = folder
        self._hub = folder.hub
        self._line = Line(folder, tries)

    def query(self, asked: dict[str, Json]) -> dict[str, Json]:
        """Ask whether anybody has something about the person of an own case; returns what the answer says.

        `asked` has `purpose`, `legal_basis`, `case` and `tokens`.
        """
        answer = self._line.jws("/v1/queries", self._said(asked, statements.QUERY), JOSE)
        return self.folder.heard(answer, statements.ANSWER)

    def check(self, asked: dict[str, Json]) -> dict[str, Json]:
        """Ask before a removal what it would complete or begin; returns what the answer says.

        `asked` has `purpose`, `legal_basis`, `case`, `destination`, `date` (EDTF), perhaps `tokens` and `means`. Check
        and answer are kept as they were signed, in `checks`: together they are evidence, and the hub forgets them.

        Raises Refusal `wrong-receipt` for the answer to another check.
        """
        body = self._said(asked, statements.CHECK)
        answer = self._line.jws("/v1/checks", body, JOSE)
        told = self.folder.heard(answer, statements.CHECK_ANSWER)
        statements.require_answer(told, body.decode("ascii"))
        self.folder.keep("checks", f"{told['id']}.check.jws", body)
        self.folder.keep("checks", f"{told['id']}.answer.jws", answer.encode("ascii"))
        return told

    def _said(self, members: dict[str, Json], typ: str) -> bytes:
        claims = Claims(self._hub["ex"], str(uuid_utils.uuid7()), self.folder.urn, int(clock.now().timestamp()))
        return jws.sign(write_json({**claims.members(), **members}), typ, self.folder.key("notice")).encode()
