"""Addresses of keys: their published history, and what an authority says of its own."""

import re
from typing import Final

from flask import Blueprint, Response

from exchange import clock, key_room
from exchange.api.messages import receipt
from exchange.api.parameters import given
from exchange.api.signed import answer, caller, hub, need_media_type, tagged
from exchange.domain.errors import Refusal
from exchange.wire.encoding import write_json

JSON: Final = "application/json"
JOSE: Final = "application/jose"
OPEN: Final = frozenset({"keys.get_published_keys"})
"""Key events are open records: everybody may read and judge them."""
_SLUG: Final = re.compile(r"(?=.{1,63}$)[a-z0-9]+(-[a-z0-9]+)*")

keys = Blueprint("keys", __name__)


@keys.get("/v1/keys")
def get_keys() -> Response:
    """Answer with the records of key events, of one authority (`of`) and the secretariat, or of all."""
    of = given("of").get("of")
    if of is not None and not _SLUG.fullmatch(of):
        raise Refusal("bad-parameter", "of is the slug of an authority: the last part of its URN.")
    return tagged(write_json(key_room.read_keys(caller(), of, hub(), clock.now())), JSON)


@keys.post("/v1/keys/challenges")
def post_challenge() -> Response:
    """Answer with the nonce over which the caller shows that it holds a key."""
    need_media_type(JSON)
    return answer(key_room.challenge(caller(), caller().request.body, hub(), clock.now()), JSON)


@keys.post("/v1/keys")
def post_keys() -> Response:
    """Let what the caller says of its own keys take effect; answer with its receipt."""
    need_media_type(JOSE)
    return receipt(key_room.say(caller(), caller().request.body, hub(), clock.now()))


@keys.get("/ledger/keys")
def get_published_keys() -> Response:
    """Show the records of all key events to everybody."""
    return Response(write_json(key_room.published(hub(), None)), content_type=JSON)
