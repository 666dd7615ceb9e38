"""The only reader of the environment. docs/operations.md has a heading for each setting."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PREFIX = "ASYLUM_EXCHANGE_"


class SettingMissing(Exception):  # noqa: N818 -- it says which setting, not that code failed
    """A setting that this process needs is not set; the message names it and says what it is for."""


class SecretsMissing(Exception):  # noqa: N818 -- it says what is missing, not that code failed
    """The folder of the hub's keys lacks one; the message says which, and how they are made."""


@dataclass(frozen=True)
class Settings:
    """What a process of the exchange is told by its surroundings.

    `database_url` and `redis_url` are URLs with credentials; `origin` is the external origin that requests are signed
    for, without a trailing slash; `exchange_id` is `ex` of every message; `secrets` is the folder of the hub's keys,
    `ledger_key` the file of the ledger's key, which the signer alone reads; `witnesses` the file of those who cosign
    the ledger, None where there are none; `bind` is host and port of the web server;
    `query_deadline` and `quota_window` are in seconds; `quota_...` is how much one authority may send in a window;
    `probing_cases` is how many cases within `probing_days` days the secretariat is told of.
    """

    database_url: str
    redis_url: str
    origin: str
    exchange_id: str
    secrets: Path
    ledger_key: Path
    bind: str
    web_threads: int
    query_deadline: float
    relay_resend: float
    log_level: str
    witnesses: Path | None = None
    quota_window: int = 3600
    quota_notices: int = 500_000
    quota_queries: int = 60
    quota_acknowledgements: int = 500_000
    quota_posts: int = 10_000
    quota_reads: int = 200_000
    probing_cases: int = 5
    probing_days: int = 30


NEEDED = {
    "DATABASE_URL": "where PostgreSQL is, as postgresql://user:password@host:port/database",
    "REDIS_URL": "where the Redis that carries Celery is, as redis://:password@host:port/0",
    "ORIGIN": "the origin that authorities sign requests for, as https://exchange.example",
    "ID": "the id of this exchange, the `ex` of every message",
    "SECRETS": "the folder that holds the keys of the hub",
}
DEFAULTS = {
    "LEDGER_KEY": "",
    "WITNESSES": "",
    "BIND": "127.0.0.1:8420",
    "WEB_THREADS": "16",
    "QUERY_DEADLINE": "1.0",
    "RELAY_RESEND": "4.0",
    "LOG_LEVEL": "INFO",
    "QUOTA_WINDOW": str(Settings.quota_window),
    "QUOTA_NOTICES": str(Settings.quota_notices),
    "QUOTA_QUERIES": str(Settings.quota_queries),
    "QUOTA_ACKNOWLEDGEMENTS": str(Settings.quota_acknowledgements),
    "QUOTA_POSTS": str(Settings.quota_posts),
    "QUOTA_READS": str(Settings.quota_reads),
    "PROBING_CASES": str(Settings.probing_cases),
    "PROBING_DAYS": str(Settings.probing_days),
}


def _value(environment: Mapping[str, str], name: str) -> str:
    """Return a setting, from NAME_FILE (a secret as a file, as docker mounts it) or from NAME."""
    path = environment.get(f"{PREFIX}{name}_FILE")
    if path:
        return Path(path).read_text(encoding="utf-8").strip()
    value = environment.get(PREFIX + name) or DEFAULTS.get(name)
    if value is None:
        raise SettingMissing(f"{PREFIX}{name} is not set: it says {NEEDED[name]}. `make run` sets it for you.")
    return value


def _count(environment: Mapping[str, str], name: str) -> int:
    count = int(_value(environment, name))
    if count < 1:
        raise ValueError(f"{PREFIX}{name} is a whole number from 1 on.")
    return count


def load(environment: Mapping[str, str] | None = None) -> Settings:
    """Read all settings. Raises SettingMissing with the name of the first one that is not there."""
    source = os.environ if environment is None else environment
    return Settings(
        database_url=_value(source, "DATABASE_URL"),
        redis_url=_value(source, "REDIS_URL"),
        origin=_value(source, "ORIGIN").rstrip("/"),
        exchange_id=_value(source, "ID"),
        secrets=Path(_value(source, "SECRETS")),
        ledger_key=Path(_value(source, "LEDGER_KEY") or Path(_value(source, "SECRETS")) / "ledger.pem"),
        bind=_value(source, "BIND"),
        web_threads=int(_value(source, "WEB_THREADS")),
        query_deadline=float(_value(source, "QUERY_DEADLINE")),
        relay_resend=float(_value(source, "RELAY_RESEND")),
        log_level=_value(source, "LOG_LEVEL"),
        witnesses=Path(named) if (named := _value(source, "WITNESSES")) else None,
        quota_window=_count(source, "QUOTA_WINDOW"),
        quota_notices=_count(source, "QUOTA_NOTICES"),
        quota_queries=_count(source, "QUOTA_QUERIES"),
        quota_acknowledgements=_count(source, "QUOTA_ACKNOWLEDGEMENTS"),
        quota_posts=_count(source, "QUOTA_POSTS"),
        quota_reads=_count(source, "QUOTA_READS"),
        probing_cases=_count(source, "PROBING_CASES"),
        probing_days=_count(source, "PROBING_DAYS"),
    )


def for_the_server() -> dict[str, str]:
    """Return the environment for the web server, which shows it to the application: there, HTTP_* are header fields."""
    return {name: value for name, value in os.environ.items() if not name.startswith("HTTP_")}
