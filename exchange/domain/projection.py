"""The projection of a reader: the history as it may know it (rules L01, L21, L22, L24).

Whatever a reader observes is computed from these notices and from nothing else: links, withheld sets, findings,
recipients. A tie through a notice that the reader may not know of does not count.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from exchange.domain import corrections, linkage
from exchange.domain.disclosure import INVOLVED_KINDS, Withheld, is_addressed, withheld
from exchange.domain.linkage import Agreements
from exchange.domain.members import Standing
from exchange.domain.notice import Notice, Reader


@dataclass(frozen=True, eq=False)
class Projection:
    """Notices that a reader may know of and that evidence among them ties together.

    Readers for whom one of these has the same name know the same notices in it.
    """

    name: str
    notices: tuple[Notice, ...]

    @cached_property
    def numbers(self) -> frozenset[int]:
        """The numbers of the notices."""
        return frozenset(n.no for n in self.notices)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Projection) and (self.name, self.numbers) == (other.name, other.numbers)

    def __hash__(self) -> int:
        return hash((self.name, self.numbers))


def projections(
    reader: Reader, around: Sequence[Notice], agreements: Agreements, standing: Standing
) -> tuple[Projection, ...]:
    """Return what a reader may know of the notices that any evidence, possible links included, ties together."""
    return Tied(tuple(around), agreements, standing).known_to(reader)


@dataclass(frozen=True, eq=False)
class Tied:
    """All notices that any evidence ties together, to be asked what each reader may know of them.

    What does not depend on the reader is worked out once: most readers share one projection, and get the same object.
    """

    notices: tuple[Notice, ...]
    agreements: Agreements
    standing: Standing

    @cached_property
    def _whole(self) -> Projection:
        return Projection("whole", corrections.corrected(self.notices))

    @cached_property
    def _hidden(self) -> Withheld:
        return withheld(self._whole.notices, self.standing)

    def known_to(self, reader: Reader) -> tuple[Projection, ...]:
        """Return what a reader may know.

        A reader in a withheld state, or in one that is suspended for such a person (L16), knows what its own state
        told, as if nobody else had spoken. Where the origin is unknown, only monitors and the asylum offices and courts
        that are in it already know more than their own words.
        """
        if reader.state not in self._hidden.states and not self.standing.hides(reader.state, self._whole.notices):
            return tuple(self._with_origin(reader, self.notices, self._whole, self._hidden))
        told = [n for n in self.notices if n.author.state == reader.state]
        return tuple(
            known
            for tied in linkage.components(told, self.agreements)
            for said in (corrections.corrected(tied),)
            for known in self._with_origin(
                reader, tied, Projection(f"state:{reader.state}", said), withheld(said, self.standing)
            )
        )

    def _with_origin(
        self, reader: Reader, tied: tuple[Notice, ...], known: Projection, hidden: Withheld
    ) -> Iterator[Projection]:
        """Yield what is known, or the reader's own alone where the origin is unknown and it is not involved."""
        if not hidden.unknown or reader.kind == "monitor" or _is_involved(reader, tied):
            yield known
            return
        own = [n for n in tied if n.author.urn == reader.urn]
        for part in linkage.components(own, self.agreements):
            yield Projection(f"authority:{reader.slug}", corrections.corrected(part))


def _is_involved(reader: Reader, tied: Sequence[Notice]) -> bool:
    return reader.kind in INVOLVED_KINDS and any(reader.urn == n.author.urn or is_addressed(reader, n) for n in tied)


def holding(known: Sequence[Projection], number: int) -> Projection | None:
    """Return the one that holds a notice, or None when the reader may not know of it."""
    return next((p for p in known if number in p.numbers), None)
