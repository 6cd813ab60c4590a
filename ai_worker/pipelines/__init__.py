"""Pipelines, one folder each, and the lookup that finds them by name.

Entry: `load`, which takes a folder's name or a dotted module anywhere on PYTHONPATH. A pipeline may not know
another one, and nothing outside a pipeline's folder may name it: its parts (`commands`, `endpoints`, `panel`)
are found by name as well.
"""

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules
from types import ModuleType

from ai_worker.engine.contract.pipeline import PIPELINES, Pipeline, register
from ai_worker.errors import ConfigurationError
from ai_worker.settings import settings


def load(entry: str) -> Pipeline:
    """Import and register a pipeline.

    Args:
        entry: a folder's name, whose module `tasks` holds `PIPELINE`; or a dotted module that holds it
            itself.

    Raises:
        ConfigurationError: there is no such pipeline.
    """
    name = entry.rpartition(".")[2]
    if name in PIPELINES:
        return PIPELINES[name]
    module = _imported(entry if "." in entry else f"{__name__}.{entry}.tasks", entry)
    pipeline = getattr(module, "PIPELINE", None)
    if not isinstance(pipeline, Pipeline):
        raise ConfigurationError(
            f"PIPELINES: {entry}: the module {module.__name__} has no Pipeline named PIPELINE"
        )
    if pipeline.name != name:
        raise ConfigurationError(f"PIPELINES: {entry}: its pipeline is named {pipeline.name!r}, not {name!r}")
    return register(pipeline)


def switched_on() -> list[Pipeline]:
    """The pipelines of the setting PIPELINES."""
    return [load(entry) for entry in settings().pipelines]


def parts(entries: list[str], part: str) -> Iterator[tuple[str, ModuleType]]:
    """The modules of one name that pipelines bring along, each with the pipeline's name.

    Args:
        part: `commands`, `endpoints` or `panel`.
    """
    for entry in entries:
        package = entry if "." in entry else f"{__name__}.{entry}"
        if _has(package, part):
            yield entry.rpartition(".")[2], import_module(f"{package}.{part}")


def folders() -> list[str]:
    """The names of the pipelines that AI Worker brings along."""
    return sorted(module.name for module in iter_modules(__path__) if module.ispkg)


def _imported(module: str, entry: str) -> ModuleType:
    try:
        return import_module(module)
    except ModuleNotFoundError as fault:
        if fault.name is None or not (module == fault.name or module.startswith(f"{fault.name}.")):
            raise
        known = ", ".join(folders())
        raise ConfigurationError(
            f"PIPELINES: unknown pipeline {entry!r}; known: {known}, or a dotted module on PYTHONPATH"
        ) from None


def _has(package: str, part: str) -> bool:
    spec = find_spec(package)
    return (
        spec is not None
        and spec.submodule_search_locations is not None
        and bool(find_spec(f"{package}.{part}"))
    )
