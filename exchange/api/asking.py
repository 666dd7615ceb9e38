"""Answers that are sent at a fixed time after receipt, whatever they say and whatever becomes of computing them."""

from collections.abc import Callable
from datetime import datetime

from flask import Response

from exchange import answering, clock
from exchange.access import Caller
from exchange.api.signed import answer, caller, hub, need_media_type
from exchange.deps import Hub
from exchange.domain.errors import Refusal

JOSE = "application/jose"
Ask = Callable[[Caller, bytes, Hub, datetime], str]


def at_deadline(ask: Ask) -> Response:
    """Answer the current request at its deadline with what `ask` computes, and put it into the ledger then."""
    need_media_type(JOSE)
    now = clock.now()
    try:
        jws = ask(caller(), caller().request.body, hub(), now)
    except Refusal:  # it depends on what the caller sent alone
        raise
    except Exception:
        clock.wait_until(answering.deadline(hub(), now, clock.now()))
        raise
    clock.wait_until(answering.deadline(hub(), now, clock.now()))
    answering.enter(hub(), jws, clock.now())
    return answer(jws.encode(), JOSE)
