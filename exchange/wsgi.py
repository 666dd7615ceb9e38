"""The WSGI entry: the only module that acts on import."""

import gc

from exchange import logs, settings
from exchange.app import make_app
from exchange.deps import open_hub

_settings = settings.load()
logs.configure(_settings.log_level)
application = make_app(open_hub(_settings, connections=_settings.web_threads))
# What is loaded by now lives as long as the process: looking through it again and again for garbage took a sixth of
# the time of a batch (benchmarks/bench_notice.py). What a request leaves behind is freed by reference counts.
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 20)
