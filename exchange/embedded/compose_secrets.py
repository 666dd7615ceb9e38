"""Make the secrets that docker-compose.yml mounts: `python -m exchange.embedded.compose_secrets FOLDER`.

What is there already stays. The folder is for its owner alone; the files inside may be read by anybody who gets in,
because a container sees them with the owner of the host.
"""

import os
import secrets
import sys
from pathlib import Path

DATABASE = "postgresql://exchange:{password}@postgres:5432/exchange"
REDIS = "redis://:{password}@redis:6379/0"
PAIRS = {
    "postgres_password": ("{password}", "database_url", DATABASE),
    "redis.conf": ("requirepass {password}\n", "redis_url", REDIS),
}


def make(folder: Path) -> list[str]:
    """Make what the folder lacks; a URL is made anew with its password. Returns the names of the files made."""
    folder.mkdir(mode=0o700, exist_ok=True)
    made = []
    for name, (content, url_name, url) in PAIRS.items():
        if (folder / name).exists() and (folder / url_name).exists():
            continue
        password = secrets.token_urlsafe(24)
        for file, text in ((name, content), (url_name, url)):
            (folder / file).unlink(missing_ok=True)
            with os.fdopen(os.open(folder / file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o444), "w") as lines:
                lines.write(text.format(password=password))
            made.append(file)
    return made


if __name__ == "__main__":
    print(*(f"made {sys.argv[1]}/{name}" for name in make(Path(sys.argv[1]))), sep="\n")  # noqa: T201 -- a command
