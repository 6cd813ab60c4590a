"""What an answer did to markup: too much to store it, or something for the reviewer to look at."""

from collections.abc import Iterable
from dataclasses import dataclass

from ai_worker.errors import WorkError

_SHOWN = 5
_SHOWN_LENGTH = 60


class MarkupMismatch(WorkError):
    """The answer lost or changed markup that belongs to the text's software and not to its language.

    Args:
        problems: what is wrong, always in the same words for the same fault.
    """

    error_class = "markup_mismatch"
    retry = True

    def __init__(self, problems: Iterable[str]) -> None:
        super().__init__("the answer does not keep the text's markup: " + "; ".join(problems))


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that a reviewer should look at before accepting an answer.

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
