"""The one way in which a value becomes a checked message."""

from typing import Any, cast

from marshmallow import Schema, ValidationError

from exchange.domain.errors import Refusal

MOST_NAMED = 5


def read(schema: Schema, value: object, what: str) -> dict[str, Any]:
    """Return the value when the schema accepts it.

    Raises Refusal `bad-schema`, which names the members at fault and never repeats what they held.
    """
    try:
        return cast("dict[str, Any]", schema.load(value))  # type: ignore[arg-type]  # a non-object is refused by load
    except ValidationError as error:
        raise Refusal("bad-schema", f"The schema does not take the {what}: {_words(error.messages)}.") from None


def _words(messages: object) -> str:
    found = list(_flat(messages, ""))
    more = f"; and {len(found) - MOST_NAMED} more" if len(found) > MOST_NAMED else ""
    return "; ".join(found[:MOST_NAMED]) + more


def _flat(messages: object, path: str) -> list[str]:
    if isinstance(messages, dict):
        return [line for key, value in messages.items() for line in _member(str(key), value, path)]
    if isinstance(messages, list):
        return [f"{path or 'the whole'}: {str(message).rstrip('.')}" for message in messages]
    return [f"{path or 'the whole'}: {str(messages).rstrip('.')}"]


def _member(key: str, value: object, path: str) -> list[str]:
    """Name a member of ours; never repeat an unknown one, which is the sender's own text."""
    if value == ["Unknown field."]:
        return [f"{path or 'the whole'}: holds a member that the schema does not know"]
    return _flat(value, path if key == "_schema" else f"{path}.{key}".lstrip("."))
