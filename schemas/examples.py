"""Examples of messages: one invented case, told by an invented office.

They hang together: hashes are those of what stands beside them. Only signatures, salts and encrypted bytes are zeros,
because no key may stand in source.
"""

import base64
import hashlib
import json
from typing import Any, Final

from exchange.domain.kinds import ENUMERATED

ISS: Final = "urn:asylum-exchange:authority:pl-uds"
OTHER: Final = "urn:asylum-exchange:authority:sk-mu"
ID: Final = "019ab000-0000-7000-8000-000000000001"
OTHER_ID: Final = "019ab000-0000-7000-8000-000000000002"
UUID: Final = "4f8a1c52-6d0e-4b8f-9a53-2f6f0f1f7c11"
IAT: Final = 1795419000
AT: Final = "2026-11-23T07:30:00Z"
ZEROS: Final = "A" * 43
CLAIMS: Final = {"v": 1, "ex": "example-exchange", "id": ID, "iss": ISS, "iat": IAT}


def compact(value: object) -> bytes:
    """Return JSON as the wire has it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def b64(data: bytes) -> str:
    """Return unpadded base64url."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def sha256(data: bytes) -> str:
    """Return a hash as the wire has it."""
    return b64(hashlib.sha256(data).digest())


def jws(typ: str, payload: object) -> str:
    """Return a compact JWS whose signature is zeros."""
    head = {"alg": "Ed25519", "kid": ZEROS, "typ": typ}
    return f"{b64(compact(head))}.{b64(compact(payload))}.{'A' * 86}"


PERSON: Final[dict[str, Any]] = {
    "v": 1,
    "salt": ZEROS,
    "person": {
        "names": [
            {
                "written": "Зразкова Марія Іванівна",
                "script": "Cyrl",
                "romanisation": "ukr_kmu_55",
                "primary_identifier": "ZRAZKOVA",
                "secondary_identifier": "MARIIA",
                "given": "Mariia",
                "family": "Zrazkova",
                "patronymic": "Ivanivna",
                "fathers_name": "Ivan",
            }
        ],
        "aliases": [{"written": "Maria Wzorowa", "script": "Latn"}],
        "birth_date": [
            {"date": "1990-05-22~", "calendar": "gregorian", "source": "persons_statement", "disputed": "no"}
        ],
        "sex": "F",
        "nationalities": {"claimed": ["AFG"], "established": ["AFG"], "former": ["XXA"]},
        "stateless": "no",
        "habitual_residence": "AFG",
        "languages": ["prs"],
        "interpreted_in": ["pes"],
        "documents": [{"code": "P", "issuer": "AFG", "number": "X0000000", "expires_at": "2030"}],
        "family": [{"relation": "child", "case": "PL-2026-18"}],
    },
    "narrative": "An example. Real words of a person stand only here.",
}
PLAINTEXT: Final = compact(PERSON).ljust(2048)
"""Padded with spaces to the next power of two."""
_PROTECTED: Final = b64(compact({"enc": "A256GCM", "typ": "asylum-exchange-sealed+json"}))
_RECIPIENT: Final = {
    "header": {"alg": "HPKE-9-KE", "kid": ZEROS, "ek": b64(bytes(1120))},
    "encrypted_key": b64(bytes(48)),
}
JWE: Final = compact(
    {
        "protected": _PROTECTED,
        "recipients": [_RECIPIENT],
        "iv": b64(bytes(12)),
        "ciphertext": b64(bytes(len(PLAINTEXT))),
        "tag": b64(bytes(16)),
        "aad": b64(f"urn:asylum-exchange:notice:pl-uds:{ID}".encode()),
    }
).decode()
SEALED: Final = [{"sha256": sha256(JWE.encode()), "pt_sha256": sha256(PLAINTEXT), "bytes": len(JWE)}]
TOKENS: Final = [f"C2D.{ZEROS}", f"DOC.{ZEROS}"]
HUB: Final[dict[str, Any]] = {
    "subject": {"nationality": ["AFG"], "origin": ["AFG"], "former_residence": ["IRN"], "feared": ["AFG"]},
    "tokens": {"profile": "N1", "keyset": "example", "values": TOKENS},
    "case": "PL-2026-17",
    "aud": [OTHER],
    "seq": 2,
    "prev": ZEROS,
    "source": "own_act",
    "accreditation": "NGO-7",
    "purpose": "examining_the_application",
    "legal_basis": "ammr_51",
}
EVENT: Final = {
    "kind": "claim_registered",
    "event_time": "2026-11-22",
    "state": "POL",
    "counterpart_state": "SVK",
    "in_reply_to": f"urn:asylum-exchange:notice:sk-mu:{OTHER_ID}",
    "corrects": f"urn:asylum-exchange:notice:pl-uds:{OTHER_ID}",
    "withdraws": f"urn:asylum-exchange:notice:pl-uds:{OTHER_ID}",
    "reference": "UDS/17/2026",
}
SAFEGUARDS: Final = {"codes": ["children_in_family"]}
# members of facts that are of no closed list, by name
_OTHER: Final[dict[str, Any]] = {
    "place": "PLTER",
    "border_point": "PLTER",
    "language": "prs",
    "forwarded_to": ISS,
    "registration_no": "UDS-17",
    "act_reference": "SG/4/2026",
    "named_country": "UKR",
    "destination": "UKR",
    "destinations": ["UKR"],
    "transit": ["SVK"],
    "evidence": ["visa"],
    "persecutors": ["state"],
    "asked": ["stage"],
    "told": ["stage"],
    "approval_reference": "UDS-17-A",
    "mailbox": UUID,
    "replaced_by": f"urn:asylum-exchange:notice:pl-uds:{OTHER_ID}",
    "parts": ["sealed"],
    "despite": ["voluntary"],
    "approved_by": ["case-1", "chief-1"],
    "hours_since_arrest": "6",
}
TIME: Final = "2026-11-22T06:00:00Z"


def facts(kind: str, members: list[str]) -> dict[str, Any]:
    """Return facts of a kind with every member that its schema has."""
    listed = ENUMERATED[kind]
    return {name: listed[name][0] if name in listed else _OTHER.get(name, TIME) for name in members}


def disclosures(parts: dict[str, Any]) -> list[str]:
    """Return one Disclosure for each part."""
    return [b64(compact([ZEROS, name, value])) for name, value in parts.items()]


def notice(facts_of_kind: dict[str, Any]) -> str:
    """Return a notice with all its parts: an SD-JWT whose signature is zeros."""
    parts = {"hub": HUB, "event": EVENT, "facts": facts_of_kind, "safeguards": SAFEGUARDS, "sealed": SEALED}
    shown = disclosures(parts)
    payload = signed_notice([sha256(each.encode()) for each in shown])
    return "~".join([jws("asylum-exchange-notice+sd-jwt", payload), *shown, ""])


def signed_notice(digests: list[str]) -> dict[str, Any]:
    """Return the issuer-signed payload."""
    return {**CLAIMS, "_sd_alg": "sha-256", "_sd": sorted(digests)}
