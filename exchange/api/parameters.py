"""Parameters of a request's target: those that an address takes, each once, in one form."""

from collections.abc import Collection, Mapping
from typing import Final

from flask import request

from exchange.domain.errors import Refusal

_MOST_DIGITS: Final = 15  # so that what is counted stays below 2^53


def given(*names: str) -> dict[str, str]:
    """Return the parameters of the request by name. Raises Refusal `bad-parameter` for another, or one given twice."""
    found = request.args.to_dict(flat=False)
    if not found.keys() <= set(names) or any(len(values) > 1 for values in found.values()):
        raise Refusal("bad-parameter", _takes(names))
    return {name: value for name, (value,) in found.items()}


def _takes(names: Collection[str]) -> str:
    return f"This address takes {', '.join(names)}, each once at most." if names else "This address takes no parameter."


def number(asked: Mapping[str, str], name: str, most: int | None = None) -> int:
    """Return a parameter as a whole number, 0 when it is absent. Raises Refusal `bad-parameter`."""
    text = asked.get(name, "0")
    if not text.isascii() or not text.isdecimal() or len(text) > _MOST_DIGITS:
        raise Refusal("bad-parameter", f"{name} is a whole number.")
    found = int(text)
    if most is not None and found > most:
        raise Refusal("bad-parameter", f"{name} is at most {most}.")
    return found


def digit(asked: Mapping[str, str], name: str, most: int) -> int:
    """Return a parameter as a number from 1 to `most`, at most 9; 0 when it is absent. Raises `bad-parameter`."""
    text = asked.get(name)
    if text is None:
        return 0
    if len(text) != 1 or text not in "123456789"[:most]:
        raise Refusal("bad-parameter", f"{name} is a number from 1 to {most}.")
    return int(text)
