"""The database and task that a path means."""

from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote

from ai_worker.errors import NotFound
from ai_worker.kit.panel import Jobs
from ai_worker.pipelines.evaluations.service import chosen_tasks
from ai_worker.settings import settings


@dataclass(frozen=True, slots=True)
class Place:
    """One task of one database."""

    database: str
    task: str

    @property
    def queue(self) -> str:
        """Its queue."""
        return f"queue_{self.task}"

    def path(self, further: str = "") -> str:
        """An address of its pages."""
        return f"/panel/evaluations/{quote(self.database, safe='')}/{quote(self.task, safe='')}{further}"


def databases() -> list[str]:
    """Those that evaluations work in."""
    return list(dict.fromkeys([*settings().evaluation_databases, *settings().databases_to_expand]))


def place(database: str, task: str) -> Place:
    """A task that has a queue.

    Raises:
        NotFound: there is none, or evaluations do not work in that database.
    """
    if database not in databases():
        raise NotFound(f"{database} is none of the databases that evaluations work in")
    chosen_tasks(database, [task])
    return Place(database, task)


@lru_cache(maxsize=1)
def jobs() -> Jobs:
    """The reports and plans of this process."""
    return Jobs()
