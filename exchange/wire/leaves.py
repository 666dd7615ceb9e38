"""What a leaf of the ledger is over: salt and record, which its parties hold, lead to the hash that is published."""

import hashlib
from collections.abc import Mapping
from typing import Any

from exchange.domain import merkle
from exchange.domain.errors import Refusal
from exchange.wire import statements
from exchange.wire.encoding import b64decode, b64encode


def is_over(leaf: Mapping[str, Any], signing_input: bytes) -> bool:
    """Tell whether a leaf, as a receipt describes it, is over a notice with this signing input.

    The notice is the record itself, or one of a batch whose root is the record. What is malformed is over nothing.
    """
    try:
        record = _record(leaf, signing_input)
        entry = hashlib.sha256(b64decode(leaf["salt"]) + record).digest() if record is not None else b""
        return record is not None and b64encode(merkle.leaf_hash(entry)) == leaf["hash"]
    except (Refusal, LookupError, TypeError, AttributeError):
        return False


def _record(leaf: Mapping[str, Any], signing_input: bytes) -> bytes | None:
    if "batch" not in leaf:
        return signing_input
    place = leaf["batch"]
    path = [b64decode(node) for node in place["path"]]
    root = merkle.root_from_path(signing_input, place["position"], place["size"], path)
    return None if root is None else (statements.BATCH_RECORD + b64encode(root)).encode()
