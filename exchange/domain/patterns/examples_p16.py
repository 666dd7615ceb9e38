"""Examples of P16: a voluntary return that may not have been voluntary."""

from typing import Final

from exchange.domain.patterns.algebra import Example
from exchange.domain.patterns.telling import finds, silent

_FORM = "2026-01-10 voluntary_return TUR>SYR counsel=yes interpreter=yes hours_since_arrest=200\n"
_ALONE = _FORM.replace("counsel=yes", "counsel=no")
_MUTE = _FORM.replace("interpreter=yes", "interpreter=no")
_QUICK = _FORM.replace("=200", "=72")
_ARREST = "2026-01-07 detention TUR step=start\n"
_LONG_AGO = _ARREST.replace("01-07", "01-02")
_GIVEN = "2025-01-01 protection_status TUR change=granted\n"
_ENDED = "2025-06-01 protection_status TUR change=ended\n"
_GONE = "2026-01-12 removal_executed TUR>SYR\n"
_PLAN = "2026-01-11 removal_planned TUR>SYR\n"
_AGREED = "2026-01-12 responsibility_reply SYR>TUR reply=accepted\n"
_WORRYING = _ALONE + _ARREST + _GIVEN

P16_EXAMPLES: Final[tuple[Example, ...]] = (
    finds("doubtful", "Signed without counsel.", _ALONE, "SYR"),
    finds("doubtful", "Signed without an interpreter.", _MUTE, "SYR"),
    finds("doubtful", "Signed three days after arrest, as the form says.", _QUICK, "SYR"),
    finds("doubtful", "To a state that nobody fears, so far as is known.", _ALONE, ""),
    finds("doubtful, gone", "Signed without counsel, and gone.", _ALONE + _GONE, "SYR"),
    finds("doubtful, gone", "The same, by air.", _ALONE + _GONE.replace("SYR", "SYR means=air"), "SYR"),
    finds("doubtful", "Another state sent the person away.", _ALONE + _GONE.replace("TUR>", "IRQ>"), "SYR"),
    finds("doubtful", "Sent away only before.", _GONE.replace("2026", "2025") + _ALONE, "SYR"),
    finds("doubtful", "Planned, and not gone.", _ALONE + _PLAN, "SYR"),
    finds("doubtful", "Taking back was agreed, and nobody moved.", _ALONE + _AGREED, "SYR"),
    finds("after arrest", "Signed three days after arrest (Akkad).", _ARREST + _FORM, "SYR"),
    finds("after arrest", "Signed three days after arrest, and planned.", _ARREST + _FORM + _PLAN + _AGREED, "SYR"),
    finds("after arrest, gone", "The same, and gone.", _ARREST + _FORM + _GONE, "SYR"),
    finds("after arrest, gone", "The same, by air.", _ARREST + _FORM + _GONE.replace("SYR", "SYR means=air"), "SYR"),
    finds(
        "after arrest", "Another state sent the person away.", _ARREST + _FORM + _GONE.replace("TUR>", "IRQ>"), "SYR"
    ),
    finds("after arrest", "Sent away only before.", _GONE.replace("2026", "2025") + _ARREST + _FORM, "SYR"),
    finds("protected", "Signed by somebody with protection.", _GIVEN + _FORM, "SYR"),
    finds("protected", "Signed by somebody with protection, and planned.", _GIVEN + _FORM + _PLAN + _AGREED, "SYR"),
    finds("protected, gone", "The same, and gone.", _GIVEN + _FORM + _GONE, "SYR"),
    finds("protected, gone", "The same, by air.", _GIVEN + _FORM + _GONE.replace("SYR", "SYR means=air"), "SYR"),
    finds(
        "protected, gone",
        "An older status had ended, a newer one stands.",
        _ENDED.replace("2025", "2024") + _GIVEN + _FORM + _GONE,
        "SYR",
    ),
    finds("protected", "The same, and not gone.", _ENDED.replace("2025", "2024") + _GIVEN + _FORM, "SYR"),
    finds("protected, gone", "Ended only afterwards.", _GIVEN + _FORM + _GONE + _ENDED.replace("2025", "2027"), "SYR"),
    finds("protected", "Ended only afterwards, and not gone.", _GIVEN + _FORM + _ENDED.replace("2025", "2027"), "SYR"),
    finds("protected, gone", "Another state's ended.", _GIVEN + _ENDED.replace("TUR", "GRC") + _FORM + _GONE, "SYR"),
    finds("protected", "Another state's ended, and not gone.", _GIVEN + _ENDED.replace("TUR", "GRC") + _FORM, "SYR"),
    finds("protected, gone", "Told as ended by the same state, afterwards.", _GIVEN + _FORM + _GONE + _ENDED, "SYR"),
    finds("protected", "The same, and not gone.", _GIVEN + _FORM + _ENDED, "SYR"),
    finds("protected", "Another state sent the person away.", _GIVEN + _FORM + _GONE.replace("TUR>", "IRQ>"), "SYR"),
    finds(
        "protected",
        "Sent away only before.",
        _GONE.replace("2026", "2025").replace("2025-01-12", "2025-03-12") + _GIVEN + _FORM,
        "SYR",
    ),
    finds("doubtful + after arrest + protected", "All of it.", _GIVEN + _ARREST + _ALONE, "SYR"),
    finds(
        "doubtful, gone + after arrest, gone + protected, gone",
        "All of it, and gone.",
        _GIVEN + _ARREST + _ALONE + _GONE,
        "SYR",
    ),
    silent("Counsel and interpreter, long after arrest.", _LONG_AGO + _FORM, "SYR"),
    silent("The same, and gone.", _LONG_AGO + _FORM + _GONE, "SYR"),
    finds(
        "doubtful",
        "Nobody wrote down whether counsel was there.",
        _FORM.replace("counsel=yes", "counsel=not_recorded"),
        "SYR",
    ),
    finds("doubtful, gone", "The same, and gone.", _FORM.replace("counsel=yes", "counsel=not_recorded") + _GONE, "SYR"),
    finds(
        "doubtful",
        "Nobody wrote down whether there was an interpreter.",
        _MUTE.replace("interpreter=no", "interpreter=not_recorded"),
        "SYR",
    ),
    finds(
        "doubtful",
        "In detention, and nobody wrote down for how long.",
        _FORM.replace("hours_since_arrest=200", "detained=yes"),
        "SYR",
    ),
    finds(
        "doubtful",
        "Nobody wrote down whether in detention.",
        _FORM.replace("hours_since_arrest=200", "detained=not_recorded"),
        "SYR",
    ),
    finds(
        "after arrest",
        "Nobody wrote down whether that was the arrest.",
        _ARREST.replace("start", "not_recorded") + _FORM,
        "SYR",
    ),
    finds(
        "protected",
        "The state that wants the form says that another's protection ended.",
        (_GIVEN + _ENDED.strip() + " author=TUR\n").replace("TUR c", "GRC c") + _FORM,
        "SYR",
    ),
    finds(
        "protected, gone",
        "The same, and gone.",
        (_GIVEN + _ENDED.strip() + " author=TUR\n").replace("TUR c", "GRC c") + _FORM + _GONE,
        "SYR",
    ),
    silent(
        "Who was there is recorded, and the hours are not; not in detention; gone.",
        _FORM.replace("hours_since_arrest=200", "detained=no") + _GONE,
        "SYR",
    ),
    silent("Another's protection ended, as that one says.", (_GIVEN + _ENDED).replace("TUR c", "GRC c") + _FORM, "SYR"),
    silent("The same, and gone.", (_GIVEN + _ENDED).replace("TUR c", "GRC c") + _FORM + _GONE, "SYR"),
    silent(
        "Nobody wrote down whether that was the arrest, five days before.",
        _ARREST.replace("start", "not_recorded").replace("01-07", "01-05") + _FORM,
        "SYR",
    ),
    silent(
        "Nobody wrote down whether it was signed.",
        _FORM.replace("counsel=yes", "form_signed=not_recorded counsel=yes"),
        "SYR",
    ),
    silent(
        "Nobody wrote down who informed the person.",
        _FORM.replace("counsel=yes", "informed_by=not_recorded counsel=yes") + _GONE,
        "SYR",
    ),
    silent("Two hundred hours, in detention.", _FORM + "2026-01-02 detention TUR step=start\n", "SYR"),
    silent("Not in detention, and nothing of hours.", _FORM.replace("hours_since_arrest=200", "detained=no"), "SYR"),
    silent("A file that says nothing of how.", "2026-01-10 voluntary_return TUR>SYR\n" + _GONE, "SYR"),
    silent("Gone to a state that nobody fears.", _WORRYING + _GONE.replace("SYR", "IRQ"), "SYR"),
    silent(
        "Signed before the arrest, and gone.",
        _FORM.replace("2026", "2025").replace("2025-01-10", "2025-12-10") + _ARREST + _GONE,
        "SYR",
    ),
    silent("Detained, and gone, and nothing signed.", _ARREST + _GONE, "SYR"),
    silent("Detained elsewhere.", _ARREST.replace("TUR", "IRQ") + _FORM, "SYR"),
    silent("Detained elsewhere, and gone.", _ARREST.replace("TUR", "IRQ") + _FORM + _GONE, "SYR"),
    silent("Let go three days before.", _ARREST.replace("start", "end") + _FORM, "SYR"),
    silent("Let go three days before, and gone.", _ARREST.replace("start", "end") + _FORM + _GONE, "SYR"),
    silent("Five days after arrest.", _ARREST.replace("01-07", "01-05") + _FORM, "SYR"),
    silent("Five days after arrest, and gone.", _ARREST.replace("01-07", "01-05") + _FORM + _GONE, "SYR"),
    silent("Another voluntary return, three hundred hours on.", _FORM.replace("200", "300"), "SYR"),
    silent("Protection had ended.", _GIVEN + _ENDED + _FORM, "SYR"),
    silent("Protection had ended, and gone.", _GIVEN + _ENDED + _FORM + _GONE, "SYR"),
    silent("Told afterwards by a monitor as ended.", _GIVEN + _FORM + _GONE + _ENDED.strip() + " author=UNO", "SYR"),
    silent(
        "Told afterwards by a monitor as ended, and not gone.", _GIVEN + _FORM + _ENDED.strip() + " author=UNO", "SYR"
    ),
    silent("Protected only afterwards.", _FORM + _GIVEN.replace("2025", "2027"), "SYR"),
    silent("Protected only afterwards, and gone.", _FORM + _GONE + _GIVEN.replace("2025", "2027"), "SYR"),
    silent("Asked, and never given.", "2025-01-01 claim_registered TUR\n" + _FORM, "SYR"),
    silent("Asked, and never given, and gone.", "2025-01-01 claim_registered TUR\n" + _FORM + _GONE, "SYR"),
    silent("Protected, and gone, and nothing signed.", _GIVEN + _GONE, "SYR"),
    silent("Protected, and nothing signed.", _GIVEN, "SYR"),
    silent("Detained, and nothing signed.", _ARREST, "SYR"),
    silent("Counsel, an interpreter, and an hour too late.", _FORM.replace("=200", "=73"), "SYR"),
    silent("The same, and gone.", _FORM.replace("=200", "=73") + _GONE, "SYR"),
    silent("Protected, withdrawn, and signed.", _GIVEN + _ENDED.replace("ended", "withdrawn") + _FORM, "SYR"),
    silent("Detained only after signing.", _FORM + _ARREST.replace("01-07", "02-07"), "SYR"),
    silent("Detained only after signing, and gone.", _FORM + _GONE + _ARREST.replace("01-07", "02-07"), "SYR"),
    silent("Only planned.", _PLAN, "SYR"),
    silent("Taking back was agreed.", _AGREED, "SYR"),
    silent("The person asked for protection, and signed later.", "2026-01-01 claim_registered TUR\n" + _FORM, "SYR"),
    silent("Removed by order, and nothing signed.", "2026-01-10 return_decision TUR>SYR\n" + _GONE, "SYR"),
)
