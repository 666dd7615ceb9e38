"""Make linkage-tokens.json: whole records of invented persons, and the tokens that profile N1 makes of them.

    PYTHONPATH=.:tests python tests/vectors/make_linkage_tokens.py

Under the key of 32 bytes 00 01 .. 1f, one HMAC for each match key, without the tokens that fill a notice up.
"""

import json
from datetime import date
from pathlib import Path
from typing import Any

from exchange.client.linkage.keying import HmacKeying, chosen
from exchange.client.linkage.record import read

OUT = Path(__file__).with_name("linkage-tokens.json")
KEY = bytes(range(32))
TODAY = date(2026, 12, 1)
RECORDS: list[dict[str, Any]] = [
    {
        "names": [{"given": "Зарема", "family": "Хасуханова", "patronymic": "Руслановна"}],
        "born": [{"date": "1988-07-14", "source": "document"}],
        "sex": "F",
        "nationalities": ["RUS"],
        "documents": [{"type": "P", "issuer": "RUS", "number": "71 2345678"}],
    },
    {
        "names": [{"given": "Chasuchanova", "family": "Zarema"}],
        "born": [{"date": "1988-01-01", "source": "estimated"}],
        "sex": "F",
        "nationalities": ["RUS"],
    },
    {
        "names": [{"given": "نوید", "family": "عزیزی"}],
        "born": [{"date": "1372-12-20", "calendar": "persian"}],
        "sex": "M",
        "nationalities": ["AFG"],
    },
    {"names": [{"given": "Mohammad Reza", "family": "Hosseini"}], "born": [{"date": "1990-04-12"}]},
    {"names": [{"given": "Abebe", "family": ""}], "born": [{"date": "1983-04-23", "calendar": "ethiopic"}], "sex": "M"},
    {"names": [{"given": "ნინო", "family": "ჭავჭავაძე"}], "nationalities": ["GEO"]},
    {"documents": [{"type": "I", "issuer": "LTU", "number": "AB1234567"}]},
]


def vectors() -> list[dict[str, Any]]:
    """Return each record with its tokens, sorted by their text."""
    keying = HmacKeying(KEY, "vectors")
    return [{"record": one, "tokens": sorted(keying.tokens(chosen(read(one, TODAY))))} for one in RECORDS]


if __name__ == "__main__":
    OUT.write_text(json.dumps({"key": KEY.hex(), "records": vectors()}, ensure_ascii=False, indent=1) + "\n", "utf-8")
