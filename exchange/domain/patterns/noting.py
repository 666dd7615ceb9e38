"""What a notion is: the states between which an event is something (see `notions`)."""

from collections.abc import Callable

from exchange.domain.timeline import Event

Between = tuple[str, str | None]
"""Who acts, and towards whom."""
Notion = Callable[[Event], tuple[Between, ...]]


def of_kinds(*kinds: str) -> Notion:
    """Return the notion of an event of one of these kinds, by its state."""

    def notion(event: Event) -> tuple[Between, ...]:
        return ((event.state, event.counterpart),) if event.kind in kinds else ()

    return notion
