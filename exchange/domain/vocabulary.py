"""Closed lists: states, notice kinds, authority kinds and the enumerated facts of every kind.

Sources: ISO 3166-1 alpha-3; ICAO Doc 9303 part 3 section 5 (special codes); domain.md B.2 and B.3 of the founding
notes, which follow the EMN glossary and Regulation (EU) 2024/1351. `not_recorded` is an explicit value everywhere:
absence is data.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

ISO_3166_1: Final = frozenset(
    """
    ABW AFG AGO AIA ALA ALB AND ARE ARG ARM ASM ATA ATF ATG AUS AUT AZE BDI BEL BEN BES BFA BGD BGR BHR BHS BIH BLM
    BLR BLZ BMU BOL BRA BRB BRN BTN BVT BWA CAF CAN CCK CHE CHL CHN CIV CMR COD COG COK COL COM CPV CRI CUB CUW CXR
    CYM CYP CZE DEU DJI DMA DNK DOM DZA ECU EGY ERI ESH ESP EST ETH FIN FJI FLK FRA FRO FSM GAB GBR GEO GGY GHA GIB
    GIN GLP GMB GNB GNQ GRC GRD GRL GTM GUF GUM GUY HKG HMD HND HRV HTI HUN IDN IMN IND IOT IRL IRN IRQ ISL ISR ITA
    JAM JEY JOR JPN KAZ KEN KGZ KHM KIR KNA KOR KWT LAO LBN LBR LBY LCA LIE LKA LSO LTU LUX LVA MAC MAF MAR MCO MDA
    MDG MDV MEX MHL MKD MLI MLT MMR MNE MNG MNP MOZ MRT MSR MTQ MUS MWI MYS MYT NAM NCL NER NFK NGA NIC NIU NLD NOR
    NPL NRU NZL OMN PAK PAN PCN PER PHL PLW PNG POL PRI PRK PRT PRY PSE PYF QAT REU ROU RUS RWA SAU SDN SEN SGP SGS
    SHN SJM SLB SLE SLV SMR SOM SPM SRB SSD STP SUR SVK SVN SWE SWZ SXM SYC SYR TCA TCD TGO THA TJK TKL TKM TLS TON
    TTO TUN TUR TUV TWN TZA UGA UKR UMI URY USA UZB VAT VCT VEN VGB VIR VNM VUT WLF WSM YEM ZAF ZMB ZWE
    """.split()  # noqa: SIM905 -- one word a state reads better than 249 quoted lines
)
UNKNOWN_ORIGIN: Final = frozenset({"XXA", "XXX"})
"""Stateless and unspecified: they name no state, so the origin of the person is unknown (rule L24)."""
PERSON_STATES: Final = ISO_3166_1 | UNKNOWN_ORIGIN | {"XXB", "XXC", "RKS"}
"""What `subject` may name: states and the special codes of ICAO Doc 9303 part 3."""
ACTING_STATES: Final = ISO_3166_1 | {"RKS", "UNO"}
"""What an authority or an event may belong to; UNO is the United Nations, for UNHCR."""
PARTICIPANTS: Final = frozenset({"BLR", "EST", "HUN", "LTU", "LVA", "MDA", "POL", "ROU", "SVK", "UKR"})

AUTHORITY_KINDS: Final = ("border_guard", "asylum_office", "return_unit", "court_liaison", "monitor", "secretariat")

SOURCES: Final = ("own_act", "persons_statement", "counsel_or_ngo", "other_state", "court", "not_recorded")
PURPOSES: Final = (
    "determining_responsibility",
    "examining_the_application",
    "other_obligations",
    "implementing_a_return_decision",
    "readmission",
    "court_order",
    "protection_of_vital_interests",
)
"""Regulation (EU) 2024/1351 Art 51(1)(a) to (d), and three more that domain.md B.1 names."""
LEGAL_BASES: Final = (
    "ammr_51",
    "readmission_agreement",
    "court_order",
    "gdpr_6_1_d",
    "gdpr_49",
    "convention_1951_art_35",
    "national_law",
)
SAFEGUARDS: Final = (
    "unaccompanied_minor",
    "age_disputed",
    "trafficking_indicator",
    "torture_survivor",
    "sgbv",
    "serious_illness",
    "disability",
    "pregnant",
    "children_in_family",
    "elderly",
    "stateless",
)

YES_NO: Final = ("yes", "no", "not_recorded")
_REMEDY: Final = ("automatic", "granted", "none", "not_recorded")
_MEANS: Final = ("land", "air", "sea", "rail", "not_recorded")

# kind -> member -> closed list of its values
ENUMERATED: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = MappingProxyType(
    {
        "claim_expressed": {
            "channel": ("oral", "written", "gesture", "lawyer", "not_recorded"),
            "heard_by": (
                "border_guard",
                "police",
                "detention_staff",
                "asylum_office",
                "court",
                "ngo",
                "other",
                "not_recorded",
            ),
            "words_recorded": YES_NO,
            "interpreter": YES_NO,
            "relayed_interpreting": YES_NO,
        },
        "claim_registered": {"previous_applications_known": YES_NO},
        "claim_not_taken": {
            "reason": (
                "not_heard",
                "wrong_place",
                "out_of_time",
                "embassy_procedure",
                "treated_as_migrant",
                "implicit_withdrawal",
                "formal_grounds",
                "other",
                "not_recorded",
            )
        },
        "entry_refused": {
            "reason_letter": ("A", "B", "C", "D", "E", "F", "G", "H", "I", "not_recorded"),
            "fear_asked": YES_NO,
            "interpreter": YES_NO,
            "form_signed": YES_NO,
            "physically_returned": YES_NO,
        },
        "encounter": {
            "circumstances": (
                "irregular_entry",
                "irregular_stay",
                "border_check",
                "readmitted",
                "rescue",
                "other",
                "not_recorded",
            ),
            "interview_held": YES_NO,
            "fear_asked": YES_NO,
            "fear_answer": ("yes", "no", "unclear", "not_recorded"),
            "language_understood": YES_NO,
            "relayed_interpreting": YES_NO,
            "minor_check": YES_NO,
        },
        "admissibility_decision": {
            "ground": (
                "safe_third_country",
                "first_country_of_asylum",
                "protection_in_member_state",
                "subsequent",
                "dublin",
                "other",
                "not_recorded",
            ),
            "outcome": ("inadmissible", "admissible", "not_recorded"),
            "access_checked": YES_NO,
            "readmission_assured": YES_NO,
            "suspensive": _REMEDY,
        },
        "merits_decision": {
            "outcome": (
                "geneva_convention",
                "subsidiary_protection",
                "humanitarian_status",
                "temporary_protection",
                "rejected",
                "discontinued",
                "annulled",
                "not_recorded",
            ),
            "instance": ("first", "appeal", "final", "not_recorded"),
            "merits_scope": ("full", "partial", "none", "not_recorded"),
        },
        "protection_status": {
            "change": ("granted", "renewed", "withdrawn", "ended", "not_recorded"),
            "granted_by": ("state", "unhcr_mandate", "not_recorded"),
        },
        "responsibility_reply": {
            "request_type": (
                "take_charge",
                "take_back",
                "readmission",
                "accelerated_readmission",
                "transit",
                "not_recorded",
            ),
            "reply": ("accepted", "tacit", "refused", "suspended", "error", "not_recorded"),
            "intended_procedure": (
                "full_merits",
                "resume",
                "inadmissible_stc",
                "subsequent",
                "return",
                "not_recorded",
            ),
        },
        "return_decision": {
            "ground": (
                "irregular_stay",
                "readmission",
                "rejection",
                "extradition",
                "security",
                "other",
                "not_recorded",
            ),
            "entry_ban": YES_NO,
            "suspensive": _REMEDY,
            "annulled": YES_NO,
        },
        "removal_planned": {"means": _MEANS, "escort": YES_NO, "health_form": YES_NO, "cancelled": YES_NO},
        "removal_executed": {
            "means": _MEANS,
            "escort": YES_NO,
            "documents_handed_over": YES_NO,
            "legal_act": (
                "return_decision",
                "readmission_agreement",
                "extradition",
                "entry_refusal",
                "none",
                "not_recorded",
            ),
        },
        "arrival": {
            "outcome": ("arrived", "not_arrived", "refused", "not_recorded"),
            "procedure_opened": YES_NO,
        },
        "remedy": {
            "step": ("lodged", "decided", "withdrawn", "not_recorded"),
            "suspensive": _REMEDY,
            "result": ("pending", "allowed", "dismissed", "not_recorded"),
        },
        "detention": {
            "step": ("start", "end", "not_recorded"),
            "ground": ("removal", "asylum_procedure", "criminal", "identity", "other", "not_recorded"),
            "reviewed_by": ("court", "administration", "none", "not_recorded"),
        },
        "safeguard": {"guardian_appointed": YES_NO},
    }
)
KINDS: Final = tuple(ENUMERATED)

PARTS: Final = ("hub", "event", "facts", "safeguards", "sealed")
GRADES: Final = ("possible", "probable", "confirmed")
CLOSING_REASONS: Final = (
    "removal_stopped",
    "claim_registered",
    "merits_examined",
    "protection_confirmed",
    "wrong_link",
    "wrong_facts",
    "too_late",
    "handled_elsewhere",
)
QUERY_PURPOSES: Final = ("examining_the_application", "determining_responsibility", "implementing_a_return_decision")
ACK_STATES: Final = ("delivered", "opened", "unreadable")
UNREADABLE_REASONS: Final = ("no_key", "digest_mismatch", "decryption_failed", "malformed")
