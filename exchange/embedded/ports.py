"""Ports of 127.0.0.1: find a free one, see whether one is taken."""

import contextlib
import secrets
import socket

HOST = "127.0.0.1"
FIRST = 15000


def free_port() -> int:
    """Return a TCP port of 127.0.0.1 that nobody listens on at this moment.

    Below 32768, where Linux takes the ports of outgoing connections: a port that is kept must stay free.
    """
    while True:
        port = FIRST + secrets.randbelow(32768 - FIRST)
        if is_free(port):
            return port


def is_free(port: int) -> bool:
    """Say whether a server could listen on a port of 127.0.0.1 now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with contextlib.suppress(OSError):
            probe.bind((HOST, port))
            probe.listen(1)
            return True
    return False
