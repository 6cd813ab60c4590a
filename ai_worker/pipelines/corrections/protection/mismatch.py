"""An answer that lost markup for which no place is certain: too much to store it."""

from collections.abc import Iterable

from ai_worker.errors import WorkError


class MarkupMismatch(WorkError):
    """The answer lost or changed markup that belongs to the text's software and not to its language.

    Args:
        problems: what is wrong, always in the same words for the same fault.
    """

    error_class = "markup_mismatch"
    retry = True

    def __init__(self, problems: Iterable[str]) -> None:
        super().__init__("the answer does not keep the text's markup: " + "; ".join(problems))
