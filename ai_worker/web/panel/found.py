"""The pages of pipelines, found by name. One without pages of its own is in the overview all the same."""

from collections.abc import Iterable, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from ai_worker.app import PIPELINES
from ai_worker.kit.panel import PanelPages
from ai_worker.settings import settings


def pages_of(pipelines: Iterable[str]) -> dict[str, PanelPages]:
    """`PANEL` of each pipeline, in `ai_worker.pipelines.NAME.panel`; else one that names its request logs."""
    return {name: _pages(name) for name in pipelines}


def folder_of(pipeline: str, name: str) -> Path | None:
    """A folder beside a pipeline's pages; None if there is none."""
    if not find_spec(_module(pipeline)):
        return None
    folder = Path(str(import_module(_module(pipeline)).__file__)).parent / name
    return folder if folder.is_dir() else None


def _pages(pipeline: str) -> PanelPages:
    if find_spec(_module(pipeline)):
        pages: PanelPages = import_module(_module(pipeline)).PANEL
        return pages
    return PanelPages(routers={}, request_logs=lambda: _logs(pipeline))


def _logs(pipeline: str) -> Sequence[str]:
    stores: Sequence[str] = getattr(PIPELINES.get(pipeline), "stores", ())
    return [*(["mysql"] if "mysql" in stores else []), *([settings().mongo_db] if "mongo" in stores else [])]


def _module(pipeline: str) -> str:
    return f"ai_worker.pipelines.{pipeline}.panel"
