"""Closed code lists, each with its source and version: what a member of the facts may say.

Every list that a notice can leave open has `not_recorded`: absence is data, never an empty cell. A list grows by a new
version; a code is never given another meaning. docs/notices.md shows them all.
"""

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

NOT_RECORDED: Final = "not_recorded"


@dataclass(frozen=True, slots=True)
class CodeList:
    """A closed list of codes. `source` says where its terms come from, `meaning` what a bare code stands for."""

    name: str
    version: int
    source: str
    codes: tuple[str, ...]
    meaning: MappingProxyType[str, str] = field(default_factory=lambda: MappingProxyType({}), hash=False)


def _open(name: str, source: str, codes: str, **meaning: str) -> CodeList:
    """Return a list in its first version that ends with `not_recorded`."""
    return CodeList(name, 1, source, (*codes.split(), NOT_RECORDED), MappingProxyType(meaning))


def _closed(name: str, source: str, codes: str, **meaning: str) -> CodeList:
    """Return a list in its first version that nobody can leave open."""
    return CodeList(name, 1, source, tuple(codes.split()), MappingProxyType(meaning))


_OWN: Final = "this exchange"
_EMN: Final = "EMN Asylum and Migration Glossary"
_AMMR: Final = "Regulation (EU) 2024/1351"
_DUBLIN: Final = "Implementing Regulation (EU) 2025/2055"

SOURCES: Final = _open("sources_of_knowledge", _OWN, "own_act persons_statement counsel_or_ngo other_state court")
PURPOSES: Final = _closed(
    "purposes",
    f"{_AMMR} Art 51(1)(a) to (d), the first four; {_OWN}",
    "determining_responsibility examining_the_application other_obligations implementing_a_return_decision"
    " readmission court_order protection_of_vital_interests",
)
LEGAL_BASES: Final = _closed(
    "legal_bases",
    f"{_OWN}; {_AMMR}, Regulation (EU) 2016/679, the 1951 Convention",
    "ammr_51 readmission_agreement court_order gdpr_6_1_d gdpr_49 convention_1951_art_35 national_law",
)
SAFEGUARDS: Final = _closed(
    "safeguards",
    f"{_EMN}: vulnerable person; {_OWN}",
    "unaccompanied_minor age_disputed trafficking_indicator torture_survivor sgbv serious_illness disability pregnant"
    " children_in_family elderly stateless",
    sgbv="sexual or gender-based violence",
)
ROMANISATIONS: Final = _open(
    "romanisation_schemes",
    "ICAO Doc 9303 part 3; Ukraine, Cabinet of Ministers Resolution 55 of 2010; Belarus, 2007; Russian passport rules",
    "icao_9303 ukr_kmu_55 blr_2007 rus_passport other",
)
CALENDARS: Final = _open("calendars", _OWN, "gregorian hijri solar_hijri ethiopian")
BIRTH_SOURCES: Final = _open(
    "sources_of_birth_dates", _OWN, "document persons_statement register age_assessment other_state"
)
SEXES: Final = _closed("sexes", "ICAO Doc 9303 part 4", "M F X", M="male", F="female", X="unspecified")
RELATIONS: Final = _closed(
    "relations", f"{_AMMR} Art 2: family members, relatives", "spouse parent child sibling guardian"
)

TRANSFER_BASES: Final = _closed(
    "transfer_bases",
    "Regulation (EU) 2016/679 Arts 46 and 49(1); Directive (EU) 2016/680 Arts 37 and 38. Consent is none: Art 49(3)",
    "gdpr_46_2_a_binding_instrument gdpr_46_3_b_administrative_arrangement gdpr_49_1_d_public_interest"
    " gdpr_49_1_e_legal_claims gdpr_49_1_f_vital_interests directive_2016_680_37 directive_2016_680_38",
)
NECESSITIES: Final = _closed(
    "transfer_necessities",
    f"{_OWN}: codes, so that no narrative is in clear",
    "prevent_refoulement protect_life_or_limb examine_the_claim determine_responsibility arrange_a_safe_handover"
    " keep_a_family_together best_interests_of_a_child continue_medical_care carry_out_a_court_order",
)

YES_NO: Final = _open("yes_no", f"{_OWN}: a question that was asked has an answer", "yes no")
CHANNELS: Final = _open("channels", _OWN, "oral written gesture lawyer")
HEARERS: Final = _open("hearers", _OWN, "border_guard police detention_staff asylum_office court ngo other")
NOT_TAKEN: Final = _open(
    "reasons_not_taken",
    _OWN,
    "not_heard wrong_place out_of_time embassy_procedure treated_as_migrant implicit_withdrawal formal_grounds other",
)
REFUSAL_LETTERS: Final = _open(
    "refusal_reasons",
    "Regulation (EU) 2016/399 (Schengen Borders Code) Annex V part B; letters as commonly printed, unchecked",
    "A B C D E F G H I",
    A="no valid travel document",
    B="a false, counterfeit or forged travel document",
    C="no valid visa or residence permit",
    D="a false, counterfeit or forged visa or residence permit",
    E="no documentation of the purpose and conditions of stay",
    F="already stayed 90 days in 180",
    G="no sufficient means of subsistence",
    H="an alert to refuse entry",
    I="considered a threat",
)
CIRCUMSTANCES: Final = _open(
    "circumstances", _OWN, "irregular_entry irregular_stay border_check readmitted rescue other"
)
FEAR_ANSWERS: Final = _open("fear_answers", _OWN, "yes no unclear")
INADMISSIBILITY: Final = _open(
    "inadmissibility_grounds",
    "Directive 2013/32/EU Art 33(2), with responsibility under Dublin beside it",
    "safe_third_country first_country_of_asylum protection_in_member_state subsequent dublin other",
)
ADMISSIBILITY: Final = _open("admissibility_outcomes", _OWN, "inadmissible admissible")
SUSPENSIVE: Final = _open("suspensive_effect", _OWN, "automatic granted none")
MERITS_OUTCOMES: Final = _open(
    "decision_outcomes",
    "Eurostat, decisions on asylum applications (GENCONV, SUB_PROT, HUMSTAT, TEMP_PROT, REJECTED), and two ends without"
    " a decision",
    "geneva_convention subsidiary_protection humanitarian_status temporary_protection rejected discontinued annulled",
)
INSTANCES: Final = _open("instances", _OWN, "first appeal final")
SCOPES: Final = _open("merits_scope", _OWN, "full partial none")
PERSECUTORS: Final = _open(
    "actors_of_persecution",
    "Directive 2011/95/EU Art 6",
    "state controlling_party non_state",
)
STATUS_CHANGES: Final = _open("status_changes", _EMN, "granted renewed withdrawn ended")
GRANTORS: Final = _open("grantors", _OWN, "state unhcr_mandate")
REQUEST_TYPES: Final = _open(
    "request_types",
    f"{_AMMR} Arts 39 and 41; readmission agreements",
    "take_charge take_back readmission accelerated_readmission transit",
)
EVIDENCE: Final = _open(
    "evidence",
    f"{_DUBLIN} Annex I, in groups",
    "family residence_document visa entry earlier_application earlier_decision stay transit_route",
)
REPLIES: Final = _open("replies", _OWN, "accepted tacit refused suspended error")
INTENDED: Final = _open("intended_procedures", _OWN, "full_merits resume inadmissible_stc subsequent return")
RETURN_GROUNDS: Final = _open("return_grounds", _OWN, "irregular_stay readmission rejection extradition security other")
MEANS: Final = _open("means_of_transport", f"{_DUBLIN} Annex V", "land air sea rail")
LEGAL_ACTS: Final = _open("legal_acts", _OWN, "return_decision readmission_agreement extradition entry_refusal none")
ARRIVALS: Final = _open("arrivals", _OWN, "arrived not_arrived refused")
REMEDY_STEPS: Final = _open("remedy_steps", _OWN, "lodged decided withdrawn")
REMEDY_RESULTS: Final = _open("remedy_results", _OWN, "pending allowed dismissed")
MEASURE_BODIES: Final = _open(
    "interim_measure_bodies",
    "ECtHR Rules of Court, Rule 39; rules of procedure of CAT, CCPR, CRC and CED",
    "ecthr_rule_39 cat hrc crc ced national",
)
MEASURE_STEPS: Final = _open("interim_measure_steps", _OWN, "indicated refused lifted")
ASSURANCE_STEPS: Final = _open("assurance_steps", _OWN, "requested given refused expired breached")
ASSURANCE_TEXTS: Final = _open(
    "assurance_texts",
    _OWN,
    "access_to_procedure no_onward_removal no_ill_treatment reception family_unity medical_care fair_trial other",
)
DETENTION_STEPS: Final = _open("detention_steps", _OWN, "start end")
DETENTION_GROUNDS: Final = _open("detention_grounds", _OWN, "removal asylum_procedure criminal identity other")
REVIEWERS: Final = _open("reviewers", _OWN, "court administration none")
ASKED_FIELDS: Final = _open(
    "fields_of_information",
    f"{_AMMR} Art 51(2); the last three as Regulation (EU) 604/2013 Art 34(3), with written approval only",
    "names birth_data identity_documents residence routes residence_documents visas place_of_application"
    " earlier_applications stage decision_outcome intended_procedure whereabouts"
    " grounds_of_claim grounds_of_decision words_of_claim",
)
NEEDS_APPROVAL: Final = frozenset({"grounds_of_claim", "grounds_of_decision", "words_of_claim"})
"""Fields that are asked for, and told, only with the person's written approval (rule L06)."""
INFORMATION: Final = _open("information_outcomes", _OWN, "hit no_hit cannot_say")
HOLD_STEPS: Final = _open("hold_steps", _OWN, "asked held refused lifted")
HOLD_REASONS: Final = _open(
    "hold_reasons",
    _OWN,
    "claim_unexamined interim_measure remedy_open protection_elsewhere standing_order child vulnerability"
    " identity_in_doubt other",
)
CORRECTIONS: Final = _open("corrections", _OWN, "replace withdraw erase add_tokens shrink_subject agree disagree")
CORRECTION_REASONS: Final = _open(
    "reasons_of_correction",
    f"{_OWN}; Regulation (EU) 2016/679 Arts 16 and 17",
    "wrong_person wrong_facts wrong_time age_reassessed asked_by_the_person court_order unlawful tokens_made_later"
    " duplicate other",
)
ERASABLE: Final = CodeList("erasable_parts", 1, _OWN, ("facts", "safeguards", "sealed"))
"""Parts that the author of a notice may have erased: without hub and event nothing could be kept from anybody."""
ORIGIN_AUTHORITIES: Final = _open(
    "authorities_of_origin", _OWN, "embassy ministry police border_authority court family_by_authority other"
)
CONTACT_AIMS: Final = _open(
    "aims_of_contact",
    f"{_OWN}; Regulation (EU) 2024/1348 Art 7(2)",
    "travel_document consular_hearing identity_verification verification_of_account return_arrangements other",
)
CONTACT_BASES: Final = _open("bases_of_contact", _OWN, "written_consent court_order readmission_agreement none other")
CLAIM_STATES: Final = _open("states_of_claim", _OWN, "none open rejected_open_remedy rejected_final protected")
DESPITE: Final = _open(
    "reasons_despite_a_stop",
    f"{_OWN}; rule L14",
    "measure_lifted_elsewhere other_person voluntary carried_out_already reason_not_given",
    carried_out_already="it has happened, and this notice only reports it",
)
INFORMERS: Final = _open("informers", f"{_EMN}: voluntary return", "authority iom ngo counsel nobody other")

LISTS: Final = tuple(value for value in list(globals().values()) if isinstance(value, CodeList))
"""Every list, in the order of this page."""
