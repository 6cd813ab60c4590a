"""Something that a reviewer should look at before accepting an answer: a warning, with its class."""

from collections.abc import Iterable
from dataclasses import dataclass

_SHOWN = 5
_SHOWN_LENGTH = 60


@dataclass(frozen=True, slots=True)
class Remark:
    """A warning about one answer.

    Args:
        code: a code of the table `warning_class`.
        detail: what differs, in one line.
    """

    code: str
    detail: str


def shown(things: Iterable[str]) -> str:
    """The first few of these in one line, each cut to a readable length."""
    lines = [" ".join(thing.split()) for thing in dict.fromkeys(things)]
    cut = [line if len(line) <= _SHOWN_LENGTH else line[: _SHOWN_LENGTH - 1] + "…" for line in lines[:_SHOWN]]
    return ", ".join(cut) + (f" and {len(lines) - _SHOWN} more" if len(lines) > _SHOWN else "")
