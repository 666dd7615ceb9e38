"""What the hub says, as schemas: bodies of answers, and the payloads of what it signs as JWS."""

import re
from typing import ClassVar, Final

from marshmallow import INCLUDE, Schema, fields, validate

from exchange.domain.kinds import KINDS
from exchange.domain.notice import FLAG
from exchange.domain.vocabulary import ACTING_STATES, PERSON_STATES, SAFEGUARDS, SOURCES
from schemas.fields import AUTHORITY_URN, HASH, NOTICE_URN, REFERENCE, Choice, Edtf, Several, Text, Whole
from schemas.messages import NEVER, NOTICE_ID

LARGEST: Final = 2**53 - 1
MOST_ITEMS: Final = 100
UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
COMPACT_JWS: Final = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
WORD: Final = re.compile(r"[a-z]+(_[a-z]+)*")
NAME: Final = re.compile(r"[a-z]+([-_][a-z]+)*")
CODE: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def number(*, required: bool = True) -> Whole:
    """Return a field for a number that counts or numbers something."""
    return Whole(0, LARGEST, required=required)


def seconds(*, required: bool = True) -> Whole:
    """Return a field for a moment."""
    return Whole(0, LARGEST, required=required, metadata={"description": "Unix time in seconds"})


def _jws(holds: str, *, required: bool = False) -> fields.String:
    """A JWS can be longer than a Text may be."""
    return fields.String(required=required, metadata={"description": holds, "pattern": f"^{COMPACT_JWS.pattern}$"})


def text(*, required: bool = True) -> fields.String:
    """Return a field for words that the hub chooses."""
    return fields.String(required=required)


def _notice() -> fields.String:
    return fields.String(metadata={"description": "the issuer-signed JWS and the Disclosures that the reader may have"})


def flag() -> Choice:
    """Return the field of what a reader is told when the key that signed a notice was in other hands."""
    return Choice((FLAG,), metadata={"description": "it came after its key was in other hands: it may protect alone"})


def _view() -> fields.String:
    return _jws("a JWS asylum-exchange-view+jws, see the schema view")


def _blobs() -> Several:
    return Several(fields.String(), metadata={"description": "JWE in JSON serialisation, as strings"})


class BatchPlace(Schema):
    """Where a notice stands in the batch that came in one request."""

    position = number()
    size = Whole(1, 500, required=True)
    path = Several(Text(HASH), required=True)


class Leaf(Schema):
    """The ledger's leaf of the request: its index, its hash, and the salt that only the parties have."""

    index = number()
    hash = Text(HASH, required=True)
    salt = Text(HASH, required=True)
    batch = fields.Nested(BatchPlace)


class Receipt(Schema):
    """Payload of a JWS asylum-exchange-receipt+jws: the exchange has accepted what `iss` sent under `id`."""

    iss = Text(AUTHORITY_URN, required=True)
    id = Text(NOTICE_ID, required=True)
    sha256 = Text(HASH, required=True)
    state = Choice(("accepted",), required=True)
    received = number()
    leaf = fields.Nested(Leaf, required=True)
    held = Several(Text(AUTHORITY_URN), validate=validate.Length(min=1))


class SeenEvent(Schema):
    """The members of the event part that the reader may see; a time may be coarser than the author wrote it."""

    kind = Choice(KINDS)
    event_time = Edtf()
    state = Choice(ACTING_STATES)
    counterpart_state = Choice(ACTING_STATES)
    in_reply_to = Text(NOTICE_URN)
    corrects = Text(NOTICE_URN)
    withdraws = Text(NOTICE_URN)
    reference = Text(REFERENCE)


class SeenFacts(Schema):
    """The members of the facts that the reader may see, as the schema of the kind has them."""

    class Meta:
        """Whatever the kind has."""

        unknown = INCLUDE

    also: ClassVar = {"additionalProperties": {"type": ["string", "array"], "items": {"type": "string"}}}


class SeenParts(Schema):
    """Members of parts of a notice, as its reader may see them."""

    event = fields.Nested(SeenEvent)
    facts = fields.Nested(SeenFacts)
    safeguards = Several(Choice(SAFEGUARDS))
    stop = Choice(("yes", "no"))
    danger = Several(Choice(PERSON_STATES))
    source = Choice(SOURCES)


class View(SeenParts):
    """Payload of a JWS asylum-exchange-view+jws: members of parts of a notice that the reader may not see whole."""

    iss = Text(AUTHORITY_URN, required=True)
    id = Text(NOTICE_ID, required=True)


class Answer(Schema):
    """Payload of a JWS asylum-exchange-answer+jws, always of 1024 bytes: the answer to a query."""

    iat = number()
    jti = Text(UUID, required=True)
    answer = Choice(("nothing_to_tell", "mailbox"), required=True)
    words = text(required=False)
    mailbox = Text(UUID)
    pad = text()
    also: ClassVar = {
        "oneOf": [
            {"properties": {"answer": {"const": "nothing_to_tell"}, "mailbox": NEVER}, "required": ["words"]},
            {"properties": {"answer": {"const": "mailbox"}, "words": NEVER}, "required": ["mailbox"]},
        ]
    }


class Problem(Schema):
    """A refusal (RFC 9457). Programs decide by `code`, never by `detail`; docs/errors.md has every code."""

    type = Text(re.compile(r"urn:asylum-exchange:problem:[a-z0-9-]+"), required=True)
    title = text()
    status = Whole(400, 599, required=True)
    code = Text(CODE, required=True)
    detail = text()
    time = Whole(0, LARGEST, metadata={"description": "the hub's time in Unix seconds, with the codes stale and ahead"})
    retry_after = Whole(
        1, LARGEST, metadata={"description": "seconds until the same may be sent again, with the code too-many"}
    )
    signature_base = fields.String(metadata={"description": "what the hub verified (RFC 9421 section 2.5)"})


class Outcome(Schema):
    """What became of one notice of a batch: a receipt, or a problem document."""

    status = Whole(200, 599, required=True)
    receipt = _jws("a JWS asylum-exchange-receipt+jws, see the schema receipt")
    problem = fields.Nested(Problem)
    also: ClassVar = {"oneOf": [{"required": ["receipt"]}, {"required": ["problem"]}]}


class Outcomes(Schema):
    """What became of a batch, in the order sent."""

    outcomes = Several(fields.Nested(Outcome), required=True, validate=validate.Length(min=1, max=500))


class InboxItem(Schema):
    """One item of an inbox: a notice of another authority, a word of the hub, or an acknowledgement of a notice.

    One that is hidden while the reader's state is suspended has its number only.
    """

    seq = Whole(1, LARGEST, required=True)
    type = Choice(("notice", "word", "acknowledgement", "hidden"), required=True)
    notice = _notice()
    flag = flag()
    view = _view()
    sealed = _blobs()
    jws = _jws("a JWS of the hub (word), or of the addressee (acknowledgement)")
    also: ClassVar = {
        "oneOf": [
            {"properties": {"type": {"const": "notice"}, "jws": NEVER}, "required": ["notice"]},
            {
                "properties": {
                    "type": {"enum": ["word", "acknowledgement"]},
                    "notice": NEVER,
                    "view": NEVER,
                    "sealed": NEVER,
                },
                "required": ["jws"],
            },
            {
                "properties": {
                    "type": {"const": "hidden"},
                    **dict.fromkeys(("notice", "flag", "view", "sealed", "jws"), NEVER),
                }
            },
        ]
    }


class InboxPage(Schema):
    """A page of an inbox. Its numbers have no gap; `next` is what to give as `after` for the page that follows."""

    items = Several(fields.Nested(InboxItem), required=True, validate=validate.Length(max=MOST_ITEMS))
    next = number()


class Listed(Schema):
    """One notice by its name, and the SHA-256 of its signing input."""

    iss = Text(AUTHORITY_URN, required=True)
    id = Text(NOTICE_ID, required=True)
    sha256 = Text(HASH, required=True)


class NoticesPage(Schema):
    """A page of own notices, or of those addressed to the caller; `next` is an id, or a number of the inbox."""

    items = Several(fields.Nested(Listed), required=True, validate=validate.Length(max=MOST_ITEMS))
    next = fields.Raw(required=True, metadata={"type": ["string", "integer"]})


class NoticeReading(Schema):
    """One notice as its reader may have it; only its author is shown receipt, acknowledgements and answers."""

    iss = Text(AUTHORITY_URN, required=True)
    id = Text(NOTICE_ID, required=True)
    notice = fields.String(required=True)
    flag = flag()
    view = _view()
    sealed = _blobs()
    receipt = _jws("a JWS asylum-exchange-receipt+jws, see the schema receipt")
    acknowledgements = Several(_jws("a JWS asylum-exchange-ack+jws, see the schema acknowledgement"))
    answers = Several(Text(NOTICE_URN), metadata={"description": "notices that answer this one and were given to you"})


class Refused(Schema):
    """One refused message of the caller. `entry` is there when the message was one entry of a batch."""

    no = Whole(1, LARGEST, required=True)
    at = seconds()
    method = text()
    path = text()
    digest = text(required=False)
    code = Text(CODE, required=True)
    detail = text()
    entry = number(required=False)


class QuarantinePage(Schema):
    """A page of the caller's own refused messages."""

    items = Several(fields.Nested(Refused), required=True, validate=validate.Length(max=MOST_ITEMS))
    next = number()


class Names(Schema):
    """The names under which schemas are served."""

    schemas = Several(Text(NAME), required=True)
