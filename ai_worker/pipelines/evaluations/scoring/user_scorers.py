"""Scorers of the user's own: modules named in the setting `SCORERS`, imported before anything is scored."""

from functools import lru_cache
from importlib import import_module

from ai_worker.errors import ConfigurationError
from ai_worker.settings import settings


@lru_cache(maxsize=1)
def load_scorers() -> None:
    """Import the modules, once; each registers its functions by `@scorer`.

    Raises:
        ConfigurationError: a module cannot be imported; the message names it and why.
    """
    for name in settings().scorers:
        try:
            import_module(name)
        except Exception as fault:
            raise ConfigurationError(
                f"SCORERS: {name} cannot be imported ({type(fault).__name__}: {fault}); it must "
                f"be on PYTHONPATH"
            ) from fault
