"""Open TCP connections, as the kernel lists them (proc(5): /proc/net/tcp, /proc/PID/fd)."""

from pathlib import Path

ESTABLISHED = "01"
TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))


def sockets_to(port: int) -> set[str]:
    """Return the sockets of this network namespace that are connected to a port of any machine, by inode."""
    found = set()
    for table in (table for table in TABLES if table.exists()):
        for line in table.read_text(encoding="ascii").splitlines()[1:]:
            fields = line.split()
            if fields[3] == ESTABLISHED and int(fields[2].rpartition(":")[2], 16) == port:
                found.add(f"socket:[{fields[9]}]")
    return found


def is_connected(pid: int, port: int) -> bool:
    """Say whether a process of the caller's own holds an open connection to a port."""
    sockets = sockets_to(port)
    try:
        return any(str(handle.readlink()) in sockets for handle in Path(f"/proc/{pid}/fd").iterdir())
    except OSError:  # it ended, or closed a file, while we looked
        return False
