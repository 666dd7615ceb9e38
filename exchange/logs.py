"""Logs: one JSON line each, to standard error, with ids and never with people."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog


def configure(level: str) -> None:
    """Send every log line of this process to standard error. `level` is a name such as INFO."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _kind_of_error,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),  # the one of the moment: it can be replaced
    )
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s %(message)s")
    # of two errors the driver raises one and writes down the other, with what a row held
    logging.getLogger("psycopg").setLevel(logging.ERROR)
    logging.getLogger("psycopg.pool").setLevel(logging.WARNING)


def _kind_of_error(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace an exception by its kind and place: its text may hold what a database row held."""
    error = event.pop("error", None)
    if isinstance(error, BaseException):
        frame = error.__traceback__
        while frame is not None and frame.tb_next is not None:
            frame = frame.tb_next
        event["error"] = type(error).__name__
        event["where"] = f"{frame.tb_frame.f_code.co_name}:{frame.tb_lineno}" if frame else "nowhere"
    return event


def log() -> Any:  # noqa: ANN401 -- structlog's own type is a protocol of the configured class
    """Return the logger. Pass `error=` for an exception: only its kind and place are written."""
    return structlog.get_logger()
