"""What acceptance asks of the members: who may send, and which addressees a receipt says will not be served."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from exchange.domain import disclosure, third_country
from exchange.domain.errors import Refusal
from exchange.domain.members import Standing, Words
from exchange.domain.notice import Reader
from exchange.reading import subject
from exchange.store import directory, members
from exchange.store.session import Tx


@dataclass
class Members:
    """The members as they stand in one transaction; what is not asked for is not loaded."""

    tx: Tx
    now: datetime

    @cached_property
    def standing(self) -> Standing:
        """How every state stands."""
        return members.standing(self.tx, self.now)

    @cached_property
    def _enrolled(self) -> Mapping[str, Reader]:
        return {one.urn: one for one in directory.authorities(self.tx)}

    def refusal(self, author: Reader) -> Refusal | None:
        """Return why a notice of this author is not taken, if it is not: its state only prepares to join."""
        if self.standing.may_say(author.state):
            return None
        return Refusal("not-a-member", "Your state is no full member: it may read, and not send notices.")

    def held(self, author: Reader, hub: Mapping[str, Any]) -> list[str]:
        """Return the addressees that the exchange will not serve, as far as the notice's own words tell.

        Empty when the author's own state is withheld: then even that list would tell. Addressees nobody has enrolled
        are among them, as are those of a suspended state, so that the list gives no reason.
        """
        if not hub["aud"]:
            return []
        said = Words(subject(hub["subject"]), self.now)
        if author.state in disclosure.withheld([said], self.standing).states:
            return []
        transfer = "transfer" in hub
        return [urn for urn in hub["aud"] if not self._serves(self._enrolled.get(urn), author, said, transfer=transfer)]

    def _serves(self, reader: Reader | None, author: Reader, said: Words, *, transfer: bool) -> bool:
        return (
            reader is not None
            and reader.kind in disclosure.SERVED_KINDS
            and not third_country.is_barred(author, reader, self.now, transfer=transfer)
            and disclosure.may_receive(reader, [said], self.standing)
        )
