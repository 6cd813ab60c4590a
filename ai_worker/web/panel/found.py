"""The pages of pipelines, found by name."""

from collections.abc import Iterable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from ai_worker.kit.panel import PanelPages


def pages_of(pipelines: Iterable[str]) -> dict[str, PanelPages]:
    """`PANEL` of each pipeline that has `ai_worker.pipelines.NAME.panel`."""
    names = {name: _module(name) for name in pipelines}
    return {name: import_module(module).PANEL for name, module in names.items() if find_spec(module)}


def folder_of(pipeline: str, name: str) -> Path:
    """A folder beside the pipeline's pages, whether it is there or not."""
    return Path(str(import_module(_module(pipeline)).__file__)).parent / name


def _module(pipeline: str) -> str:
    return f"ai_worker.pipelines.{pipeline}.panel"
