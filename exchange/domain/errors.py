"""The one kind of refusal inside the exchange.

A `Refusal` carries a stable code and words for the sender. `exchange.api.problems` turns it into an answer; nothing
else knows about HTTP status. docs/errors.md has a heading for every code.
"""


class Refusal(Exception):  # noqa: N818 -- a refusal is an answer, not a fault
    """The exchange refuses a message.

    `code` is stable and documented; `detail` says in plain words what was wrong, never with personal data.
    """

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
