"""PostgreSQL refuses to run as root: choose how it runs as somebody else, without leaving the data where it is."""

import os
import pwd
import shutil
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from exchange.embedded.processes import NotStarted, find_tool, succeeds

NAMESPACE = ("--user", "--map-user=1000", "--map-group=1000")


@dataclass(frozen=True)
class Account:
    """How PostgreSQL runs: directly, in a user namespace (`wrapper`), or as another account (`ids`)."""

    name: str
    wrapper: tuple[str, ...] = ()
    ids: tuple[int, int] | None = None

    def owner(self) -> tuple[int, int]:
        """Return the user id and group id that own the data."""
        return self.ids or (os.geteuid(), os.getegid())


def direct() -> Account:
    """Return the account of the caller itself, which must not be root."""
    return Account("direct")


def namespace() -> Account | None:
    """Return root seen as user 1000 inside a user namespace, or None where namespaces are not allowed."""
    tool = find_tool("unshare")
    if tool and succeeds(tool, *NAMESPACE, "true"):
        return Account("namespace", wrapper=(tool, *NAMESPACE))
    return None


def nobody() -> Account | None:
    """Return the account `nobody`, or None where there is none."""
    try:
        entry = pwd.getpwnam("nobody")
    except KeyError:
        return None
    return Account("nobody", ids=(entry.pw_uid, entry.pw_gid))


def choose() -> Account:
    """Choose how PostgreSQL runs here. Raises NotStarted when it can only be run as root, which it refuses."""
    if os.geteuid() != 0:
        return direct()
    account = namespace() or nobody()
    if account is None:
        raise NotStarted(
            "PostgreSQL does not run as root, and this machine has neither user namespaces (the tool `unshare`) nor an "
            "account `nobody`. Start the exchange as a user that is not root."
        )
    return account


def hand_over(directory: Path, account: Account) -> None:
    """Give a data folder to the account that runs PostgreSQL, when it belongs to another (a changed machine)."""
    owner = account.owner()
    if directory.stat().st_uid == owner[0] or os.geteuid() != 0:
        return
    for path in (directory, *directory.rglob("*")):
        os.chown(path, *owner, follow_symlinks=False)


def programs(installed: Path, account: Account, stack: ExitStack) -> Path:
    """Return a folder of programs that the account may enter: the installed one, or a copy that `stack` removes."""
    if account.ids is None:
        return installed
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="exchange-postgres-")))
    folder.chmod(0o755)
    package = installed.parents[1]
    skip = shutil.ignore_patterns("include", "pkgconfig")
    shutil.copytree(installed.parent, folder / package.name / installed.parent.name, symlinks=True, ignore=skip)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():  # the programs find their libraries beside the package
        shutil.copytree(libraries, folder / libraries.name, symlinks=True)
    return folder / package.name / installed.parent.name / installed.name
