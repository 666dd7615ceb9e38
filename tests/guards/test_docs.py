"""Docs say what is: every code, setting and function that they name exists, and none that exists is left out."""

import ast
import importlib
import re
from dataclasses import fields
from pathlib import Path

from exchange import settings
from exchange.api import problems
from exchange.console import answers
from exchange.domain.patterns import describe

ROOT = Path(__file__).parents[2]
SOURCES = [path for package in ("exchange", "schemas", "workers") for path in (ROOT / package).rglob("*.py")]


def headings(name: str) -> set[str]:
    return set(re.findall(r"^### (.+)$", (ROOT / "docs" / name).read_text(encoding="utf-8"), re.MULTILINE))


def codes() -> set[str]:
    """Every code that the source refuses with: first arguments of Refusal, and codes handed to b64decode and verify."""
    found = set()
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("Refusal", "Refused")):
                first = node.args[0] if node.args else None
                if isinstance(first, ast.Constant):
                    found.add(first.value)
    return found | {
        "internal",
        "not-ready",
        "bad-base64",
        "bad-signature",
        "stale",
        "ahead",
        "bad-notice-signature",
        "not-found",
        "method-not-allowed",
        "too-large",
    }


def test_every_refusal_has_its_heading_and_every_heading_a_refusal() -> None:
    assert codes() == headings("errors.md")


def test_every_refusal_of_the_api_has_a_status() -> None:
    only_elsewhere = {
        "no-answer", "wrong-receipt", "bad-enrolment", "no-such-authority", "weak-password", "sign-in-failed",
        "sign-in-waits", "bad-form", "bad-erasure", "decryption-failed", "not-a-recipient",
        "not-pinned", "module-failed", "pin-exposed", "plaintext-mismatch", "ledger-forked", "bad-note",
        "bad-note-signature-line", "unknown-note-key", "bad-checkpoint", "bad-proof", "wrong-view",
        "older-checkpoint", "wrong-tiles", "not-before", "no-mirror", "witness-refused", "bad-witness",
        "not-witnessed", "not-an-officer", "stale-command", "no-such-command", "already-carried",
        "not-your-approval",
        "bad-traces", "bad-replay", "bad-record", "bad-names", "bad-rows", "bad-link-weights",
        "token-service-down", "wrong-proof", "keyset-not-active", "member-suspended", "bad-keying",
        "bad-token-service", "bad-keyset", "wrong-token-key", "keyset-ended",
        "supervisors-only", "stale-version", "bad-invitation", "wrong-fingerprint", "wrong-secretariat", "key-ended",
        "bad-membership", "bad-openings", "not-in-ledger", "key-not-good", "no-keys", "not-yet", "stop-in-force",
    }  # fmt: skip
    assert codes() - set(problems.STATUS) == only_elsewhere
    assert set(problems.STATUS) <= codes()
    assert set(problems.STATUS.values()) == set(problems.TITLES)
    assert answers.STATUS


def test_every_refusal_of_the_api_says_its_status_its_field_and_whether_to_retry() -> None:
    text = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
    told = re.findall(r"^### (\S+)\n`(\d+)` · (.+) · (mend|retry)$", text, re.MULTILINE)
    assert {code: int(status) for code, status, _, _ in told} == problems.STATUS


def test_every_setting_has_its_heading() -> None:
    named = {settings.PREFIX + name for name in (*settings.NEEDED, *settings.DEFAULTS)}
    assert named == headings("operations.md")
    assert len(named) == len(fields(settings.Settings))


def test_every_function_of_the_journey_exists() -> None:
    text = (ROOT / "docs" / "notice-journey.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:exchange|schemas|workers)\.[a-zA-Z_.0-9]+)`", text))
    assert len(named) > 20
    for name in named:
        module, _, attribute = name.rpartition(".")
        assert hasattr(importlib.import_module(module), attribute), name


def test_the_page_about_patterns_is_what_the_rules_say() -> None:
    assert (ROOT / "docs" / "patterns.md").read_text(encoding="utf-8") == describe.page()
