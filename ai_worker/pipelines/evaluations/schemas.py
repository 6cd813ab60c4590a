"""The documents of evaluations, as their authors write them."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StrictInt, ValidationError, model_validator

from ai_worker.errors import BadRequest
from ai_worker.llm.prompt_template import names

MOST_SAMPLES = 1000
MOST_EXAMPLES = 100
Name = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^$\x00]+$")]
Text = Annotated[str, Field(min_length=1)]
Count = Annotated[StrictInt, Field(ge=1)]
_FOREIGN = frozenset({"_id", "description", "created_at", "updated_at", "created_by", "tags", "comment"})
"""Fields of a document that are not the evaluation's own: read elsewhere, or kept for its author."""


class Turn(BaseModel):
    """One message of a conversation; a template with `{columns}`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    role: Literal["system", "user", "assistant"]
    content: Text


class FewShot(BaseModel):
    """Examples that are shown before the question: rows of the dataset with their answers.

    Args:
        answer: the column with the answer that is shown.
        rows: these rows, by `line_index`.
        count, seed: this number of rows, drawn with the seed. A row is never its own example.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    answer: Text
    rows: list[Annotated[StrictInt, Field(ge=0)]] = []
    count: Annotated[StrictInt, Field(ge=1, le=MOST_EXAMPLES)] | None = None
    seed: StrictInt = 0

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if bool(self.rows) == bool(self.count):
            raise ValueError("few_shot has either rows or count")
        return self


class EvaluationTask(BaseModel):
    """A document of `tasks`.

    Args:
        prompt: the question, a template with `{columns}`; `{options}` are those of `options_column`.
        messages: a conversation instead of `prompt`; its last message is the user's, the question.
        system: standing instructions, a template like `prompt`.
        target_value: what is right of every row, where no column says so.
        options_column: the column with the options to choose from; they are shown as A) to Z).
        rta_model: one judge, or several, who then decide by majority.
        rta_temperature, rta_seed: passed on to the judges.
        n: how often each model is asked about each row.
        temperature, seed, max_tokens, stop: passed on to the models; sample k of an entry is asked with
            `seed` + k.
        logprobs: keep the log-probabilities of the answer's first token, where the provider gives them.
        number_format, normalise: how answers are compared; see `scoring.scored.Scored`.
        score_truncated: score answers that were cut off by their length limit; else they count as not
            answered.
        group_by: columns by whose values the report groups the scores.
        limit, sample: for a trial: only the first rows, or this number of rows drawn with `seed`.
        confirm: entries are added by `ai-worker eval apply` alone.
        budget: the most that it may cost; read by `budgets`.
        reuse: an answer that another task has to the same question is taken over instead of asked for.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    task_name: Name
    dataset_name: Name
    prompt: Text | None = None
    messages: list[Turn] = []
    system: Text | None = None
    few_shot: FewShot | None = None
    variables_cols: list[str] = []
    models: Annotated[list[Text], Field(min_length=1)]
    metric: Text
    target: Any = None
    target_value: Any = None
    options_column: Text | None = None
    regexp: str | None = None
    include_column: str | None = None
    exclude_column: str | None = None
    rta_prompt: str | None = None
    rta_model: Text | Annotated[list[Text], Field(min_length=1)] | None = None
    rta_temperature: Annotated[float, Field(ge=0)] | None = None
    rta_seed: StrictInt | None = None
    n: Annotated[StrictInt, Field(ge=1, le=MOST_SAMPLES)] = 1
    temperature: Annotated[float, Field(ge=0)] | None = None
    seed: StrictInt | None = None
    max_tokens: Count | None = None
    stop: Text | list[Text] | None = None
    logprobs: bool = False
    number_format: Text | None = None
    normalise: Literal["text", "squad", "exact"] | None = None
    score_truncated: bool = False
    group_by: Text | list[Text] = []
    limit: Count | None = None
    sample: Count | None = None
    confirm: bool = False
    budget: Any = None
    reuse: bool = False

    @model_validator(mode="after")
    def _one_question(self) -> Self:
        if bool(self.prompt) == bool(self.messages):
            raise ValueError("a task has a prompt, or messages in its place")
        if self.messages and self.messages[-1].role != "user":
            raise ValueError("the last of the messages is the user's")
        return self

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> "EvaluationTask":
        """The evaluation task that the document describes. Empty fields count as absent.

        Raises:
            BadRequest: fields are missing, unknown or of the wrong kind; the message names each.
        """
        given = {name: value for name, value in document.items() if name not in _FOREIGN}
        fields = {
            name: value
            for name, value in given.items()
            if value not in (None, "", {}) and not _blank(name, value)
        }
        try:
            return cls.model_validate(fields)
        except ValidationError as fault:
            problems = "; ".join(map(_problem, fault.errors(include_input=False)))
            raise BadRequest(
                f"evaluation task {document.get('task_name', document.get('_id'))!r}: {problems}"
            ) from None

    @property
    def keys(self) -> list[tuple[str, int]]:
        """Model and sample of every entry that a row has."""
        return [(model, sample) for model in dict.fromkeys(self.models) for sample in range(self.n)]

    @property
    def queue(self) -> str:
        """The collection of its entries."""
        return f"queue_{self.task_name}"

    @property
    def dataset(self) -> str:
        """The collection of its rows."""
        return f"dataset_{self.dataset_name}"

    @property
    def question(self) -> str:
        """The template of the question itself."""
        return self.prompt or self.messages[-1].content

    @property
    def turns(self) -> Sequence[Turn]:
        """The messages before the question, without standing instructions."""
        return [turn for turn in self.messages[:-1] if turn.role != "system"]

    @property
    def instructions(self) -> str | None:
        """The template of the standing instructions."""
        said = [self.system, *(turn.content for turn in self.messages if turn.role == "system")]
        return "\n\n".join(text for text in said if text) or None

    @property
    def groups(self) -> list[str]:
        """The columns of `group_by`."""
        return [self.group_by] if isinstance(self.group_by, str) else self.group_by

    @property
    def templates(self) -> dict[str, str]:
        """Every template that the dataset's columns fill, by the field that holds it."""
        turns = {f"messages.{number}": turn.content for number, turn in enumerate(self.messages)}
        alone = {"prompt": self.prompt, "system": self.system}
        return {name: text for name, text in alone.items() if text} | turns

    @property
    def shows_options(self) -> bool:
        """True if a template shows the options."""
        return any("options" in names(template) for template in self.templates.values())


def _blank(name: str, value: Any) -> bool:
    return value == [] and name != "models" and name != "rta_model"


def _problem(item: Mapping[str, Any]) -> str:
    place = ".".join(map(str, item["loc"]))
    if item["type"] != "extra_forbidden":
        message = str(item["msg"]).removeprefix("Value error, ")
        return f"{place}: {message}" if place else message
    known = EvaluationTask.model_fields if len(item["loc"]) == 1 else FewShot.model_fields | Turn.model_fields
    nearest = get_close_matches(str(item["loc"][-1]), [*known, *_FOREIGN], n=1, cutoff=0.6)
    return f"{place}: there is no such field" + (f"; did you mean {nearest[0]}?" if nearest else "")
