"""Links between cases, as the hub shows them to those who may judge them."""

import re
from typing import Final

from marshmallow import Schema, fields

from exchange.domain.judgements import ACTS, COMPARED, CONFIRMED, REFUSED
from exchange.domain.link_words import SAYS
from exchange.domain.linked import GRADES
from exchange.domain.vocabulary import ACTING_STATES
from schemas.alerts import SeenNotice
from schemas.answers import text
from schemas.fields import AUTHORITY_URN, REFERENCE, Choice, Several, Text, Whole

LINK_ID: Final = re.compile(r"[0-9a-f]{32}")
"""Name of a link, another one for each reader."""
BY: Final = re.compile(rf"you|other|monitor|{AUTHORITY_URN.pattern}")
TYPE: Final = re.compile(r"[A-Za-z][A-Za-z0-9]*(,? [A-Za-z0-9]+)*")
"""A type of token, or a sign of several."""
VERSION: Final = re.compile(r"[!-~]{1,64}")
_MOST_BITS: Final = 10_000


class SidedNotice(SeenNotice):
    """A notice behind a link, and whose case it is in."""

    side = Choice(("yours", "other", "first", "second"), required=True)


class Word(Schema):
    """What somebody said of the link that had no effect yet, and which identifiers they compared."""

    by = Text(BY, required=True)
    verdict = Choice((CONFIRMED, REFUSED), required=True)
    compared = Several(Choice(COMPARED), required=True)


class Reason(Schema):
    """A type of token that agrees or differs, or what several show together, in words, with its weight in bits.

    Below zero it speaks against the link.
    """

    type = Text(TYPE, required=True)
    says = Choice(SAYS, required=True)
    bits = Whole(-_MOST_BITS, _MOST_BITS, required=True)
    words = text()


class Why(Schema):
    """What tokens say: `bits` is the logarithm to base 2 of the odds that it is one person, by weights of a version.

    `weight` is how much was compared at all, in bits. The exchange holds no name: it knows what agrees, not what it is.
    """

    weights = Text(VERSION, required=True)
    bits = Whole(-_MOST_BITS, _MOST_BITS, required=True)
    weight = Whole(0, _MOST_BITS, required=True)
    reasons = Several(fields.Nested(Reason), required=True)


class Link(Schema):
    """A link between two cases, and what the reader can say of it (`acts`).

    `words` had no effect yet: a link is confirmed when both authorities have confirmed it, and refused when
    authorities of two states have, or one and a monitor not of its state. It is `contested` while one alone has
    refused it, and `doubted` when a word that made it what it was does not count any more: its key was in other hands,
    its state suspended, or it may hear nothing of the person. Of each case the last 50 notices are shown; of
    the other case none, and `other_state` in their place, while a notice fits two persons or they were refused.
    """

    id = Text(LINK_ID, required=True)
    grade = Choice(GRADES, required=True)
    contested = Choice(("yes",))
    doubted = Choice(("yes",))
    your_cases = Several(Text(REFERENCE))
    other_state = Choice(ACTING_STATES)
    words = Several(fields.Nested(Word), required=True)
    notices = Several(fields.Nested(SidedNotice), required=True)
    why = fields.Nested(Why)
    acts = Several(Choice(tuple(ACTS)), required=True)


class Links(Schema):
    """Links of the caller: those that wait for a word of its caseworkers, or those on which there is one."""

    links = Several(fields.Nested(Link), required=True)
