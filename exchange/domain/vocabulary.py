"""Closed lists: states, kinds of authorities, and what an envelope says. What facts may say is in `codes`.

Sources: ISO 3166-1 alpha-3 (as of 2024); ICAO Doc 9303 part 3 section 5 (special codes); domain.md B.1 and B.2 of the
founding notes, which follow the EMN glossary and Regulation (EU) 2024/1351.
"""

from typing import Final

from exchange.domain import codes

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

AUTHORITY_KINDS: Final = (
    "border_guard",
    "asylum_office",
    "return_unit",
    "court_liaison",
    "monitor",
    "secretariat",
    "observer",
)

SOURCES: Final = codes.SOURCES.codes
PURPOSES: Final = codes.PURPOSES.codes
LEGAL_BASES: Final = codes.LEGAL_BASES.codes
SAFEGUARDS: Final = codes.SAFEGUARDS.codes

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
