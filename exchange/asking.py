"""Asking a witness over HTTP to cosign a checkpoint (C2SP tlog-witness, add-checkpoint).

It is below the use cases and below the mirror, because both ask: the hub itself, and whoever has a mirror. It knows
neither tiles nor tables: who asks brings along what proves that the checkpoint continues an older one.

A witness is a stranger. One may be silent, send a byte a minute, or send without end, so one deadline holds for the
whole exchange (httpx has them for each read only, and a trickle never meets those) and its answer has an end.
"""

import asyncio
import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import httpx

from exchange.domain.errors import Refusal
from exchange.domain.merkle import MAX_SIZE
from exchange.wire import tlog
from exchange.wire.signed_note import NoteKey, Signature, open_note

MOST_BYTES: Final = 16_384
"""The longest answer that is read: 100 lines are shorter."""
_GOOD: Final = 200
_OTHER_SIZE: Final = 409
_NO_CONTINUATION: Final = 422
_SIZE: Final = re.compile(r"(0|[1-9][0-9]{0,18})\n")
_WHY: Final = {
    400: "it cannot read what it was sent",
    403: "it does not know the key that signed the checkpoint",
    404: "it does not know the ledger",
    409: "it has cosigned another checkpoint already, with more leaves or another root: mirror first; when that does"
    " not help, the ledger has forked",
    422: "the checkpoint does not continue what it has cosigned: the ledger has forked, or one of the two is damaged",
}


@dataclass(frozen=True, slots=True)
class Question:
    """A signed checkpoint with its size, what gives the consistency proof from an older size, and the patience.

    `patience` is in seconds, for all that is sent and read in one go.
    """

    checkpoint: str
    size: int
    prove: Callable[[int], Sequence[bytes]]
    patience: float


class WitnessRefused(Refusal):
    """The witness does not cosign. `forked`: it says that it has seen what this checkpoint does not continue.

    `beyond` is a size larger than the checkpoint's that it says it has cosigned, None when it says no such thing. That
    is a fork too, unless somebody took a newer checkpoint there meanwhile.
    """

    def __init__(self, code: str, detail: str, *, forked: bool = False, beyond: int | None = None) -> None:
        super().__init__(code, detail)
        self.forked, self.beyond = forked, beyond


def ask(url: str, key: NoteKey, question: Question, old: int) -> Signature:
    """Return the cosignature of a witness, verified under its key over the very text of the checkpoint.

    `old` is the size that it is believed to have cosigned last. When it names another that is not beyond the
    checkpoint, it is asked once more from there.

    Raises:
        Refusal: `no-answer`; WitnessRefused `witness-refused`; for an answer that is no cosignature of this witness
            over this checkpoint `bad-note`, `bad-note-signature-line`, `unknown-note-key`; what `prove` raises.
    """
    status, said = _post(url, question, old)
    told = _size_in(said) if status == _OTHER_SIZE else None
    if told is not None and told != old and told <= question.size:
        old = told
        status, said = _post(url, question, old)
        told = _size_in(said) if status == _OTHER_SIZE else None
    if status != _GOOD:
        why = _WHY.get(status, f"it answers {status}")
        forked = status == _NO_CONTINUATION or told == old == question.size  # in the second case the roots differ
        beyond = told if told is not None and told > question.size else None
        detail = f"The witness {key.name} does not cosign: {why}."
        raise WitnessRefused("witness-refused", detail, forked=forked, beyond=beyond)
    return _verified(said, key, question.checkpoint)


def _verified(lines: str, key: NoteKey, checkpoint: str) -> Signature:
    text = checkpoint.rpartition("\n\n")[0] + "\n"
    note = open_note(f"{text}\n{lines}", [key])
    if note.text != text:
        raise Refusal("bad-note", "signature lines have no empty line between them")
    return note.signatures[0]


def _size_in(said: str) -> int | None:
    found = _SIZE.fullmatch(said)
    return int(found[1]) if found and int(found[1]) <= MAX_SIZE else None


def _post(url: str, question: Question, old: int) -> tuple[int, str]:
    body = tlog.write_asked(old, question.prove(old), question.checkpoint).encode()
    try:
        with ThreadPoolExecutor(1) as pool:  # a thread of its own: whoever asks may have a loop running
            asked = pool.submit(asyncio.run, _sent(f"{url.rstrip('/')}/add-checkpoint", body, question.patience))
            status, data = asked.result()
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
        raise Refusal("no-answer", f"The witness gave no answer: {type(error).__name__}.") from None
    if len(data) > MOST_BYTES:
        raise Refusal("bad-note", f"the witness answers more than {MOST_BYTES} bytes")
    return status, data.decode("utf-8", errors="replace")


async def _sent(address: str, body: bytes, patience: float) -> tuple[int, bytes]:
    """Return status and body, of what is too long the beginning. Nothing is unpacked: small bytes can be large."""
    data = b""
    async with (
        asyncio.timeout(patience),
        httpx.AsyncClient(timeout=None, trust_env=False) as http,  # noqa: S113 -- the deadline is of the whole
        http.stream("POST", address, content=body, headers={"accept-encoding": "identity"}) as answer,
    ):
        async for piece in answer.aiter_raw():
            data += piece
            if len(data) > MOST_BYTES:
                break
    return answer.status_code, data
