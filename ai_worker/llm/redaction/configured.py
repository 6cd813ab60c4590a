"""The recognisers that this installation uses: the default ones, the operator's list of names, and the
operator's own classes."""

from functools import lru_cache
from importlib import import_module
from pathlib import Path

from ai_worker.errors import ConfigurationError, NotNow
from ai_worker.llm.redaction.recognisers import DEFAULT_RECOGNISERS
from ai_worker.llm.redaction.recognisers.people.name_list import NameList
from ai_worker.llm.redaction.spans import Recogniser
from ai_worker.settings import settings

WAIT_SECONDS = 60.0
"""Before a row comes again whose personal data could not be looked for."""


@lru_cache(maxsize=1)
def recognisers() -> tuple[Recogniser, ...]:
    """Every recogniser, loaded once a process.

    Raises:
        ConfigurationError: REDACT_NAMES_FILE cannot be read, or an entry of RECOGNISERS is no recogniser.
    """
    names = settings().redact_names_file
    own = tuple(_loaded(entry) for entry in settings().recognisers)
    return (*DEFAULT_RECOGNISERS, *((_names(names),) if names else ()), *own)


def recognisers_at_work() -> tuple[Recogniser, ...]:
    """The same, for a row's text.

    Raises:
        NotNow: they cannot be loaded in this process, which is no fault of the row: it waits, unsent, without
            an attempt.
    """
    try:
        return recognisers()
    except ConfigurationError as fault:
        raise NotNow(str(fault), retry_after=WAIT_SECONDS) from None


def check_recognisers() -> str | None:
    """The fault of the configuration, for the start of a process and for `status`; None where there is
    none."""
    try:
        recognisers()
    except ConfigurationError as fault:
        return str(fault)
    return None


def _names(path: str) -> NameList:
    try:
        return NameList.from_file(Path(path))
    except ConfigurationError as fault:
        raise ConfigurationError(f"REDACT_NAMES_FILE: {fault}") from None


def _loaded(entry: str) -> Recogniser:
    """The recogniser that `module:name` names: an object with `find(text)`, or a class that makes one
    without arguments."""
    module, _, name = entry.partition(":")
    try:
        found = getattr(import_module(module), name or "recogniser")
    except (ImportError, AttributeError) as fault:
        raise ConfigurationError(
            f"RECOGNISERS: {entry} cannot be loaded ({fault}); write module:name, found on PYTHONPATH"
        ) from None
    recogniser = found() if isinstance(found, type) else found
    if not callable(getattr(recogniser, "find", None)):
        raise ConfigurationError(f"RECOGNISERS: {entry} has no method find(text) that returns spans")
    return recogniser  # type: ignore[no-any-return]
