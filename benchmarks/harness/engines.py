"""Every engine by its name, opened with databases of its own."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from benchmarks.harness.engine import Engine, Stage
from benchmarks.harness.ours import Ours
from benchmarks.harness.peers import BareAsyncio, Dramatiq, Peer, PlainCelery, PlainCeleryLate, Taskiq
from benchmarks.harness.stores import redis_database, sql_database

OURS = Ours.name
PLAIN = PlainCelery.name
IN_OUR_ENVIRONMENT: Mapping[str, type[Peer]] = {kind.name: kind for kind in (PlainCelery, PlainCeleryLate)}
IN_THEIRS: Mapping[str, type[Peer]] = {kind.name: kind for kind in (Dramatiq, Taskiq, BareAsyncio)}


def names(peers_python: Path | None) -> list[str]:
    """The engines that can run here, ours first."""
    return [OURS, *IN_OUR_ENVIRONMENT, *(IN_THEIRS if peers_python else ())]


@contextmanager
def ours(stage: Stage, slots: int, *, kind: str = "correction", **settings: str) -> Iterator[Ours]:
    """AI Worker; its processes are ended afterwards."""
    with (
        sql_database("ours") as database,
        redis_database() as broker,
        redis_database() as limits,
        Ours(stage, database, slots, broker, limits, kind=kind, **settings) as engine,
    ):
        yield engine


@contextmanager
def engine(name: str, stage: Stage, slots: int, peers_python: Path | None) -> Iterator[Engine]:
    """An engine of that name, nothing of it started yet; its processes are ended afterwards."""
    if name == OURS:
        with ours(stage, slots) as opened:
            yield opened
        return
    kind = {**IN_OUR_ENVIRONMENT, **IN_THEIRS}[name]
    python = Path(sys.executable) if name in IN_OUR_ENVIRONMENT else peers_python
    assert python is not None, f"{name} is not installed"
    with (
        sql_database("peer") as database,
        redis_database() as broker,
        kind(stage, database, slots, broker, python) as opened_peer,
    ):
        yield opened_peer
