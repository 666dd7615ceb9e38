"""Notes, checkpoints and proofs with something wrong in them, made from dice: for `fuzz`."""

import base64
import random
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from exchange.domain import merkle
from exchange.wire import signed_note, tlog
from exchange.wire.signed_note import COSIGNATURE, NoteSigner
from exchange.wire.tlog import Checkpoint
from wire.malformed import spoil_bytes, spoil_text

LOG = NoteSigner("exchange.example/ledger", Ed25519PrivateKey.from_private_bytes(bytes(31) + b"\1"))
WITNESS = NoteSigner("witness.example/w1", Ed25519PrivateKey.from_private_bytes(bytes(31) + b"\2"), COSIGNATURE)
STRANGER = NoteSigner("a", Ed25519PrivateKey.from_private_bytes(bytes(31) + b"\3"))
KNOWN = [LOG.public, WITNESS.public]
PIECES = [
    "\n",
    "\n\n",
    "\u2014 ",
    "+",
    " ",
    "\u00a0",
    "=",
    "0",
    "-1",
    "9" * 19,
    "extra ",
    "index ",
    "old ",
    "\r\n",
    "A" * 44,
]


def _spoil(dice: random.Random, text: str) -> Any:
    """The text with places changed, one in three as bytes."""
    if dice.random() < 0.5:
        at = dice.randrange(len(text) + 1)
        text = text[:at] + dice.choice(PIECES) + text[at + dice.choice([0, 0, 1, 2]) :]
    if dice.random() < 0.4:
        text = spoil_text(dice, text)
    if dice.random() < 0.3:
        return spoil_bytes(dice, text.encode("utf-8", "surrogatepass"))
    return text


def _line(dice: random.Random, text: str) -> str:
    signer, time = dice.choice([LOG, WITNESS, STRANGER]), dice.choice([0, 1, 2**63 - 1, 2**63, 2**64 - 1])
    told = text.encode("utf-8", "surrogatepass")
    if signer.kind == COSIGNATURE:
        signature = time.to_bytes(8) + signer.key.sign(f"cosignature/v1\ntime {time}\n".encode() + told)
    else:
        signature = signer.key.sign(told)
    signature = dice.choice([signature, signature, signature, signature[:-1], spoil_bytes(dice, signature)])
    return f"\u2014 {signer.name} {base64.b64encode(signer.public.id + signature).decode()}\n"


def _head(dice: random.Random) -> str:
    """The text of a checkpoint, right or not: it will be signed as it is."""
    size = dice.choice([0, 1, 7, 2**63 - 1])
    text = Checkpoint(LOG.name, size, merkle.EMPTY).text
    return dice.choice([text, spoil_text(dice, text), text + dice.choice(PIECES) + "\n"])


def a_note(dice: random.Random) -> Any:
    """A note with lines that may verify; now and then one that was touched after it was signed."""
    text = _head(dice)
    note = f"{text}\n" + "".join(_line(dice, text) for _ in range(dice.choice([0, 1, 1, 2, 3])))
    return _spoil(dice, note) if dice.random() < 0.4 else note


def a_vkey(dice: random.Random) -> str:
    vkey = dice.choice(KNOWN).vkey
    name, _, encoded = vkey.split("+", 2)
    if dice.random() < 0.5:
        raw = spoil_bytes(dice, base64.b64decode(encoded))
        signer = NoteSigner(name, LOG.key)
        return f"{name}+{signer.public.id.hex()}+{base64.b64encode(raw).decode()}"
    return spoil_text(dice, vkey)


def _nodes(dice: random.Random) -> list[bytes]:
    return [dice.randbytes(dice.choice([32, 32, 32, 32, 32, 31, 33, 0])) for _ in range(dice.choice([0, 1, 2, 63, 64]))]


def a_proof(dice: random.Random) -> Any:
    note = Checkpoint(LOG.name, 7, merkle.EMPTY).signed(LOG)
    extra = dice.choice([None, b"x", dice.randbytes(5)])
    return _spoil(dice, tlog.write_proof(dice.choice([0, 6, 2**63 - 1, 2**63, -1]), _nodes(dice), note, extra))


def a_question(dice: random.Random) -> Any:
    return _spoil(dice, tlog.write_asked(dice.choice([0, 6, 2**63]), _nodes(dice), "a\n"))


def some_hashes(dice: random.Random) -> Any:
    return _spoil(dice, tlog.write_hashes(_nodes(dice)))


def opened(raw: Any) -> object:
    return signed_note.open_note(raw, KNOWN)


def checkpoint(raw: Any) -> object:
    return tlog.open_checkpoint(raw, LOG.public, [WITNESS.public])


def included(raw: Any) -> object:
    return tlog.check_inclusion(tlog.read_proof(raw), merkle.EMPTY, LOG.public)
