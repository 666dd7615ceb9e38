"""Two authorities exchange a sealed removal plan. What the exchange then holds is searched for the person.

The database as tables and as files, Redis, the logs, every file of its folder, and the memory of each of its processes:
none has the name, the birth date or the narrative, in any form in which a program keeps text. A reference that the hub
does hold is searched for in the same way and found, so that a search that finds nothing means something.
"""

import base64
import json
import os
import re
import secrets
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest
import redis

from authorities import Office
from builders import UA_ASYLUM, facts, reader
from exchange.embedded.services import NAMES
from exchange.wire.encoding import b64decode
from journey import Journey

RETURN_UNIT = reader("sk-return", "return_unit", "SVK")
NAME = "Qwardakhiel Zemarguloj"
CYRILLIC = "Квардахіель Земаргулой"
BIRTH_DATE = "1987-10-29"
NARRATIVE = "Вони чекають на нього біля млина — the yellow millstone at Kharwardesh was painted over twice."
PERSON = {
    "names": [{"written": NAME, "script": "Latn"}, {"written": CYRILLIC, "script": "Cyrl"}],
    "birth_date": [{"date": BIRTH_DATE, "calendar": "gregorian", "source": "document", "disputed": "no"}],
}
SECRETS = {
    "name": NAME,
    "first name": NAME.split(maxsplit=1)[0],
    "last name": NAME.split()[1],
    "name in Cyrillic": CYRILLIC,
    "last name in Cyrillic": CYRILLIC.split()[1],
    "birth date": BIRTH_DATE,
    "narrative": NARRATIVE,
    "words of the narrative": "yellow millstone at Kharwardesh",
    "Cyrillic words of the narrative": "біля млина",
}
PIECE = 8 * 1024 * 1024


def base64_of(data: bytes) -> Iterator[bytes]:
    """What stands in base64 of any text around the data, for each of the three places that it may have in it."""
    for before in range(3):
        text = base64.b64encode(bytes(before) + data)
        first = -(-before * 8 // 6)  # characters that also hold bits of what stands before
        last = (before + len(data)) * 8 // 6  # and those behind, of what follows
        yield text[first:last]
        yield text[first:last].translate(bytes.maketrans(b"+/", b"-_"))


def forms(text: str) -> set[bytes]:
    """The forms in which programs keep a text."""
    utf8, utf16 = text.encode(), text.encode("utf-16-le")
    plain = [utf8, utf16, text.encode("utf-32-le"), text.encode("utf-16-be")]
    escaped = [json.dumps(text)[1:-1].encode(), quote(text).encode(), repr(text.encode())[2:-1].encode()]
    coded = [utf8.hex().encode(), utf8.hex().upper().encode(), *base64_of(utf8), *base64_of(utf16)]
    doubled = [base64_of(one) for one in base64_of(utf8)]  # a Disclosure inside a notice inside a message
    return {*plain, *escaped, *coded, *(one for ones in doubled for one in ones)}


class Search:
    """Forms of several texts, looked for in one go by `grep -F`: gigabytes are nothing to it."""

    def __init__(self, texts: dict[str, str], folder: Path) -> None:
        self.names = {form: name for name, text in texts.items() for form in forms(text)}
        assert not any(b"\n" in form for form in self.names)
        self.longest = max(map(len, self.names))
        self.patterns = folder / "patterns"
        self.patterns.write_bytes(b"\n".join(sorted(self.names)))

    def found(self, pieces: Iterable[bytes]) -> tuple[set[str], int]:
        """The names of the texts that stand in any of the pieces, and how many bytes these had."""
        words = ["grep", "--text", "--only-matching", "--fixed-strings", "--file", str(self.patterns)]
        size = 0
        with tempfile.TemporaryFile() as said:
            grep = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=said, env={"LC_ALL": "C", "PATH": os.defpath})
            assert grep.stdin is not None
            for piece in pieces:
                size += len(piece)
                grep.stdin.write(piece)
                grep.stdin.write(b"\n")
            grep.stdin.close()
            assert grep.wait() in {0, 1}
            said.seek(0)
            return {self.names[one] for one in said.read().split(b"\n") if one}, size


# Where the exchange keeps anything.


def tables(url: str) -> Iterator[tuple[str, bytes]]:
    """Every table of the database as text, bytes as they are, in every schema of ours."""
    with psycopg.connect(url) as connection:
        names = connection.execute(
            "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables"
            " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()
        for (name,) in names:
            found = connection.execute(f"SELECT t::text FROM {name} t").fetchall()  # type: ignore[arg-type]  # noqa: S608
            yield name, "\n".join(text for (text,) in found).encode()


def broker(client: "redis.Redis[bytes]") -> Iterator[tuple[str, bytes]]:
    """Every key of Redis, whatever its type, as Redis itself would write it to its file, and read by its type."""
    reading = {
        b"string": lambda key: [client.get(key)],
        b"list": lambda key: client.lrange(key, 0, -1),
        b"set": client.smembers,
        b"zset": lambda key: [one for one, _ in client.zrange(key, 0, -1, withscores=True)],
        b"hash": lambda key: [part for pair in client.hgetall(key).items() for part in pair],
        b"stream": lambda key: [part for _, said in client.xrange(key) for pair in said.items() for part in pair],
    }
    for key in client.scan_iter():
        yield key.decode(errors="replace"), b"\n".join([key, *reading[client.type(key)](key)])


def files(folder: Path) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Every file below a folder, by the folders in it."""
    for top in sorted(folder.iterdir()):
        yield top.name, (data for path in (top, *top.rglob("*")) if (data := _content(path)))


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes() if path.is_file() and not path.is_symlink() else b""
    except FileNotFoundError:  # a database drops files while we look
        return b""


def family(pids: list[int]) -> dict[int, str]:
    """These processes with all their descendants, by id, each with its own words for itself."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        children.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    found: dict[int, str] = {}
    waiting = list(pids)
    while waiting:
        pid = waiting.pop()
        waiting += children.get(pid, [])
        try:
            found[pid] = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")[:120]
        except (FileNotFoundError, ProcessLookupError):
            continue
    assert os.getpid() not in found
    return found


_ZEROS = bytes(4096)
_HEAD = re.compile(r"([0-9a-f]+)-([0-9a-f]+) (\S{4}) ([0-9a-f]+) (\S+) (\d+) *(.*)")


def segments(pid: int, seen: set[tuple[str, ...]]) -> Iterator[tuple[int, int]]:
    """The readable segments of a process that have anything in memory.

    What several share is read once. Programs and libraries are left out: files that nobody writes to, mapped read-only.
    """
    head: tuple[str, ...] = ()
    for line in Path(f"/proc/{pid}/smaps").read_text(encoding="utf-8", errors="replace").splitlines():
        match = _HEAD.fullmatch(line)
        if match:
            head = match.groups()
        elif line.startswith("Rss:") and line.split()[1] != "0":
            start, end, rights, offset, device, inode, name = head
            place = (device, inode, offset, name)
            is_program = rights[1:] in {"--p", "-xp"} and inode != "0"
            is_known = rights[3] == "s" and place in seen
            if rights[0] == "r" and not is_program and not is_known and name not in {"[vvar]", "[vsyscall]"}:
                seen.add(place)
                yield int(start, 16), int(end, 16)


def memory(pid: int, overlap: int, seen: set[tuple[str, ...]]) -> Iterator[bytes]:
    """The memory of a process in pieces that overlap, so that nothing falls between two."""
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as file:
        for start, end in segments(pid, seen):
            for at in range(start, end, PIECE):
                try:
                    file.seek(at)
                    piece = file.read(min(PIECE + overlap, end - at))
                except OSError:
                    continue  # it was unmapped while we looked
                yield piece.replace(_ZEROS, b"")  # no text has so many


@dataclass(frozen=True)
class Places:
    """Where something was found, and how many bytes were looked at, kind by kind."""

    found: dict[str, set[str]]
    bytes: dict[str, int]


def look(journey: Journey, search: Search) -> Places:
    """Search all that the exchange keeps."""
    running = journey.exchange.running
    places: dict[str, set[str]] = {}
    sizes: dict[str, int] = {}

    def see(kind: str, name: str, pieces: Iterable[bytes]) -> None:
        found, size = search.found(pieces)
        sizes[kind] = sizes.get(kind, 0) + size
        for one in found:
            places.setdefault(one, set()).add(f"{kind}: {name}")

    # Memory first: a question about it leaves its own answer there, but the questions name nothing of what is sought.
    seen: set[tuple[str, ...]] = set()
    pids = [pid for name in NAMES if (pid := journey.exchange.supervisor.pid(name)) is not None]
    for pid, words in family(pids).items():
        see("memory", f"{pid} {words}", memory(pid, search.longest, seen))
    with psycopg.connect(running.database_url, autocommit=True) as connection:
        connection.execute("CHECKPOINT")
    for name, data in tables(running.database_url):
        see("table", name, [data])
    with redis.Redis.from_url(running.redis_url) as client:
        for name, data in broker(client):
            see("redis", name, [data])
        client.save()
    for name, pieces in files(running.var):
        see("log" if name == "log" else "file", name, pieces)
    return Places(places, sizes)


@pytest.mark.parametrize("text", [*SECRETS.values(), "Control-1"])
def test_what_is_searched_for_is_found_in_every_form(text: str, tmp_path: Path) -> None:
    search = Search({"it": text}, tmp_path)
    around = f"<<{text}>>"
    for put in (
        around.encode(),
        around.encode("utf-16-le"),
        around.encode("utf-32-le"),
        json.dumps([around]).encode(),
        around.encode().hex().encode(),
        quote(around).encode(),
        *(base64.b64encode(f"{'x' * n}{around}".encode()) for n in range(3)),
        *(base64.urlsafe_b64encode(f"{'x' * n}{around}".encode()) for n in range(3)),
        *(base64.b64encode(f"{'x' * n}{around}".encode("utf-16-le")) for n in range(3)),
        *(base64.b64encode(base64.b64encode(f"{'x' * n}{around}".encode())) for n in range(3)),
    ):
        assert search.found([b"\0\xff" + put + b"\0"])[0] == {"it"}, put
    assert search.found([around[: len(around) // 2].encode()]) == (set(), len(around[: len(around) // 2].encode()))


def exchanged(journey: Journey, control: str) -> tuple[Office, Office]:
    """A sealed plan goes from one authority to another, is opened there and acknowledged."""
    sk, ua = journey.enrol(RETURN_UNIT, UA_ASYLUM)
    sk.folder.know(ua.enrolment)
    ua.folder.know(sk.enrolment)
    parts = sk.parts("removal_planned", counterpart="UKR", case=control, aud=[ua.who.urn], person="one")
    parts["facts"] = facts("removal_planned", destination="UKR", means="land", planned_at="2027-01-15")
    receipt = sk.speaker.post(parts | {"sealed": [{"to": [ua.who.urn], "person": PERSON, "narrative": NARRATIVE}]})
    (item,) = journey.inbox(ua, 1)
    opened = ua.speaker.receive(item)
    ((text,), (jwe,)) = (opened.sealed, item["sealed"])
    assert (text.person, text.narrative) == (PERSON, NARRATIVE)
    assert jwe
    (told,) = journey.inbox(sk, 1)
    said: dict[str, Any] = json.loads(b64decode(told["jws"].split(".")[1]))
    assert (said["state"], said["notice"]["id"], said["pt_sha256"]) == ("opened", receipt["id"], text.pt_sha256)
    journey.settle()
    return sk, ua


def test_a_sealed_plan_leaves_nothing_readable_with_the_exchange(journey: Journey, tmp_path: Path) -> None:
    control = f"Control-{secrets.token_hex(12)}"
    planted = f"Planted-{secrets.token_hex(12)}"
    sk, ua = exchanged(journey, control)
    assert {path.stat().st_mode & 0o777 for path in (sk.folder.path, ua.folder.path)} == {0o700}
    (journey.exchange.running.var / "log" / "planted.log").write_text(f"a line with {planted} in it\n")
    with redis.Redis.from_url(journey.exchange.running.redis_url) as client:
        client.rpush("a-list", planted)
        client.hset("a-hash", "member", planted)
        client.sadd("a-set", planted)
        client.zadd("a-sorted-set", {planted: 1})
        client.xadd("a-stream", {"member": planted})
        places = look(journey, Search({**SECRETS, "control": control, "planted": planted}, tmp_path))
        client.delete("a-list", "a-hash", "a-set", "a-sorted-set", "a-stream")
    print({kind: f"{size / 1e6:.1f} MB" for kind, size in sorted(places.bytes.items())})
    # The search works: it finds what the hub does hold, in memory, in the tables, in the files of the database.
    kinds = {place.partition(":")[0] for place in places.found["control"]}
    assert {"memory", "table", "file"} <= kinds
    assert any("granian" in place for place in places.found["control"]), places.found["control"]
    assert {"table: public.notice", "table: public.part"} <= places.found["control"]
    assert "log" not in kinds
    assert "redis" not in kinds
    names = ("a-list", "a-hash", "a-set", "a-sorted-set", "a-stream")
    assert {f"redis: {name}" for name in names} | {"log: log"} <= places.found["planted"]
    assert {"memory", "table", "redis", "log", "file"} == places.bytes.keys()
    # And of the person there is nothing.
    assert {name: where for name, where in places.found.items() if name in SECRETS} == {}
