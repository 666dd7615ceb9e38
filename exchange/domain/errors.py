"""The one kind of refusal inside the exchange.

A `Refusal` carries a stable code and words for the sender. `exchange.api.problems` turns it into an answer; nothing
else knows about HTTP status. docs/errors.md has a heading for every code.
"""

from collections.abc import Mapping


class Refusal(Exception):  # noqa: N818 -- a refusal is an answer, not a fault
    """The exchange refuses a message.

    `code` is stable and documented; `detail` says in plain words what was wrong, never with personal data. `more` is
    for the sender alone: further members of the problem document, by name. It may hold what this sender sent, so it
    stays out of the words of the exception and out of every log.
    """

    def __init__(self, code: str, detail: str, more: Mapping[str, object] | None = None) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
        self.more: Mapping[str, object] = more or {}
