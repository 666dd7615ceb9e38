"""Is this container well? `python -m exchange.embedded.health answers PORT`, or `connected PORT...`.

`answers`: the web answers 200 on /healthz of 127.0.0.1. `connected`: this container has an open TCP connection to each
of these ports, anywhere: a relay without its database, or a worker without its broker, is not well. Ends with 0 or 1.
"""

import sys
from pathlib import Path

from exchange.embedded.services import answers

ESTABLISHED = "01"
TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))


def connected(port: int) -> bool:
    """Say whether a connection from here to a port is open, after the kernel's own tables (proc(5), /proc/net/tcp)."""
    for table in TABLES:
        if not table.exists():
            continue
        for line in table.read_text(encoding="ascii").splitlines()[1:]:
            fields = line.split()
            if fields[3] == ESTABLISHED and int(fields[2].rpartition(":")[2], 16) == port:
                return True
    return False


def main(words: list[str]) -> int:
    """Check what the words ask for; return the exit code."""
    check = {"answers": answers, "connected": connected}[words[0]]
    return 0 if all(check(int(port)) for port in words[1:]) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
