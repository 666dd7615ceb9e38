"""The pages of the aggregate report, for caseworkers of those who may read it. They are made to be printed too."""

from types import MappingProxyType
from typing import Final, cast

from flask import Response

from exchange import clock, release_room
from exchange.console import plots, session
from exchange.console.answers import page
from exchange.console.pages import console
from exchange.domain import aggregates
from exchange.domain.caseworker import Caseworker

__all__ = ["console"]
WORDS: Final = MappingProxyType(
    {
        "claims_expressed": "Claims for protection expressed",
        "claims_referred": "Referred by a border guard",
        "claims_not_referred": "All others",
        "claims_registered": "Claims registered",
        "entry_refusals": "Entry refusals",
        "removals_executed": "Removals carried out",
        "alerts": "Alerts raised",
        "alerts_critical": "Critical",
        "alerts_high": "High",
        "alerts_medium": "Medium",
        "alerts_info": "Information",
    }
)
"""A measure in words. Those of a part are read under the measure that it is part of."""


@console.get("/report")
def get_reports() -> Response:
    """Show which quarters are released."""
    return page("reports.html", releases=release_room.shown_index(session.hub(), _who(), clock.now()))


@console.get("/report/<quarter>")
def get_report(quarter: str) -> Response:
    """Show the release of a quarter: a table and a chart for each measure, and where it stands in the ledger."""
    release, members = release_room.shown(session.hub(), _who(), quarter, clock.now())
    *states, everybody = members["rows"]
    return page(
        "report.html",
        release=release,
        members=members,
        states=states,
        everybody=everybody,
        charts={total: plots.chart(total, states) for total in aggregates.TABLES},
        tables=aggregates.TABLES,
        titles=WORDS,
        plots=plots,
    )


def _who() -> Caseworker:
    return cast("Caseworker", session.who())
