"""The Celery app. A message is a wake-up; the truth is the outbox, so that no message may be trusted to arrive.

The settings were measured (docs/decisions/0003): with them, kills of workers and of Redis lose no work and do none
twice.
"""

from typing import Any, Final

from celery import Celery

from exchange.settings import Settings

TASK_TIME_LIMIT: Final = 60
"""Seconds after which a task is killed; twice this stays under the visibility timeout."""
VISIBILITY_TIMEOUT: Final = 300

app = Celery("workers", include=["workers.steps", "workers.timers", "workers.replays"])
app.conf.update(
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    worker_soft_shutdown_timeout=5,
    worker_hijack_root_logger=False,
    worker_send_task_events=False,
    broker_connection_retry_on_startup=True,
    task_time_limit=TASK_TIME_LIMIT,
    accept_content=["json"],
    task_serializer="json",
    task_publish_retry=False,
    broker_transport_options={
        "visibility_timeout": VISIBILITY_TIMEOUT,
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 1,
        "socket_timeout": 5,
        "socket_connect_timeout": 2,
        "health_check_interval": 5,
    },
    beat_schedule={
        "wake": {"task": "wake", "schedule": 5.0, "options": {"expires": 5}},
        "close_minute": {"task": "close_minute", "schedule": 60.0, "options": {"expires": 60}},
        "freeze_quarter": {"task": "freeze_quarter", "schedule": 300.0, "options": {"expires": 300}},
        "collect": {"task": "collect", "schedule": 60.0, "options": {"expires": 60}},
        "retain": {"task": "retain", "schedule": 3600.0, "options": {"expires": 3600}},
        "tidy": {"task": "tidy", "schedule": 60.0, "options": {"expires": 60}},
    },
    beat_max_loop_interval=1,
    timezone="UTC",
)


def connected(settings: Settings) -> Any:  # noqa: ANN401 -- celery ships no types
    """Return the app with the Redis of these settings."""
    app.conf.broker_url = settings.redis_url
    return app
