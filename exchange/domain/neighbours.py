"""The directory of neighbours: its closed lists, and what differs between two versions of an entry.

Source: A/58/281 para 11 (states should know their neighbours' asylum law and structures). The lists are our own; their
words follow the EMN glossary, Regulation (EU) 2024/1348 (safe countries) and the Vienna Convention on the Law of
Treaties. `not_recorded` is a value: absence is data.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

NOT_RECORDED: Final = "not_recorded"
NOT_VERIFIED: Final = "not_verified"
"""Stands in `verified_at` of a statement that nobody has compared with its source. It is never shown as law."""
COVERAGE: Final = ("complete", "partial", NOT_RECORDED)
"""How far a list goes: all there is, some of it, or nobody has looked."""
ACCESS: Final = (
    "any_authority",
    "named_authorities",
    "restricted_at_border",
    "declaration_abroad_first",
    "suspended",
    NOT_RECORDED,
)
"""Where a claim can be made by the law of the state."""
SUSPENSIVE: Final = ("automatic", "on_application", "none", NOT_RECORDED)
"""Whether a remedy stops the removal."""
REMEDIES: Final = ("first_instance", "appeal", "border_procedure")
MEMBERSHIP: Final = ("party", "not_party", "signed", "denounced", NOT_RECORDED)
TREATIES: Final = ("convention_1951", "protocol_1967", "echr", "convention_108", "european_union")
ADEQUACY: Final = ("yes", "no", "not_needed", NOT_RECORDED)
"""Is there an adequacy decision (GDPR Art 45)? Among member states none is needed."""
SAFE_LISTS: Final = ("safe_country_of_origin", "safe_third_country", "first_country_of_asylum")
LISTED: Final = ("list", "no_list")
DRAWN_UP_BY: Final = ("state", "european_union")
AGREEMENT: Final = ("in_force", "provisionally_applied", "signed", "suspended", "denounced")
UNION: Final = "EU"
"""The European Union as a party to an agreement; it is no state of ISO 3166-1."""
COMPETENCES: Final = (
    "registers_claims",
    "decides_claims",
    "decides_appeals",
    "border_control",
    "responsibility",
    "readmission",
    "returns",
    "reception",
    "monitoring",
)
FUNCTIONS: Final = ("front_office", "duty_office", "responsibility_unit", "readmission_unit", "records", "legal_unit")
"""Functions of an office that can be called or written to. A contact point is never a person."""


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Return what differs between two entries: path, then the value before and after, empty where there is none."""
    old, new = dict(_flat(before, "")), dict(_flat(after, ""))
    changed = sorted(path for path in old.keys() | new.keys() if old.get(path) != new.get(path))
    return [(path, old.get(path, ""), new.get(path, "")) for path in changed]


def _flat(value: object, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _flat(inner, f"{path}.{name}".lstrip("."))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _flat(inner, f"{path}.{number}")
    else:
        yield path, str(value)
