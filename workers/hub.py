"""The hub of this worker process, opened at the first task: connections must not cross a fork."""

from functools import cache

from exchange import settings
from exchange.deps import Hub, open_hub


@cache
def hub() -> Hub:
    """Return the hub that the environment describes."""
    return open_hub(settings.load(), connections=2)
