"""What a folder of timelines holds, and in which of its buckets a person is."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

VERSION: Final = "1"
_MASK: Final = (1 << 64) - 1


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a folder holds. `files` is name -> (rows, SHA-256 in hex); `about` says whence it is, as of when (`at`)."""

    buckets: int
    participants: frozenset[str]
    persons: int
    events: int
    files: Mapping[str, tuple[int, str]]
    about: Mapping[str, str]

    @property
    def text(self) -> str:
        """The manifest as it is written: one spelling, so that its hash names the input of a replay."""
        members = {
            "version": VERSION,
            "buckets": self.buckets,
            "participants": sorted(self.participants),
            "persons": self.persons,
            "events": self.events,
            "files": {name: {"rows": rows, "sha256": digest} for name, (rows, digest) in self.files.items()},
            "about": dict(self.about),
        }
        return json.dumps(members, sort_keys=True, indent=1) + "\n"

    @property
    def sha256(self) -> str:
        """SHA-256 of the manifest in hex; through it, of every file."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def of_members(told: Any) -> Manifest:  # noqa: ANN401 -- JSON as it came
    """Return the manifest that JSON says. Raises ValueError, KeyError, TypeError, AttributeError for anything else."""
    files = {name: (int(one["rows"]), str(one["sha256"])) for name, one in told["files"].items()}
    counts = (int(told["buckets"]), frozenset(told["participants"]), int(told["persons"]), int(told["events"]))
    return Manifest(*counts, files, dict(told["about"]))


def bucket(person: int, buckets: int) -> int:
    """Return the bucket of a person: a mix of all bits of their number (splitmix64), the same on every machine."""
    mixed = (person + 0x9E3779B97F4A7C15) & _MASK
    mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _MASK
    return (mixed ^ (mixed >> 31)) % buckets


def events_file(number: int) -> str:
    """Return the name of a bucket's file of events."""
    return f"events-{number:02}.parquet"


def persons_file(number: int) -> str:
    """Return the name of a bucket's file of persons."""
    return f"persons-{number:02}.parquet"
