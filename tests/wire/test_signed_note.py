"""Notes, checkpoints, cosignatures and proofs: the published examples, and every way of being malformed."""

import base64
import hashlib
import random
import secrets
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from exchange.domain import merkle, merkle_proofs
from exchange.domain.errors import Refusal
from exchange.wire import signed_note, tlog
from exchange.wire.signed_note import COSIGNATURE, NoteKey, NoteSigner, open_note, read_vkey, sign, with_lines
from exchange.wire.tlog import Checkpoint, open_checkpoint, read_proof, write_proof

LOG = NoteSigner("exchange.example/ledger", Ed25519PrivateKey.from_private_bytes(bytes(31) + b"\1"))
OTHER = NoteSigner("exchange.example/ledger", Ed25519PrivateKey.from_private_bytes(bytes(31) + b"\2"))
WITNESS = NoteSigner("witness.example/w1", Ed25519PrivateKey.from_private_bytes(bytes(31) + b"\3"), COSIGNATURE)
SECOND = NoteSigner("witness.example/w2", Ed25519PrivateKey.from_private_bytes(bytes(31) + b"\4"), COSIGNATURE)
LEAVES = [merkle.leaf_hash(bytes([number])) for number in range(21)]
HEAD = Checkpoint(LOG.name, 21, merkle.root_of_leaves(LEAVES))
NOTE = HEAD.signed(LOG)
TIME = 1_795_420_114
# golang.org/x/mod/sumdb/note, example_test.go: ExampleOpen
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETER_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
# C2SP signed-note, and C2SP tlog-checkpoint and tlog-cosignature: their examples, of which no key is published
QUASIMODO = (
    "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n\n"
    "— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3"
    "ZekRwNtIc=\n"
)
SOFA = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xe"
    "McTOAYQ8=\n"
    "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+"
    "mbIUBkBIfZ+qnA==\n"
)


def refused(code: str, act: Callable[..., object], *given: Any) -> None:
    with pytest.raises(Refusal) as refusal:
        act(*given)
    assert refusal.value.code == code, refusal.value


def cosigned(note: str = NOTE, *signers: NoteSigner) -> str:
    opened = open_note(note, [LOG.public])
    return note + "".join(signed_note.cosign(opened, signer, TIME) for signer in signers or [WITNESS])


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def line_of(key: NoteKey, signature: bytes) -> str:
    return f"— {key.name} {b64(key.id + signature)}\n"


def test_a_note_that_the_package_of_go_has_in_its_tests() -> None:
    key = read_vkey(PETER)
    assert (key.name, key.id.hex(), key.kind) == ("PeterNeumann", "c74f20a3", signed_note.PLAIN)
    assert key.vkey == PETER
    assert open_note(PETER_NOTE, [key]).text.startswith("If you think")
    refused("bad-note-signature-line", open_note, PETER_NOTE.replace("answer", "question"), [key])


@pytest.mark.parametrize("example", [QUASIMODO, SOFA])
def test_the_examples_of_the_specifications_are_well_formed(example: str) -> None:
    refused("unknown-note-key", open_note, example, [LOG.public])
    refused("unknown-note-key", open_note, example.encode(), [])


def test_a_key_id_is_made_as_the_specification_says() -> None:
    for signer, kind in ((LOG, b"\x01"), (WITNESS, b"\x04")):
        raw = signer.key.public_key().public_bytes_raw()
        assert signer.public.id == hashlib.sha256(signer.name.encode() + b"\n" + kind + raw).digest()[:4]
        assert signer.public.vkey == f"{signer.name}+{signer.public.id.hex()}+{b64(kind + raw)}"
        assert read_vkey(signer.public.vkey) == signer.public


def test_one_key_and_name_for_two_kinds_are_two_keys() -> None:
    both = NoteSigner(LOG.name, LOG.key, COSIGNATURE)
    assert both.public.id != LOG.public.id
    refused("unknown-note-key", open_note, NOTE, [both.public])


def bad_vkeys() -> Iterator[str]:
    name, hashed, key = PETER.split("+", 2)
    yield from ["", "+", "++", name, f"{name}+{hashed}", f"+{hashed}+{key}", f"{name}+{hashed.upper()}+{key}"]
    yield from [f" {PETER}", f"{PETER}\n", f"Peter Neumann+{hashed}+{key}", f"{name}+{hashed}+{key}+", PETER + "="]
    yield from [
        f"{name}+c74f20a4+{key}",
        f"Peter+{hashed}+{key}",
        f"{name}+{hashed}+{key[:-4]}",
        f"\ud800+{hashed}+{key}",
    ]
    raw = base64.b64decode(key)
    for other in (b"\x02" + raw[1:], b"\x05" + raw[1:], b"\x00" + raw[1:], raw[1:], raw + b"\0"):
        hashed = hashlib.sha256(name.encode() + b"\n" + other).digest()[:4].hex()
        yield f"{name}+{hashed}+{b64(other)}"


@pytest.mark.parametrize("vkey", list(bad_vkeys()), ids=lambda vkey: repr(vkey)[:60])
def test_what_is_no_verifier_key(vkey: str) -> None:
    refused("bad-key", read_vkey, vkey)


@pytest.mark.parametrize("point", [bytes(32), b"\1" + bytes(31), b"\xff" * 32, (2**255 - 19).to_bytes(32, "little")])
def test_a_key_under_which_one_signature_fits_every_note_is_refused(point: bytes) -> None:
    hashed = hashlib.sha256(b"a\n\x01" + point).digest()[:4].hex()
    refused("weak-key", read_vkey, f"a+{hashed}+{b64(b'%c' % 1 + point)}")


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\n", "a\u2003b", "a\u00a0", "\x00", "a\x1f", "a\u2028", "\ud800"])
def test_what_is_no_name_of_a_key(name: str) -> None:
    with pytest.raises(ValueError, match="name of a note's key"):
        NoteKey(name, signed_note.PLAIN, LOG.key.public_key())
    signature = line_of(LOG.public, bytes(64)).replace(LOG.name, name)
    refused("bad-note", open_note, f"{HEAD.text}\n{signature}", [LOG.public])


def test_a_secret_never_shows_itself() -> None:
    assert "Private" not in repr(LOG)


def bad_notes() -> Iterator[str | bytes]:
    head, signature = NOTE.split("\n\n")
    yield from [
        "",
        "\n",
        "\n\n",
        "a\n\n",
        HEAD.text,
        f"{HEAD.text}\n",
        NOTE[:-1],
        NOTE + "\n",
        NOTE + "a\n",
        NOTE + "\n\n",
    ]
    yield from [f"{head}\n{signature}", f"{head}\n\n\n", signature, f"\n{signature}", NOTE.replace("—", "-")]
    yield from [
        NOTE.replace("— ", "—"),
        NOTE.replace("— ", "—  "),
        NOTE.replace("— ", " — "),
        NOTE.replace("— ", "—\u00a0"),
    ]
    yield from [NOTE.replace("\n", "\r\n"), NOTE.replace("\n\n", "\n\0\n\n"), NOTE.replace("21", "21\t"), "\x1b" + NOTE]
    yield from [NOTE.encode() + b"\xff", b"\xc0\x80" + NOTE.encode(), b"\xed\xa0\x80" + NOTE.encode(), "\ud800" + NOTE]
    yield from [
        NOTE.encode("utf-16"),
        NOTE[:-2] + "\n",
        NOTE.replace("=\n", "\n", 2),
        NOTE[:-1] + "=\n",
        NOTE[:-1] + " \n",
    ]
    yield from [
        f"{head}\n\n— {LOG.name}\n",
        f"{head}\n\n— {LOG.name} \n",
        f"{head}\n\n— \n",
        f"{head}\n\n— a AAAAAA==\n",
    ]
    yield from [NOTE + "— a b\n", NOTE + "— a AAAAAAB=\n", NOTE + "— a AAAA AAAA\n", NOTE + "— a -_AAAAAA\n"]
    yield NOTE + "".join(f"— a{number} {b64(bytes(68))}\n" for number in range(100))
    yield "a" * 1_000_000 + NOTE


@pytest.mark.parametrize("note", list(bad_notes()), ids=lambda note: repr(note)[:40])
def test_what_is_no_note(note: str | bytes) -> None:
    refused("bad-note", open_note, note, [LOG.public])


def test_every_bit_of_a_note_counts() -> None:
    """Each byte flipped in each bit: the note is refused, whatever it has become."""
    raw = cosigned().encode()
    keys = [LOG.public, WITNESS.public]
    assert len(open_note(raw, keys).signatures) == 2
    for place in range(len(raw)):
        for bit in range(8):
            touched = raw[:place] + bytes([raw[place] ^ 1 << bit]) + raw[place + 1 :]
            try:
                opened = open_note(touched, keys)
            except Refusal as refusal:
                assert refusal.code in {"bad-note", "bad-note-signature-line", "unknown-note-key"}  # noqa: PT017
            else:  # one line became that of an unknown key: of a note with two, the other still stands
                assert len(opened.signatures) == 1
                assert opened.text == HEAD.text


def test_lines_of_unknown_keys_are_left_aside_and_show_nothing() -> None:
    unknown = [line_of(OTHER.public, bytes(64)), "— a AAAAAAA=\n", line_of(SECOND.public, bytes(2428))]
    for before, after in ((unknown, []), ([], unknown)):
        note = f"{HEAD.text}\n{''.join(before)}{NOTE.split(chr(10) * 2)[1]}{''.join(after)}"
        opened = open_note(note, [LOG.public])
        assert [one.key for one in opened.signatures] == [LOG.public]
        assert opened.signed_by(OTHER.public) is None
        assert opened.raw == note
    half = NoteKey(LOG.name, signed_note.PLAIN, OTHER.key.public_key())  # the name of a known key is not the key
    refused("unknown-note-key", open_note, NOTE, [half])


@pytest.mark.parametrize("signature", [bytes(64), bytes(63), bytes(65), bytes(1), bytes(72)])
def test_a_bad_signature_of_a_known_key_spoils_the_whole_note(signature: bytes) -> None:
    bad = line_of(WITNESS.public, signature)
    assert open_note(NOTE + bad, [LOG.public])
    refused("bad-note-signature-line", open_note, NOTE + bad, [LOG.public, WITNESS.public])
    refused("bad-note-signature-line", open_note, NOTE + line_of(LOG.public, signature), [LOG.public])


def test_a_key_that_signs_twice_counts_once() -> None:
    twice = NOTE + NOTE.split("\n\n")[1]
    assert len(open_note(twice, [LOG.public]).signatures) == 1
    assert len(open_note(NOTE, [LOG.public, LOG.public]).signatures) == 1


def test_sixteen_signatures_and_more_are_taken() -> None:
    signers = [NoteSigner(f"log{number}", Ed25519PrivateKey.generate()) for number in range(100)]
    note = sign("text\n", *signers)
    assert len(open_note(note, [signer.public for signer in signers]).signatures) == 100


def test_two_keys_of_one_name_and_hash_are_a_fault_of_the_caller() -> None:
    class Same(NoteKey):
        @property
        def id(self) -> bytes:
            return LOG.public.id

    same = Same(OTHER.name, signed_note.PLAIN, OTHER.key.public_key())
    with pytest.raises(ValueError, match="one name and one hash"):
        open_note(NOTE, [LOG.public, same])


def test_only_the_checker_makes_what_is_checked() -> None:
    opened = open_checkpoint(NOTE, LOG.public)
    for act in (
        lambda: signed_note.Note(HEAD.text, (), NOTE, None),
        lambda: tlog.SignedCheckpoint(HEAD, opened.note, (), None),
        lambda: tlog.Included(LEAVES[0], 0, opened, None),
    ):
        with pytest.raises(TypeError, match="only "):
            act()


@pytest.mark.parametrize("text", ["", "a", "a\n\t\n", "a\0\n", "\ud800\n", "a\r\n"])
def test_nothing_else_is_signed(text: str) -> None:
    with pytest.raises(ValueError, match="a note is UTF-8"):
        sign(text, LOG)


def test_a_note_is_signed_by_plain_keys_and_by_one_at_least() -> None:
    for signers in ([], [WITNESS]):
        with pytest.raises(ValueError, match="signed by a plain key"):
            sign(HEAD.text, *signers)


def test_a_cosignature_is_over_its_time_and_the_checkpoint() -> None:
    raw = cosigned(NOTE, WITNESS, SECOND)
    opened = open_checkpoint(raw, LOG.public, [WITNESS.public, SECOND.public])
    assert [(one.key, one.time) for one in opened.cosignatures] == [(WITNESS.public, TIME), (SECOND.public, TIME)]
    told = base64.b64decode(opened.cosignatures[0].line.split(" ")[2])
    assert told[:4] == WITNESS.public.id
    assert int.from_bytes(told[4:12]) == TIME
    signed = f"cosignature/v1\ntime {TIME}\n{HEAD.text}".encode()
    WITNESS.key.public_key().verify(told[12:], signed)
    later = line_of(WITNESS.public, (TIME + 1).to_bytes(8) + told[12:])
    refused("bad-note-signature-line", open_note, NOTE + later, [LOG.public, WITNESS.public])


def test_a_plain_signature_is_no_cosignature_and_the_other_way_round() -> None:
    plain = WITNESS.key.sign(HEAD.text.encode())
    for signature in (plain, TIME.to_bytes(8) + plain):
        refused("bad-note-signature-line", open_note, NOTE + line_of(WITNESS.public, signature), [WITNESS.public])
    over = LOG.key.sign(f"cosignature/v1\ntime {TIME}\n{HEAD.text}".encode())
    refused("bad-note-signature-line", open_note, f"{HEAD.text}\n{line_of(LOG.public, over)}", [LOG.public])


def test_the_times_that_a_cosignature_can_have() -> None:
    note = open_note(NOTE, [LOG.public])
    for time in (0, 2**63 - 1):
        opened = open_note(NOTE + signed_note.cosign(note, WITNESS, time), [WITNESS.public])
        assert opened.signatures[0].time == time
    beyond = WITNESS.key.sign(f"cosignature/v1\ntime {2**63}\n{HEAD.text}".encode())
    line = line_of(WITNESS.public, (2**63).to_bytes(8) + beyond)
    refused("bad-note-signature-line", open_note, NOTE + line, [WITNESS.public])
    for signer, time in ((WITNESS, -1), (WITNESS, 2**63), (LOG, TIME)):
        with pytest.raises(ValueError, match="a cosignature is by"):
            signed_note.cosign(note, signer, time)


def test_what_witnesses_answer_is_joined_to_the_note() -> None:
    note = open_note(NOTE, [LOG.public])
    unknown = "— a AAAAAAA=\n"
    first = signed_note.cosign(note, WITNESS, TIME)
    joined = with_lines(note, unknown + first, [WITNESS.public])
    assert joined.raw == NOTE + first
    later = signed_note.cosign(note, WITNESS, TIME + 5)
    again = with_lines(
        with_lines(joined, signed_note.cosign(note, SECOND, TIME), [SECOND.public]), later, [WITNESS.public]
    )
    assert [(one.key.name, one.time) for one in again.signatures] == [
        (LOG.name, None), (WITNESS.name, TIME + 5), (SECOND.name, TIME)
    ]  # fmt: skip
    opened = open_checkpoint(again.raw, LOG.public, [WITNESS.public, SECOND.public])
    assert opened.note.signatures == again.signatures
    for lines in ("", "\n", first[:-1], "a\n" + first, first + "\n"):
        refused("bad-note", with_lines, note, lines, [WITNESS.public])
    refused("unknown-note-key", with_lines, note, unknown, [WITNESS.public])


def test_a_lying_witness_cannot_make_the_note_another_text() -> None:
    """It answers with an empty line in it, and a signature over the longer text that comes of that."""
    note = open_note(NOTE, [LOG.public])
    text = f"{HEAD.text}\nmore\n"
    signature = WITNESS.key.sign(f"cosignature/v1\ntime {TIME}\n{text}".encode())
    lines = f"more\n\n{line_of(WITNESS.public, TIME.to_bytes(8) + signature)}"
    refused("bad-note", with_lines, note, lines, [WITNESS.public])


def bad_checkpoints() -> Iterator[str]:
    origin, size, root = HEAD.text.splitlines()
    for number in ("021", "-1", "+21", " 21", "21 ", "2_1", "", "21.0", "0x15", "\u0662\u0661", str(2**63), "9" * 400):
        yield f"{origin}\n{number}\n{root}\n"
    for other in (
        "",
        root[:-1],
        root + "=",
        root[:-2] + "F=",
        b64(bytes(31)),
        b64(bytes(33)),
        " " + root,
        "_" * 43 + "=",
    ):
        yield f"{origin}\n{size}\n{other}\n"
    yield from [f"\n{size}\n{root}\n", f"{origin}\n{size}\n", f"{origin}\n", f"{origin}\n\n{size}\n{root}\n", "\n"]
    yield from [HEAD.text + "extension\n", HEAD.text + "\n", HEAD.text.replace(LOG.name, "other.example/ledger")]
    yield f"{origin}\n0\n{root}\n"  # the empty tree has one root


@pytest.mark.parametrize("text", list(bad_checkpoints()))
def test_what_is_no_checkpoint_of_this_log(text: str) -> None:
    refused("bad-checkpoint", open_checkpoint, sign(text, LOG), LOG.public)


def test_a_checkpoint_reads_back() -> None:
    opened = open_checkpoint(NOTE.encode(), LOG.public)
    assert opened.head == HEAD
    assert opened.cosignatures == ()
    assert tlog.origin_of(NOTE) == LOG.name
    empty = Checkpoint(LOG.name, 0, merkle.EMPTY)
    assert open_checkpoint(empty.signed(LOG), LOG.public).head == empty
    refused("bad-checkpoint", tlog.origin_of, "\n" + NOTE)
    refused("bad-note", tlog.origin_of, b"\xff")


def test_witnesses_alone_make_no_checkpoint() -> None:
    line = cosigned().removeprefix(NOTE)
    refused("unknown-note-key", open_checkpoint, f"{HEAD.text}\n{line}", LOG.public, [WITNESS.public])
    refused("unknown-note-key", open_checkpoint, cosigned(), OTHER.public, [WITNESS.public])


@pytest.mark.parametrize(
    ("origin", "size", "root"),
    [("", 1, bytes(32)), ("a\nb", 1, bytes(32)), ("a\n", 1, bytes(32)), ("a", -1, bytes(32)), ("a", 2**63, bytes(32)),
     ("a", 1, bytes(31)), ("a", 0, bytes(32))],
)  # fmt: skip
def test_no_such_checkpoint_is_written(origin: str, size: int, root: bytes) -> None:
    with pytest.raises(ValueError, match="a checkpoint has"):
        Checkpoint(origin, size, root)


def test_a_log_signs_for_itself_alone() -> None:
    with pytest.raises(ValueError, match="the name of the key"):
        Checkpoint("other.example", 21, HEAD.root).signed(LOG)


def test_proofs_read_back_and_are_checked() -> None:
    edge = merkle_proofs.Edge()
    assert edge.extend(LEAVES) == []
    (tile,) = edge.partial()
    for index, leaf in enumerate(LEAVES):
        path = merkle_proofs.inclusion_proof(index, 21, lambda *_: tile.hashes)
        for extra in (None, b"anything"):
            text = write_proof(index, path, cosigned(), extra)
            proof = read_proof(text.encode())
            assert (proof.index, list(proof.path), proof.checkpoint, proof.extra) == (index, path, cosigned(), extra)
            included = tlog.check_inclusion(proof, leaf, LOG.public, [WITNESS.public])
            assert (included.leaf_hash, included.index, included.checkpoint.head) == (leaf, index, HEAD)
            assert [one.time for one in included.checkpoint.cosignatures] == [TIME]
        refused("bad-proof", tlog.check_inclusion, proof, LEAVES[index - 1], LOG.public)
        refused("unknown-note-key", tlog.check_inclusion, proof, leaf, OTHER.public)
        moved = read_proof(write_proof(index + 1, path, NOTE))
        refused("bad-proof", tlog.check_inclusion, moved, leaf, LOG.public)


def test_a_proof_is_written_as_the_specification_shows() -> None:
    text = write_proof(3, [bytes(32), b"\1" * 32], NOTE, b"x")
    assert text.split("\n")[:6] == [
        "c2sp.org/tlog-proof@v1",
        "extra eA==",
        "index 3",
        b64(bytes(32)),
        b64(b"\1" * 32),
        "",
    ]
    assert text.endswith(f"\n\n{NOTE}")
    assert write_proof(0, [], NOTE) == f"c2sp.org/tlog-proof@v1\nindex 0\n\n{NOTE}"


def bad_proofs() -> Iterator[str]:
    node, good = b64(bytes(32)), write_proof(3, [bytes(32)] * 2, NOTE, b"x")
    yield from [
        "",
        "\n\n",
        good.replace("v1", "v2", 1),
        "\n" + good,
        good.replace("\n\n", "\n", 1),
        good.partition("\n\n")[0],
    ]
    yield from [good.partition("\n\n")[0] + "\n\n", good.replace("extra eA==", "extra "), good.replace("eA==", "eA")]
    yield from [
        good.replace("eA==", "eB=="),
        good.replace("extra eA==", "extra eA==\nextra eA=="),
        good.replace("ex", "Ex"),
    ]
    yield from [
        good.replace("index 3", f"index {number}") for number in ("03", "-3", "+3", "", "3 ", " 3", "3.0", str(2**63))
    ]
    yield from [
        good.replace("index 3", "index"),
        good.replace("index 3\n", ""),
        good.replace("index 3", "index 3\nindex 3"),
    ]
    yield from [
        good.replace(node, other, 1) for other in (node[:-1], " " + node, node[:-2] + "B=", b64(bytes(31)), "a")
    ]
    yield from [good.replace("\n", "\r\n"), good + "\0", write_proof(3, [bytes(32)] * 64, NOTE), "\ud800" + good]
    yield "c2sp.org/tlog-proof@v1\nextra eA==\n\n" + NOTE


@pytest.mark.parametrize("text", list(bad_proofs()), ids=lambda text: repr(text)[:60])
def test_what_is_no_proof(text: str) -> None:
    refused("bad-proof", read_proof, text)


def test_consistency_between_checkpoints() -> None:
    edge = merkle_proofs.Edge()
    edge.extend(LEAVES)
    (tile,) = edge.partial()
    new = open_checkpoint(NOTE, LOG.public)
    for size in range(22):
        old = open_checkpoint(Checkpoint(LOG.name, size, merkle.root_of_leaves(LEAVES[:size])).signed(LOG), LOG.public)
        nodes = merkle_proofs.consistency_proof(size, 21, lambda _, __, width: tile.hashes[:width])
        sent = tlog.read_hashes(tlog.write_hashes(nodes).encode())
        assert list(sent) == nodes
        tlog.check_consistency(old, new, sent)
        refused("bad-proof", tlog.check_consistency, old, new, [*sent, bytes(32)])
        if size < 21:
            refused("bad-proof", tlog.check_consistency, new, old, sent)
    elsewhere = NoteSigner("other.example/ledger", LOG.key)
    other = open_checkpoint(Checkpoint(elsewhere.name, 21, HEAD.root).signed(elsewhere), elsewhere.public)
    refused("bad-proof", tlog.check_consistency, other, new, [])


@pytest.mark.parametrize("text", ["\n", b64(bytes(32)), b64(bytes(31)) + "\n", "a\n", (b64(bytes(32)) + "\n") * 64])
def test_what_are_no_lines_of_hashes(text: str) -> None:
    refused("bad-proof", tlog.read_hashes, text)


def test_what_a_log_asks_a_witness() -> None:
    """The example of C2SP tlog-witness, with its four nodes."""
    nodes = [
        "PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=", "jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=",
        "5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=", "/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=",
    ]  # fmt: skip
    body = "old 20852014\n" + "\n".join(nodes) + "\n\n" + SOFA
    asked = tlog.read_asked(body)
    assert (asked.old, [b64(node) for node in asked.proof], asked.checkpoint) == (20852014, nodes, SOFA)
    assert tlog.write_asked(asked.old, asked.proof, asked.checkpoint) == body
    assert tlog.read_asked(f"old 0\n\n{SOFA}") == tlog.Asked(0, (), SOFA)


@pytest.mark.parametrize(
    "body", ["", "old 0\n", "old 0\n\n", f"old 00\n\n{SOFA}", f"old\n\n{SOFA}", f"0\n\n{SOFA}", f"old 5\n=\n\n{SOFA}"]
)
def test_what_a_witness_is_not_asked(body: str) -> None:
    refused("bad-proof", tlog.read_asked, body)


@given(st.text() | st.text("—\n ab=+01", max_size=40) | st.binary(max_size=60))
def test_any_text_at_all(text: str | bytes) -> None:
    for act in (
        lambda: open_note(text, [LOG.public]),
        lambda: open_checkpoint(text, LOG.public),
        lambda: read_proof(text),
        lambda: tlog.read_asked(text),
    ):
        with pytest.raises(Refusal):
            act()


@given(st.text(max_size=80))
def test_any_text_as_a_verifier_key(text: str) -> None:
    with pytest.raises(Refusal):
        read_vkey(text)


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])), st.lists(st.text("ab\n", max_size=5), max_size=5))
def test_whatever_is_signed_opens_to_the_same_text(text: str, more: list[str]) -> None:
    whole = "".join([text, "\n", *more, "\n"])
    note = sign(whole, LOG, NoteSigner("two", OTHER.key))
    opened = open_note(note.encode(), [LOG.public])
    assert opened.text == whole
    assert opened.raw == note


def test_a_random_key_of_small_order_by_another_encoding_is_none() -> None:
    seed = secrets.token_hex(4)
    print(f"seed {seed}")
    dice = random.Random(seed)
    for _ in range(200):
        raw = dice.randbytes(32)
        hashed = hashlib.sha256(b"a\n\x01" + raw).digest()[:4].hex()
        try:
            key = read_vkey(f"a+{hashed}+{b64(bytes([1]) + raw)}")
        except Refusal as refusal:
            assert refusal.code == "weak-key"  # noqa: PT017
        else:
            assert key.key == Ed25519PublicKey.from_public_bytes(raw)
