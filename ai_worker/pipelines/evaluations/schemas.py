"""The documents of evaluations, as their authors write them."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StrictInt, ValidationError

from ai_worker.errors import BadRequest

MOST_SAMPLES = 1000
Name = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^$\x00]+$")]


Model = Annotated[str, Field(min_length=1)]


class EvaluationTask(BaseModel):
    """A document of `tasks`.

    Args:
        rta_model: one judge, or several, who then decide by majority.
        n: how often each model is asked about each row.
        temperature, seed: passed on to the models; sample k of an entry is asked with `seed` + k.
    """

    model_config = ConfigDict(extra="ignore", frozen=True)

    task_name: Name
    dataset_name: Name
    prompt: Annotated[str, Field(min_length=1)]
    variables_cols: list[str] = []
    models: Annotated[list[Model], Field(min_length=1)]
    metric: Annotated[str, Field(min_length=1)]
    target: Any = None
    regexp: str | None = None
    include_column: str | None = None
    exclude_column: str | None = None
    rta_prompt: str | None = None
    rta_model: Model | Annotated[list[Model], Field(min_length=1)] | None = None
    n: Annotated[StrictInt, Field(ge=1, le=MOST_SAMPLES)] = 1
    temperature: Annotated[float, Field(ge=0)] | None = None
    seed: StrictInt | None = None

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> "EvaluationTask":
        """The evaluation task that the document describes.

        Raises:
            BadRequest: fields are missing or of the wrong kind; the message names each.
        """
        try:
            return cls.model_validate(dict(document))
        except ValidationError as fault:
            problems = "; ".join(
                f"{'.'.join(map(str, item['loc']))}: {item['msg']}"
                for item in fault.errors(include_input=False)
            )
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
