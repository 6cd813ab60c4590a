"""A question as it is compared, and the earlier one that it is the same as. Imports no numpy: most processes
only read and write them.
"""

from dataclasses import dataclass

from ai_worker.pipelines.loops.texts.text_forms import normal


@dataclass(frozen=True, slots=True)
class Entry:
    """A question as it is compared.

    Args:
        kept_form: its normal form, where it is at hand: of 100,000 old questions it takes a second to make.
    """

    id: str
    question: str
    answer: str = ""
    kept_form: str = ""

    @property
    def form(self) -> str:
        """The form in which equal questions are equal."""
        return self.kept_form or normal(self.question)


@dataclass(frozen=True, slots=True)
class Twin:
    """An earlier question that one is the same as.

    Args:
        id: of the earlier one, which may itself turn out a duplicate: see `settle`.
        similarity: 0 to 1.
        method: `equal`, `letters`, `vectors`, `model`.
    """

    id: str
    similarity: float
    method: str
