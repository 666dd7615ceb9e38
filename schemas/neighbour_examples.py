"""Examples of the directory of neighbours: an invented state of affairs that shows every member."""

import json
from typing import Any, Final

from schemas import examples
from schemas.examples import CLAIMS, IAT, ZEROS

_SOURCE: Final = {"source": "Official Journal, No. 1, 1 January 2026", "verified_at": "2026-11-24"}
_UNRECORDED: Final = {"says": "not_recorded"}
_BOUND: Final = {"says": "party", "words": "Accession.", "since": "1991", **_SOURCE}
ENTRY: Final[dict[str, Any]] = {
    "state": "POL",
    "as_of": "2026-11-24",
    "coverage": {"offices": "partial", "safe_country_lists": "partial", "readmission": "complete"},
    "offices": [
        {
            "name": "Office for Foreigners",
            "kind": "asylum_office",
            "authority": "urn:asylum-exchange:authority:pl-asylum",
            "competence": ["decides_claims"],
            "contacts": [
                {
                    "function": "front_office",
                    "post": "1 Example Street, 00-000 Warsaw",
                    "email": "office@asylum.example",
                    "telephone": "+48 00 000 00 00",
                }
            ],
            **_SOURCE,
        }
    ],
    "law": {
        "access_to_procedure": {"says": "any_authority", "until": "2027-12-31", **_SOURCE},
        "suspensive_effect": {
            "first_instance": {"says": "automatic", **_SOURCE},
            "appeal": {"says": "on_application", "source": "a newspaper", "verified_at": "not_verified"},
            "border_procedure": _UNRECORDED,
        },
    },
    "safe_country_lists": [
        {
            "kind": "safe_country_of_origin",
            "says": "list",
            "drawn_up_by": "state",
            "countries": ["MDA"],
            "words": "With exceptions for a region.",
            "since": "2026-01-01",
            "until": "2026-12-31",
            **_SOURCE,
        }
    ],
    "readmission": [
        {
            "partner": "UKR",
            "concluded_by": "european_union",
            "status": "in_force",
            "status_since": "2008-01-01",
            "signed": "2007-06-18",
            "in_force": "2008-01-01",
            "third_country_nationals": "yes",
            "words": "With an accelerated procedure near the border.",
            **_SOURCE,
        }
    ],
    "onward_returns": [
        {
            "origin": "AFG",
            "returned_to": "UKR",
            "returned": "2026-03",
            "words": "Eleven persons, at one border point.",
            "source": "A report of a national preventive mechanism",
            "verified_at": "2026-11-24",
        }
    ],
    "treaties": {
        "convention_1951": _BOUND,
        "protocol_1967": _BOUND,
        "echr": _BOUND,
        "convention_108": _UNRECORDED,
        "european_union": _BOUND,
    },
    "adequacy_decision": {"says": "not_needed", **_SOURCE},
}
_TEXT: Final = json.dumps(ENTRY, separators=(",", ":"))
_DIGEST: Final = examples.sha256(_TEXT.encode())
_VERSION: Final = {"version": 1, "at": IAT, "digest": _DIGEST, "command": ZEROS, "leaf": 4712}
_ENROLLED: Final = {"urn": "urn:asylum-exchange:authority:pl-asylum", "kind": "asylum_office", "state": "POL"}
_RECORD: Final = {
    "v": 1,
    "typ": "asylum-exchange-neighbour",
    "ex": CLAIMS["ex"],
    "state": "POL",
    "version": 1,
    "at": IAT,
    "entry": _DIGEST,
    "command": ZEROS,
}
DIRECTORY: Final = {"authorities": [_ENROLLED], "entries": [{"state": "POL", **_VERSION, "entry": ENTRY}]}
PAGE: Final = {
    "state": "POL",
    "version": 1,
    "at": IAT,
    "command": ZEROS,
    "leaf": {"index": 4712, "hash": ZEROS, "salt": ZEROS},
    "record": json.dumps(_RECORD, separators=(",", ":")),
    "text": _TEXT,
    "entry": ENTRY,
    "authorities": [_ENROLLED],
    "versions": [_VERSION],
}
