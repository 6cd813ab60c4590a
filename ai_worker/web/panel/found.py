"""The pages of pipelines, found by name. One without pages of its own is in the overview all the same."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from ai_worker.app import PIPELINES
from ai_worker.kit.panel import PanelPages
from ai_worker.pipelines import parts
from ai_worker.settings import Settings, settings


def pages_of(settings: Settings) -> dict[str, PanelPages]:
    """`PANEL` of each pipeline that has a part `panel`; else one that names its request logs alone."""
    own = {name: module.PANEL for name, module in parts(settings.pipelines, "panel")}
    return {name: own.get(name) or _without_pages(name) for name in settings.pipeline_names}


def folders(settings: Settings, name: str) -> Mapping[str, Path]:
    """The folders of that name beside the pages of pipelines, by pipeline."""
    found = {pipeline: module.__file__ for pipeline, module in parts(settings.pipelines, "panel")}
    beside = {pipeline: Path(str(file)).parent / name for pipeline, file in found.items()}
    return {pipeline: folder for pipeline, folder in beside.items() if folder.is_dir()}


def using(store: str, pipelines: Iterable[str]) -> list[str]:
    """Those of the pipelines that need a store: `mysql` or `mongo`."""
    return [name for name in pipelines if (known := PIPELINES.get(name)) and store in known.stores]


def _without_pages(pipeline: str) -> PanelPages:
    return PanelPages(routers={}, request_logs=lambda: _logs(pipeline))


def _logs(pipeline: str) -> Sequence[str]:
    mysql = ["mysql"] if using("mysql", [pipeline]) else []
    return [*mysql, *([settings().mongo_db] if using("mongo", [pipeline]) else [])]
