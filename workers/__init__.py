"""The Celery app and one small file per step."""
