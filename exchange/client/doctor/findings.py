"""What `asylum-exchange doctor` finds: one fact each, in plain words, and what the sender does about it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from types import MappingProxyType
from typing import Any, Final

NEXT: Final[Mapping[str, str]] = MappingProxyType(
    {
        "unsigned": "Send both fields, Signature-Input and Signature.",
        "bad-signature-header": "Write the fields as docs/wire-format.md section 3 shows them.",
        "wrong-label": "Name the signature ax in both fields.",
        "wrong-tag": 'Sign with tag="asylum-exchange-request/v1".',
        "no-nonce": "Draw 16 random bytes for each request; write them as 22 characters of base64url without padding.",
        "component-missing": "Cover every component of docs/wire-format.md section 3, in its order.",
        "component-extra": "Cover the components of docs/wire-format.md section 3, in its order, and no others.",
        "window-too-long": "Set expires to created + 120.",
        "stale": "Sign again now, and let NTP set your clock.",
        "ahead": "Let NTP set your clock, then sign again.",
        "wrong-digest": "Hash the bytes that you send, after everything that may still change them.",
        "wrong-alg": "Write the alg that the key is enrolled for.",
        "bad-signature": "Write the base that your client signs to a file and run this again with --base FILE.",
        "wrong-target": "Sign base_url, then the path and query exactly as you send them.",
        "unknown-key": "Write the kid of your enrolled request key as keyid, or let the secretariat enrol this key.",
        "key-not-active": "Use your current key.",
        "wrong-purpose": "Sign requests with the key of purpose request.",
        "nonce-replayed": "The hub has had this very request. Sign again with a fresh nonce; the body stays the same.",
        "bad-request": "Send a target and fields that docs/wire-format.md section 3 allows.",
        "too-large": "Send less: 256 KB in a request, 4 MB in a batch.",
        "headers-too-large": "Send fewer or shorter header fields.",
        "internal": "Send the same again.",
        "not-ready": "Send the same again.",
        "no-answer": "Look whether base_url is right and the hub can be reached from this machine.",
    }
)
"""Code of a refusal (docs/errors.md) -> what its sender does."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `next_step` is empty when it is well; `code` is a heading of docs/errors.md."""

    name: str
    ok: bool
    words: str
    next_step: str = ""
    code: str = ""


@dataclass(slots=True)
class Report:
    """All that was found, and the signature bases by who built them: `ours`, `yours`, `hub`."""

    findings: list[Finding] = field(default_factory=list)
    bases: dict[str, str] = field(default_factory=dict)

    @property
    def well(self) -> bool:
        """Whether nothing is wrong."""
        return all(finding.ok for finding in self.findings)

    def as_json(self) -> dict[str, Any]:
        """Return the report for a program."""
        return {"well": self.well, "findings": [asdict(one) for one in self.findings], "bases": self.bases}


def fine(name: str, words: str) -> Finding:
    """Return that something is well."""
    return Finding(name, ok=True, words=words)


def wrong(name: str, words: str, code: str = "", next_step: str = "") -> Finding:
    """Return that something is wrong. The code says what to do, unless `next_step` does."""
    otherwise = f"Read docs/errors.md under {code}." if code else ""
    return Finding(name, ok=False, words=words, next_step=next_step or NEXT.get(code, otherwise), code=code)
