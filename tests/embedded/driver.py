"""Runs an exchange of stand-ins: `python driver.py VAR [CODE]`; with CODE it ends with that code when all is ready."""

import os
import sys
from pathlib import Path

from exchange.embedded.services import Plan, Running
from exchange.embedded.up import run

STAND_IN = (sys.executable, str(Path(__file__).with_name("stand_in.py")))

PLAN = Plan(program=STAND_IN, extra={"STAND_IN_IS_DEAF": os.environ.get("DEAF", "")})


def on_ready(told: Running) -> int | None:
    print(f"ready {told.origin}", flush=True)
    return int(sys.argv[2]) if len(sys.argv) > 2 else None


sys.exit(run(Path(sys.argv[1]), on_ready=on_ready, plan=PLAN))
