"""The kinds of tools, found by the files in `kinds`."""

import pkgutil
from collections.abc import Mapping
from functools import lru_cache
from importlib import import_module

from ai_worker.pipelines.assistants.tools.contract import ToolKind

_FOLDER = f"{__package__}.kinds"


@lru_cache(maxsize=1)
def kinds() -> Mapping[str, ToolKind]:
    """Every kind by its name."""
    folder = import_module(_FOLDER)
    names = sorted(module.name for module in pkgutil.iter_modules(folder.__path__))
    found: list[ToolKind] = [import_module(f"{_FOLDER}.{name}").KIND for name in names]
    return {kind.name: kind for kind in found}


def kind_named(name: str) -> ToolKind:
    """One kind.

    Raises:
        KeyError: there is none of that name.
    """
    return kinds()[name]
