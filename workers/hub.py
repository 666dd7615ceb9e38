"""The hub of this worker process, opened at the first task: connections must not cross a fork."""

import gc
from functools import cache

from exchange import settings
from exchange.deps import Hub, open_hub


@cache
def hub() -> Hub:
    """Return the hub that the environment describes."""
    opened = open_hub(settings.load(), connections=2)
    settle()
    return opened


def settle() -> None:
    """Spare the collector of cycles what is loaded by now, and stays: a look at all of it stops a step for 50 ms."""
    gc.collect()
    gc.freeze()
