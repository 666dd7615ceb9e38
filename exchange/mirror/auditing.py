"""An audit, with the hub switched off: what published files and one party's openings show of a notice, step by step.

1. The ledger in the folder and its history of keys hold (`ground.opened`). 2. Who signed the notice, under which key,
and that it was good at that place. 3. The leaf, the receipt and the answer. 4. What was disclosed, act by act. 5. What
was acknowledged, and by whom. 6. Before which other notice it stands. 7. What no file can show.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from exchange.domain.errors import Refusal
from exchange.mirror import evidence, ground
from exchange.mirror.ground import Ground, Stated, Trusted, utc
from exchange.mirror.openings import OpenedAct, Openings
from exchange.mirror.published_keys import Leaf, read_leaf
from exchange.wire import jws, leaves, sdjwt, statements
from exchange.wire.claims import read_claims, require_exchange
from exchange.wire.encoding import Json, b64encode, read_json


@dataclass(frozen=True, slots=True)
class _Noticed:
    """A notice of the openings whose signature, key and leaf were checked."""

    about: str
    leaf: int
    stated: list[Stated]


def audit(folder: Path, openings: Openings, trusted: Trusted, before: Openings | None = None) -> list[Stated]:
    """Return what is shown, in order.

    Raises:
        Refusal: as `ground.opened`, `Ground.signed` and `Ground.require`; `bad-openings`, `wrong-exchange`,
            `wrong-receipt`, `unknown-key` for a receipt under another key, `not-in-ledger` for what no leaf is over,
            `not-before`.
    """
    base, shown = ground.opened(folder, trusted)
    noticed = _noticed(base, openings, trusted)
    shown += [*noticed.stated, *_answer(base, openings, noticed.leaf)]
    shown += _acts(base, openings)
    for number in range(len(openings.acknowledgements)):
        shown += _acknowledgement(base, openings, number)
    if before is not None:
        shown += _before(noticed, _noticed(base, before, trusted))
    return [*shown, _left(openings)]


def _noticed(base: Ground, openings: Openings, trusted: Trusted) -> _Noticed:
    signed = jws.parse(openings.notice, sdjwt.TYP)
    payload = read_json(signed.payload)
    claims = read_claims(payload if isinstance(payload, dict) else {}, "bad-notice")
    require_exchange(claims, base.history.ex)
    if (claims.iss, claims.id) != (openings.iss, openings.id):
        raise Refusal("bad-openings", "The openings name another notice than the one that is in them.")
    told, receipt = _receipt(openings, trusted)
    sha256 = b64encode(sdjwt.identity(signed.text))
    if [told.get(name) for name in ("iss", "id", "sha256")] != [claims.iss, claims.id, sha256]:
        raise Refusal("wrong-receipt", "The receipt is for another notice.")
    described = evidence.leaf_of(told)
    if not leaves.is_over(described, signed.signing_input):
        raise Refusal("not-in-ledger", "The leaf in the receipt is not over the notice.")
    leaf, at = read_leaf(cast("Json", described), "wrong-receipt"), told.get("received")
    base.require(leaf, "The notice")
    if type(at) is not int:
        raise Refusal("wrong-receipt", "The receipt says no time.")
    about = f"the notice {claims.id} of {claims.iss}"
    stated = [
        Stated(f"This is about {about}.", f"Its signed part names both; its SHA-256 is {sha256}."),
        *base.signed(signed, claims.iss, leaf.index, at),
        _accepted(base, about, leaf, described),
        receipt,
        Stated(f"The exchange received {about} at {utc(at)}.", "the receipt says so by the hub's clock.", is_word=True),
    ]
    return _Noticed(about, leaf.index, stated)


def _accepted(base: Ground, about: str, leaf: Leaf, described: dict[str, Any]) -> Stated:
    batch = described.get("batch")
    how = "the notice's signing input"
    if batch is not None:
        how = f"the root of a batch, in which it is number {batch['position'] + 1} of {batch['size']},"
    return Stated(
        f"The exchange accepted {about} at leaf {leaf.index}, before every leaf after it.",
        f"The leaf is over {how} with its salt, and its audit path in the folder leads to the root of the checkpoint of"
        f" {base.head.size} leaves.",
    )


def _receipt(openings: Openings, trusted: Trusted) -> tuple[dict[str, Json], Stated]:
    says = "The exchange gave its receipt for it."
    if trusted.receipt is not None:
        told = statements.heard(openings.receipt, statements.RECEIPT, trusted.receipt)
        return told, Stated(says, f"It verifies under the hub's receipt key {trusted.receipt.kid}.")
    value = read_json(jws.parse(openings.receipt, statements.RECEIPT).payload)
    if not isinstance(value, dict):
        raise Refusal("wrong-receipt", "The receipt is no JSON object.")
    return value, Stated(says, "--receipt-key was not given, so its signature was not checked.", is_word=True)


def _answer(base: Ground, openings: Openings, leaf: int) -> list[Stated]:
    answer = openings.answer
    if answer is None:
        return []
    base.require(answer.leaf, "The answer")
    if answer.leaf.index != leaf + 1 or not answer.leaf.is_over(answer.record.encode()):
        raise Refusal("not-in-ledger", "The leaf of the answer is not over the answer, or is that of another request.")
    whole = answer.record == openings.receipt
    what = "this receipt" if whole else "the answer to the batch, by its hash"
    proof = f"The leaf {answer.leaf.index}, the next one, is over {what}."
    return [Stated("The exchange answered when it accepted, and cannot take the answer back.", proof)]


def _acts(base: Ground, openings: Openings) -> list[Stated]:
    about = f"{openings.iss} {openings.id}"
    items: dict[str, set[int]] = {}
    shown = []
    for number, one in enumerate(openings.acts):
        base.require(one.minute, f"acts[{number}]")
        if one.root is None or not one.minute.is_over(one.root):
            raise Refusal(
                "not-in-ledger", f"acts[{number}]: salt, record and path do not lead to the leaf of its minute."
            )
        told = _record(one, number)
        says = _says(told, about, items)
        if says is None:
            raise Refusal("bad-openings", f"acts[{number}] is about something else than this notice.")
        shown.append(
            Stated(
                f"At {told['at']} the exchange noted: {says}",
                f"The note with its salt is number {one.position + 1} of the {one.size} acts of a minute, over which"
                f" the leaf {one.minute.index} is: it was made then and not changed since.",
            )
        )
    return shown


def _record(one: OpenedAct, number: int) -> dict[str, str]:
    told = read_json(one.record.encode())
    names = {"at", "slug", "pseudonym", "what", "object", "purpose"}
    if not isinstance(told, dict) or not {"at", "what", "object"} <= told.keys() <= names:
        raise Refusal("bad-openings", f"acts[{number}] is no record of an act.")
    return {name: str(value) for name, value in told.items()}


def _says(told: dict[str, str], about: str, items: dict[str, set[int]]) -> str | None:
    """Return an act in words; None when it is not about the notice. `items` has what was delivered so far."""
    who, what, of = told.get("slug", "the exchange"), told["what"], told["object"]
    if what == "shown":
        first, _, last = of.partition(" ")
        held = [n for n in items.get(who, ()) if first.isdigit() and last.isdigit() and int(first) <= n <= int(last)]
        number = ", ".join(map(str, sorted(held)))
        return f"{who} was shown a page of its inbox with item {number}, which holds the notice." if held else None
    if of != about and not of.startswith(f"{about} "):
        return None
    rest = of[len(about) + 1 :]
    if what == "delivered":
        parts, _, number = rest.partition(" ")
        items.setdefault(who, set()).add(int(number) if number.isdigit() else -1)
        return f"delivered to {who}, as item {number} of its inbox, {_parts(parts)}."
    if what == "notice":
        return f"{who} asked for the notice by its id. It gets what was delivered to it; its author gets all."
    if what == "openings":
        return f"openings of the notice were handed out{f' to {rest}' if rest else ''}."
    return f"{what}; reason: {told.get('purpose') or 'none'}."


def _parts(parts: str) -> str:
    whole, _, view = parts.partition(";view:")
    if parts.startswith(";view:"):
        whole, view = "", parts.removeprefix(";view:")
    seen = [f"whole: {whole.replace(',', ', ')}"] if whole not in {"", "-"} else []
    seen += [f"in part: {view.replace(',', ', ')}"] if view else []
    return f"to be seen {'; '.join(seen)}" if seen else "with no part to be seen"


def _acknowledgement(base: Ground, openings: Openings, number: int) -> list[Stated]:
    one, what = openings.acknowledgements[number], f"acknowledgements[{number}]"
    said = jws.parse(one.record, statements.ACKNOWLEDGEMENT)
    claims, members = statements.said(said.payload, base.history.ex)
    base.require(one.leaf, what)
    if not one.leaf.is_over(said.signing_input):
        raise Refusal("not-in-ledger", f"{what}: its leaf is not over it.")
    if members.get("notice") != {"iss": openings.iss, "id": openings.id}:
        raise Refusal("bad-openings", f"{what} is about another notice.")
    content = members.get("pt_sha256")
    says = f"{claims.iss} acknowledged the notice at leaf {one.leaf.index}: {members.get('state')}"
    says += f", of the content with the SHA-256 {content}." if content else "."
    first = Stated(says, "The leaf is over its own signed words.")
    return [first, *base.signed(said, claims.iss, one.leaf.index, claims.iat)]


def _before(first: _Noticed, second: _Noticed) -> list[Stated]:
    if first.leaf >= second.leaf:
        raise Refusal("not-before", f"The leaf {first.leaf} does not stand before the leaf {second.leaf}.")
    order = Stated(
        f"T{first.about[1:]} stood in the ledger, at leaf {first.leaf}, before {second.about} was accepted, at"
        f" leaf {second.leaf}.",
        "Leaves are only ever added at the end; both audit paths lead to the root of one checkpoint.",
    )
    return [*second.stated, order]


def _left(openings: Openings) -> Stated:
    whom = f"for {openings.to}, of its own acts alone" if openings.to else "of all acts"
    says = f"These are all acts about the notice; the openings were made {whom}."
    why = f"{openings.waiting} acts had no leaf yet, and {openings.bare} cannot be shown without telling of others."
    return Stated(says, f"{why} No leaf tells whether any other is left out.", is_word=True)
