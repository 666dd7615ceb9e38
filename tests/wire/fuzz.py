"""Every parser that sees bytes from outside, under inputs of the right structure with something wrong in them.

    PYTHONPATH=.:tests python tests/wire/fuzz.py 200000 [seed]             each parser, so many inputs from one seed
    PYTHONPATH=.:tests python tests/wire/fuzz.py --guided PARSER SECONDS   guided by coverage, once atheris is installed

Only a Refusal may come out, and the same one when asked again. A new parser is one line of `PARSERS`.
"""

import random
import secrets
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from types import FunctionType
from typing import Any

from exchange.domain import edtf
from exchange.domain.errors import Refusal
from exchange.wire import httpsig, jws, keys, sdjwt, sealing, sealing_keys, signed_note, statements, tlog
from exchange.wire.encoding import b64decode, read_json
from exchange.wire.messages import Answer, Request
from schemas import reading
from wire import malformed, malformed_notes
from wire.kit import EX, NOW

SLOW = 20
"""What takes some milliseconds (a grammar of its own) gets so many times fewer inputs."""
LONGEST_DETAIL = 2000
LONGEST_SECONDS = 10
"""No input may keep a parser busy for longer."""


@dataclass(frozen=True)
class Parser:
    """How an input is made from dice, what reads it, and how many times fewer inputs it gets."""

    make: Callable[[random.Random], Any]
    act: Callable[[Any], object]
    fewer: int = 1


def _request(given: tuple[Request, keys.PublicKey]) -> object:
    return httpsig.verify_request(httpsig.inspect(given[0]), given[1], NOW)


def _answer(given: tuple[Answer, Request]) -> object:
    return httpsig.verify_answer(*given, malformed.HUB.public)


def _notice(text: str) -> object:
    return sdjwt.verify_shown(sdjwt.read(text), malformed.NOTICE_KEY.public, EX)


def _sealed(text: str) -> object:
    return sealing.open_sealed(sealing.read(text, malformed.URN), malformed.SEAL_KEY, malformed.SEALED.pt_sha256)


PARSERS: dict[str, Parser] = {
    "read_json": Parser(malformed.json_bytes, read_json),
    "b64decode": Parser(malformed.base64_text, b64decode),
    "jws.parse": Parser(malformed.a_jws, lambda text: jws.parse(text, sdjwt.TYP)),
    "sdjwt": Parser(malformed.a_notice, _notice),
    "httpsig.request": Parser(malformed.a_request, _request),
    "httpsig.answer": Parser(malformed.an_answer, _answer, 4),
    "statements.heard": Parser(
        malformed.a_statement, lambda text: statements.heard(text, statements.RECEIPT, malformed.RECEIPT_KEY.public)
    ),
    "statements.said": Parser(malformed.a_query, lambda data: statements.said(data, EX)),
    "public_from_jwk": Parser(malformed.a_jwk, lambda jwk: keys.public_from_jwk(jwk, "notice")),
    "private_from_pem": Parser(malformed.a_pem, lambda pem: keys.private_from_pem(pem, "notice"), 4),
    "edtf": Parser(malformed.a_time, edtf.read.__wrapped__, SLOW),
    "sealing": Parser(malformed.a_sealed_text, _sealed, 4),
    "seal_public_from_jwk": Parser(malformed.a_seal_jwk, sealing_keys.public_from_jwk, 4),
    "seal_private_from_jwk": Parser(malformed.a_seal_jwk, sealing_keys.private_from_jwk, 4),
    "signed_note": Parser(malformed_notes.a_note, malformed_notes.opened),
    "signed_note.read_vkey": Parser(malformed_notes.a_vkey, signed_note.read_vkey),
    "tlog.checkpoint": Parser(malformed_notes.a_note, malformed_notes.checkpoint),
    "tlog.read_proof": Parser(malformed_notes.a_proof, tlog.read_proof),
    "tlog.included": Parser(malformed_notes.a_proof, malformed_notes.included),
    "tlog.read_asked": Parser(malformed_notes.a_question, tlog.read_asked),
    "tlog.read_hashes": Parser(malformed_notes.some_hashes, tlog.read_hashes),
    **{
        f"schema.{name}": Parser(
            lambda dice, schema=schema: malformed.a_message(dice, schema),
            lambda value, schema=schema: reading.read(schema, value, "message"),
            4,
        )
        for name, schema in malformed.schemas().items()
    },
}


def verdict(parser: Parser, given: Any) -> tuple[str, str]:
    """What comes of an input, the same both times: (code, detail), or "taken" and the value as text."""
    first, again = (_verdict(parser.act, given) for _ in range(2))
    assert first == again
    return first


def _verdict(act: Callable[[Any], object], given: Any) -> tuple[str, str]:
    try:
        return "taken", repr(act(given))
    except Refusal as refusal:
        told = refusal.code, refusal.detail
    assert all(told)
    assert len(told[1]) < LONGEST_DETAIL
    return told


def run(name: str, count: int, seed: str) -> Counter[str]:
    """How often each code came. Whatever else comes out is raised, with the seed of its input in a note."""
    parser, codes = PARSERS[name], Counter[str]()
    signal.signal(signal.SIGALRM, _too_long)
    for number in range(max(count // parser.fewer, 1)):
        given = None
        signal.alarm(LONGEST_SECONDS)
        try:
            given = parser.make(random.Random(f"{name}:{seed}:{number}"))
            codes[verdict(parser, given)[0]] += 1
        except Exception as error:
            error.add_note(f"{name}, seed {seed}, input {number}: {given!r:.2000}")
            raise
        finally:
            signal.alarm(0)
    return codes


def _too_long(*_: object) -> None:
    raise TimeoutError(f"a parser took longer than {LONGEST_SECONDS} s")


class Dice(random.Random):
    """Dice that fall as bytes say, for a fuzzer that learns which bytes lead to new code."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self._data, self._place = data, 0

    def getrandbits(self, k: int, /) -> int:
        size = (k + 7) // 8
        piece = self._data[self._place : self._place + size].ljust(size, b"\0")
        self._place += size
        return int.from_bytes(piece) >> (size * 8 - k)

    def random(self) -> float:
        return self.getrandbits(16) / 2**16


def guided(name: str, seconds: int) -> None:
    """Let atheris (libFuzzer) look for inputs that reach new code. It ends the process when the time is over."""
    import atheris  # noqa: PLC0415 -- pip install atheris==3.0.0; it has no wheels for some platforms of dev.txt

    parser = PARSERS[name]

    def one(data: bytes) -> None:
        verdict(parser, parser.make(Dice(data)))

    for module in [name for name in sys.modules if name.startswith(("exchange.", "schemas."))]:
        own = [value for value in vars(sys.modules[module]).values() if getattr(value, "__module__", None) == module]
        for value in [*own, *(one for kind in own if isinstance(kind, type) for one in vars(kind).values())]:
            if isinstance(value, FunctionType):
                atheris.instrument_func(value)
    atheris.Setup([sys.argv[0], f"-max_total_time={seconds}", "-max_len=4096"], one)
    atheris.Fuzz()


def main() -> None:
    if sys.argv[1] == "--guided":
        guided(sys.argv[2], int(sys.argv[3]))
        return
    count, seed = int(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else secrets.token_hex(4)
    print(f"{count} inputs each, seed {seed}")
    for name in PARSERS:
        before = time.monotonic()
        codes = run(name, count, seed)
        print(f"{name}: {time.monotonic() - before:.0f} s, {dict(codes.most_common())}", flush=True)


if __name__ == "__main__":
    main()
