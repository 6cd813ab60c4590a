"""A pipeline's contribution to the panel."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from fastapi import APIRouter


@dataclass(frozen=True, slots=True)
class Link:
    """One entry of the navigation.

    Args:
        key: the letter that follows `g` on the keyboard; empty: none.
    """

    title: str
    href: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Attention:
    """Something that waits for a decision of a reviewer or operator.

    Args:
        count: how many; None where that would have to be counted in a long table.
    """

    title: str
    href: str
    count: int | None = None


def _no_link(task: str) -> str | None:
    return None


def _no_row(task: str, row: str) -> str | None:
    return None


@dataclass(frozen=True, eq=False)
class PanelPages:
    """Pages of one pipeline, found as `PANEL` in `ai_worker.pipelines.NAME.panel`.

    Templates lie in the folder `templates` beside that module and are named `NAME/file.html`; scripts lie in
    `static` and are served under `/panel/static/NAME/`.

    Args:
        routers: by the scope that the client's key must carry; their paths are served under `/panel/NAME`.
        links: entries of the navigation.
        attention: lists what waits for a decision; asked with the overview, so it follows an index and counts
            nothing finished.
        task_link: the page of a task by `TaskProgress.task`.
        row_link: the page of a row, by the task and the row of a request's log entry.
        request_logs: where its calls are written: `mysql`, or names of databases of MongoDB.
    """

    routers: Mapping[str, APIRouter]
    links: Sequence[Link] = ()
    attention: Callable[[], Sequence[Attention]] = tuple
    task_link: Callable[[str], str | None] = _no_link
    row_link: Callable[[str, str], str | None] = _no_row
    request_logs: Callable[[], Sequence[str]] = tuple
