"""A value that only its checker makes."""

from typing import Final


class Mark:
    """The right to make values of a checked type. The module that checks keeps its own and hands it to nobody."""

    def __init__(self, checker: str) -> None:
        self._checker: Final = checker

    def demand(self, shown: object) -> None:
        """Return if `shown` is this very mark.

        Raises:
            TypeError: the value is being made by somebody who did not check anything.
        """
        if shown is not self:
            raise TypeError(f"only {self._checker} makes this value: give it the bytes and use what it returns")
