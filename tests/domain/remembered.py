"""Cases that are in no file of ours, told from memory as a court's clerk would: what `patterns judge` must not miss.

A line is a date with its precision, who acts (towards whom), the event and perhaps its subtype. Days are from memory
and stand for no source.
"""

from typing import Any

FLAGGED = {
    "M.S.S. v. Belgium and Greece; AFG": """
        2009-02-10 day BEL claim_registered
        2009-03-18 day BEL>GRC dublin_transfer_request
        2009-06-04 day GRC>BEL dublin_transfer_accept
        2009-06-12 day BEL other interim_measure_refused
        2009-06-15 day BEL>GRC removal_executed
        2009-06-15 day GRC detention""",
    "Tarakhel v. Switzerland; AFG; children_in_family": """
        2011-11-03 day CHE claim_registered
        2012-01-24 day CHE>ITA inadmissible_dublin
        2012-05-18 day CHE interim_measure""",
    "Abdolkhani and Karimnia v. Turkey; IRN": """
        2006-05-01 year IRQ protection_granted mandate_status
        2008-06-28 day TUR>IRN removal_planned
        2008-06-30 day TUR interim_measure
        2008-07-15 month TUR>IRQ removal_planned""",
    "Ghorbanov and Others v. Turkey; UZB; children_in_family": """
        2008-01-01 year TUR protection_granted mandate_status
        2008-09-12 day TUR>IRN removal_executed
        2008-10-11 day TUR>IRN removal_executed""",
    "Babajanov v. Turkey; UZB": """
        2008-08-01 month TUR claim_registered
        2008-09-12 day TUR>IRN removal_executed""",
    "M.H. and Others v. Croatia; AFG; children_in_family": """
        2017-11-21 day HRV claim_expressed
        2017-11-21 day HRV>SRB removal_executed""",
    "Shahzad v. Hungary; PAK": """
        2016-08-12 day HUN>SRB removal_executed""",
    "a court's words name no destination; SYR": """
        2018-10-01 day GRC claim_expressed
        2018-10-01 day GRC removal_executed""",
    "M.A. and Z.R. v. Cyprus; SYR": """
        2020-09-06 day CYP other interception_at_sea
        2020-09-06 day CYP claim_expressed
        2020-09-08 day CYP>LBN removal_executed""",
    "N.S. and M.E.; AFG": """
        2008-11-01 month GRC>TUR removal_executed
        2009-01-12 day GBR claim_registered
        2009-06-18 day GRC>GBR dublin_transfer_accept
        2009-08-06 day GBR>GRC removal_planned""",
    "Tribunale di Roma 2021; PAK": """
        2020-07-15 month ITA claim_expressed
        2020-07-15 month ITA>SVN removal_executed
        2020-07-16 month SVN>HRV onward_removal_executed
        2020-07-17 month HRV>BIH onward_removal_executed""",
    "LVwG Steiermark 2021; MAR": """
        2020-09-28 day AUT claim_expressed
        2020-09-28 day AUT>SVN entry_refused
        2020-09-29 day SVN>HRV onward_removal_executed""",
    "VG Berlin 2025; SOM; unaccompanied_minor": """
        2025-05-09 day DEU claim_expressed
        2025-05-09 day DEU>POL entry_refused""",
    "Korban v. Sweden; IRQ": """
        1994-06-27 day SWE claim_registered
        1994-08-26 day SWE>JOR return_decision""",
    "Musisi; UGA": """
        1983-01-03 day GBR claim_expressed
        1983-02-01 month GBR>KEN removal_planned""",
    "Pacheco Tineo Family v. Bolivia; PER; children_in_family": """
        1998-01-01 year CHL protection_granted
        2001-02-21 day BOL claim_not_accepted
        2001-02-24 day BOL>PER removal_executed""",
    "Ibrahimi and Abasi; IRN": """
        2015-02-01 month HUN claim_registered
        2015-03-01 month HUN other discontinued
        2015-04-01 month GBR claim_registered
        2015-06-20 month HUN>GBR dublin_transfer_accept
        2015-08-01 month GBR>HUN removal_planned""",
    "Gebremedhin v. France; ERI": """
        2005-07-01 day FRA claim_registered
        2005-07-06 day FRA>ERI entry_refused""",
    "Tsegeta; ERI": """
        2014-01-01 year ISR claim_registered
        2015-11-01 month ISR>RWA removal_planned""",
    "D.D. v. Spain; MLI; unaccompanied_minor": """
        2014-12-02 day ESP other irregular_entry
        2014-12-02 day ESP>MAR removal_executed""",
}
SILENT = {
    "decided, heard of no claim, as in Asady; SOM": """
        2009-05-01 day SVK other irregular_entry
        2009-05-01 day SVK>UKR return_decision
        2009-05-02 day SVK>UKR removal_executed
        2009-05-02 day UKR detention""",
    "examined within the year by a state bound by the same law, as in C-228/21; AFG": """
        2018-06-01 day SWE rejected_on_merits
        2019-01-01 day FRA claim_registered
        2019-02-01 day SWE>FRA dublin_transfer_accept
        2019-03-01 day FRA>SWE removal_planned""",
    "a transfer is agreed, and nobody has decided on it; AFG": """
        2018-01-01 day NLD claim_registered
        2018-02-01 day NLD>HRV dublin_transfer_request
        2018-03-01 day HRV>NLD dublin_transfer_accept""",
}


def case(name: str, lines: str) -> dict[str, Any]:
    """Return a case of the form of judged-cases.json."""
    title, origin, *safeguards = name.split("; ")
    events = []
    for seq, line in enumerate(lines.split("\n")[1:], start=1):
        date, precision, states, event, *subtype = line.split()
        state, _, other = states.partition(">")
        said = {"seq": seq, "date": date, "approx": precision != "day", "precision": precision, "event": event}
        said |= {"state": state, "counterpart_state": other or None, "note": "", "basis": "from memory"}
        events.append(said | ({"subtype": subtype[0]} if subtype else {}))
    about = {"country_of_origin": origin, "feared_states": [origin], "vulnerability": safeguards}
    return {"id": title, "name": title, "date": "2026-12-01", **about, "events": events}
