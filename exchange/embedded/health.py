"""Is this container well? `python -m exchange.embedded.health answers PORT`, or `connected PORT...`.

`answers`: the web answers 200 on /healthz of 127.0.0.1. `connected`: this container has an open TCP connection to each
of these ports, anywhere: a relay without its database, or a worker without its broker, is not well. Ends with 0 or 1.
"""

import sys

from exchange.embedded.connections import sockets_to
from exchange.embedded.services import answers


def connected(port: int) -> bool:
    """Say whether a connection from this container to a port is open."""
    return bool(sockets_to(port))


def main(words: list[str]) -> int:
    """Check what the words ask for; return the exit code."""
    check = {"answers": answers, "connected": connected}[words[0]]
    return 0 if all(check(int(port)) for port in words[1:]) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
