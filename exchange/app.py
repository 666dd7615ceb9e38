"""The Flask app: the API under /v1, the console under /console, one open address that says whether it lives."""

from typing import Any

from flask import Flask, Response

from exchange.api import signed
from exchange.api.aggregates import aggregates
from exchange.api.alerts import alerts
from exchange.api.checks import checks
from exchange.api.directory import directory
from exchange.api.disclosures import disclosures
from exchange.api.documents import documents
from exchange.api.keys import keys
from exchange.api.ledger import ledger
from exchange.api.links import links
from exchange.api.messages import messages
from exchange.api.readings import readings
from exchange.console.together import console
from exchange.deps import Hub
from exchange.logs import log


class _App(Flask):
    def log_exception(self, exc_info: Any) -> None:  # noqa: ANN401 -- as Flask has it
        """Log the kind of an error and where it was, never its words: they may hold what a row held."""
        log().error("request failed", error=exc_info[1])


def make_app(hub: Hub) -> Flask:
    """Return the app that serves this hub."""
    app = _App("exchange", static_folder=None, template_folder=None)
    app.url_map.merge_slashes = False
    app.url_map.strict_slashes = True
    app.extensions["hub"] = hub
    signed.install(app)
    written = (messages, checks, alerts, links, keys, disclosures)
    for blueprint in (*written, readings, ledger, aggregates, directory, documents, console):
        app.register_blueprint(blueprint)
    app.add_url_rule("/healthz", "healthz", _alive)
    return app


def _alive() -> Response:
    """Say that the process answers; tells nothing else."""
    return Response("ok\n", content_type="text/plain; charset=utf-8")
