"""The first things of a process: one line that says which settings it read and where it connects, and one
line in place of a traceback where they are wrong, under `celery` as well as under `ai-worker`.
"""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from urllib.parse import urlsplit

from pymongo.uri_parser import parse_uri

import ai_worker
from ai_worker.errors import ConfigurationError
from ai_worker.settings import ENV_FILE, Settings, settings
from ai_worker.stores.mysql import MySQLAddress

log = logging.getLogger(__name__)

EXIT_CODE = 2


def said_at_start() -> str:
    """The file of settings that was read, and the addresses of the stores, without their passwords."""
    known = settings()
    file = Path(ENV_FILE).resolve()
    read = (
        f"settings of {file} and the environment" if file.is_file() else f"no {file}, the environment alone"
    )
    return f"{read}; {'; '.join(_addresses(known))}"


def log_start() -> None:
    """Log that line."""
    log.info("[START] %s", said_at_start())


def check_installation() -> None:
    """Refuse a second copy of the code, so that an update never reaches the workers and not the commands.

    Raises:
        ConfigurationError: `ai_worker` was imported from one folder, and is installed in another.
    """
    running = Path(ai_worker.__file__).parent
    for installed in metadata.distributions(name="ai-worker"):
        copy = Path(str(installed.locate_file("ai_worker")))
        if copy.is_dir() and not copy.samefile(running):
            raise ConfigurationError(
                f"two copies of AI Worker: this process runs {running}, the command ai-worker runs {copy}. "
                f"Install the first with: pip install --no-deps --editable {running.parent} - or "
                "start this process in another folder"
            )


@contextmanager
def one_line_under_celery() -> Iterator[None]:
    """End a `celery` process with one line and exit code 2 where its settings are wrong."""
    try:
        yield
    except ConfigurationError as fault:
        if not _is_celery():
            raise
        end(fault)


def end(fault: ConfigurationError) -> None:
    """Say what is wrong, and end."""
    sys.stderr.write(f"error: {fault}\n")
    sys.exit(EXIT_CODE)


def _is_celery() -> bool:
    program = Path(sys.argv[0])
    return program.stem == "celery" or (program.name == "__main__.py" and program.parent.name == "celery")


def _addresses(known: Settings) -> Iterator[str]:
    yield f"Redis {_without_login(known.redis_url)}" if known.redis_url else "Redis: REDIS_URL is not set"
    yield f"MySQL {MySQLAddress.from_settings(known)}"
    yield f"MongoDB {_mongo_hosts(known.mongo_uri)}"


def _without_login(url: str) -> str:
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="").geturl()


def _mongo_hosts(uri: str) -> str:
    if uri.startswith("mongodb+srv://"):
        return urlsplit(uri).netloc.rpartition("@")[2]  # Its hosts would have to be asked of a name server.
    try:
        nodes = parse_uri(uri, validate=False)["nodelist"]
    except Exception as fault:  # noqa: BLE001 - the connection itself will say what is wrong
        return f"(MONGODB_URI is malformed: {type(fault).__name__})"
    return ",".join(f"{host}:{port}" for host, port in nodes)
