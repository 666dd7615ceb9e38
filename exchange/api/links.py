"""Addresses for the links of an authority's cases."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from flask import Blueprint, Response
from marshmallow import Schema

from exchange import clock, judging, link_room
from exchange.api.parameters import given
from exchange.api.signed import answer, caller, hub, need_media_type
from exchange.domain.errors import Refusal
from exchange.judging import Asked, Judging
from exchange.wire.encoding import read_json, write_json
from schemas.fields import REFERENCE
from schemas.messages import ACT, CONFIRMING, REFUSING
from schemas.reading import read

JSON = "application/json"

links = Blueprint("links", __name__, url_prefix="/v1/links")


_SAYS: Final[Mapping[str, Schema]] = MappingProxyType({"confirm": CONFIRMING, "refuse": REFUSING, "withdraw": ACT})
"""Act -> what its body says."""


@links.get("")
def get_links() -> Response:
    """Answer with the caller's links: those that wait for a word of it, or with `which=judged` the others."""
    asked = given("which", "case")
    which, case = asked.get("which", judging.WAITING), asked.get("case", "")
    if which not in judging.WHICH:
        raise Refusal("bad-parameter", f"which is {' or '.join(judging.WHICH)}.")
    if case and not REFERENCE.fullmatch(case):
        raise Refusal("bad-parameter", "case is one of your own case references.")
    found = link_room.links(caller(), Asked(which, case), hub(), clock.now())
    return answer(write_json({"links": found}), JSON)


@links.get("/<link_id>")
def get_link(link_id: str) -> Response:
    """Answer with one link."""
    return answer(write_json(link_room.link(caller(), link_id, hub(), clock.now())), JSON)


@links.post("/<link_id>/confirm")
def post_confirm(link_id: str) -> Response:
    """Say that two cases are of one person."""
    return _act("confirm", link_id)


@links.post("/<link_id>/refuse")
def post_refuse(link_id: str) -> Response:
    """Say that two cases are of two persons."""
    return _act("refuse", link_id)


@links.post("/<link_id>/withdraw")
def post_withdraw(link_id: str) -> Response:
    """Take back a word that had no effect yet."""
    return _act("withdraw", link_id)


def _act(name: str, link_id: str) -> Response:
    need_media_type(JSON)
    said = dict(read(_SAYS[name], read_json(caller().request.body), "act"))
    done = Judging(name, link_id, tuple(said.get("compared", ())))
    return answer(link_room.act(caller(), said["caseworker"], done, hub(), clock.now()), JSON)
