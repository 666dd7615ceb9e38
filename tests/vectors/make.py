"""Make the golden vectors: `python tests/vectors/make.py [folder]`. The same bytes, however often it runs."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import make_answers
import make_check_answers
import make_encoding
import make_key_history
import make_keys_said
import make_parts
import make_requests
import make_statements

PAGES = {
    "requests": make_requests.make,
    "answers": make_answers.make,
    "notices": make_parts.make,
    "statements": make_statements.make,
    "keys": make_encoding.make_keys,
    "encoding": make_encoding.make_encoding,
    "key_statements": make_keys_said.make,
    "key_history": make_key_history.make,
    "check_answers": make_check_answers.make,
}


def page(content: Mapping[str, Any]) -> str:
    """Return a page as JSON, one vector a line: so that a change of one is a change of one line."""
    *about, (last, vectors) = content.items()
    lines = [f" {json.dumps(name)}: {json.dumps(value)}," for name, value in about]
    lines += [f" {json.dumps(last)}: [", ",\n".join(f"  {json.dumps(vector)}" for vector in vectors), " ]"]
    return "\n".join(["{", *lines, "}", ""])


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if sys.argv[1:] else Path(__file__).parent
    for name, make in PAGES.items():
        (folder / f"{name}.json").write_text(page(make()), encoding="ascii")
