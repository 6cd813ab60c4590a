"""The ports of a job's work to the outside, so that it can be tested without any of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from pydantic import BaseModel

from ai_worker.llm.images.picture import Picture
from ai_worker.pipelines.worlds.documents.status import Order
from ai_worker.pipelines.worlds.platform.port import Platform

Schema = TypeVar("Schema", bound=BaseModel)
Json = Any


class Steps(Protocol):
    """Steps of a job that are done once, whatever happens to its workers: the engine's checkpoints."""

    def once(self, step: str, do: Callable[[], Json], *, late: bool = False) -> Json:
        """The kept value of a step, else the value that `do` returns, kept before it is returned; where it
        may be `late`, with the next write of the job.
        """
        ...

    def once_outside(
        self,
        step: str,
        send: Callable[[str], Json],
        look_up: Callable[[str], Json | None] | None,
        *,
        last: bool = False,
    ) -> Json:
        """The same for a write at another service: after an unknown outcome `look_up(key)` is asked before
        `send(key)`. The value of the `last` step is kept by the job's result.
        """
        ...

    def forget(self, step: str) -> None:
        """Note that a write has certainly not been made, so that it may be sent without a look-up."""
        ...


class Asker(Protocol):
    """Models, on behalf of one job."""

    def ask(
        self,
        prompt: str,
        variables: Mapping[str, Any],
        schema: type[Schema],
        *,
        temperature: float,
        max_output_tokens: int,
    ) -> Schema:
        """Answer one question.

        Args:
            prompt: the name of the template in `prompts/`.

        Raises:
            WorkError: there is no usable answer, or the world may make no further call (`LimitUsedUp`).
        """
        ...


class Painter(Protocol):
    """The image model, on behalf of one job."""

    def paint(self, name: str, prompt: str, width: int, height: int) -> Picture:
        """Paint a picture, or take the one that an earlier try of the job paid for.

        Args:
            name: of the picture among those of its job.

        Raises:
            WorkError: there is no picture, or the world may make no further call (`LimitUsedUp`).
        """
        ...

    def draw(self, prompt: str, width: int, height: int) -> Picture:
        """Draw a placeholder, which asks no model."""
        ...


class Store(Protocol):
    """The documents of worlds, as jobs see them."""

    def open_world(self, world_id: str, init_job: str, order: Order) -> bool:
        """Create the world's status, or find it. False: it belongs to another first job."""
        ...

    def keep_parameters(self, world_id: str, answer: Mapping[str, Any]) -> None:
        """Store the description of a world."""
        ...

    def parameters(self, world_id: str) -> Mapping[str, Any]:
        """The description of a world.

        Raises:
            BadRequest: there is none.
        """
        ...

    def take_username(self, world_id: str, job_id: str, wished: str, index: int) -> str:
        """The user name that the character of a job has in its world: the same at every try."""
        ...


@dataclass(frozen=True, slots=True)
class Ports:
    """Everything outside that the work of one job reaches."""

    store: Store
    asker: Asker
    painter: Painter
    platform: Platform
    steps: Steps
