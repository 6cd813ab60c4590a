"""The input of a scorer: one entry's text, and what its task says about scoring it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from ai_worker.llm.reasoning import split_reasoning

NO_TEXT = "no text"
UNCLOSED = "the reasoning was not closed, so no answer was begun"


@dataclass(frozen=True, slots=True)
class Scored:
    """The input of a scorer.

    Args:
        text: the text of the response without its reasoning; for `RtA` the text of the judge's answer. None:
            there is none.
        metric: which scorer judges it.
        target: what is expected: a text, a number, `{"value": …, "tolerance": …}`, or a list of these of
            which any will do.
        regexp: finds the answer in the text. None: the whole text is the answer.
        include_list, exclude_list: what must and must not occur, for `include_exclude`.
        variables: the columns of the dataset's row, for scorers of one's own.
        number_format: how the task's numbers are written, by a sample such as `1,234.5` or by a language such
            as `en`.
            None: unknown, and a number that can be read in two ways is not read.
        normalise: which differences between texts do not count: a name of `reading.comparing.FORMS`; None:
            `text`.
        options: the texts of the options, in the order of their letters, for `choice`.
        logprobs: natural logarithms of the probabilities of options or tokens, for `choice_logprobs`.
        missing: why there is no text.
    """

    text: str | None
    metric: str
    target: Any = None
    regexp: str | None = None
    include_list: Sequence[Any] = ()
    exclude_list: Sequence[Any] = ()
    variables: Mapping[str, Any] = field(default_factory=dict)
    number_format: str | None = None
    normalise: str | None = None
    options: Sequence[Any] = ()
    logprobs: Mapping[str, float] = field(default_factory=dict)
    missing: str = NO_TEXT

    @classmethod
    def of_entry(cls, entry: Mapping[str, Any], text: str | None, *, metric: str | None = None) -> Self:
        """Takes from a document of a `queue_*` collection what scoring needs.

        Args:
            entry: the document. Of an `RtA` task this is the judge's entry, with its own regexp and target.
            text: the text of its response, reasoning and all.
            metric: instead of the entry's own: a judge's entry says `accuracy` and is read as `RtA`.
        """
        answer = None if text is None else split_reasoning(text).answer
        return cls(
            text=answer,
            metric=metric or str(entry.get("metric") or ""),
            target=entry.get("target"),
            regexp=entry.get("regexp") or None,
            include_list=_listed(entry.get("include_list")),
            exclude_list=_listed(entry.get("exclude_list")),
            variables=entry.get("variables") or {},
            number_format=entry.get("number_format") or None,
            normalise=entry.get("normalise") or None,
            options=_listed(entry.get("options")),
            logprobs=_mapping(entry.get("logprobs")),
            missing=UNCLOSED if text is not None and answer is None else NO_TEXT,
        )


def _listed(value: Any) -> Sequence[Any]:
    if value is None:
        return ()
    return tuple(value) if isinstance(value, list | tuple) else (value,)


def _mapping(value: Any) -> Mapping[str, float]:
    """Log-probabilities as they are stored, since a token may be no name of a field: token and logprob."""
    if isinstance(value, list):
        return {one["token"]: one["logprob"] for one in value if isinstance(one, Mapping) and "token" in one}
    return value if isinstance(value, Mapping) else {}
