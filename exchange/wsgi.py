"""The WSGI entry: the only module that acts on import."""

from exchange import logs, settings
from exchange.app import make_app
from exchange.deps import open_hub

_settings = settings.load()
logs.configure(_settings.log_level)
application = make_app(open_hub(_settings, connections=_settings.web_threads))
