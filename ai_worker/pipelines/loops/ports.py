"""The ports of this pipeline's work to the outside world, as plain functions: tests hand in their own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

Value = TypeVar("Value")

Json = Any
"""Any value that JSON can carry."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to the judge configuration's model.

    Args:
        purpose: `write`, `judge` or `compare`; log lines and the request log name it.
        system: the standing instruction.
        user: what it is about, fenced.
        temperature: 0 to 1.
        max_output_tokens: None for the model's own limit.
    """

    purpose: str
    system: str
    user: str
    temperature: float = 0.0
    max_output_tokens: int | None = None


Ask = Callable[[Asked], str]
"""The model's text. Raises WorkError: no answer."""

Embed = Callable[[list[str]], list[list[float]]]
"""One vector for each text, in their order. Raises WorkError: none."""


class Server(Protocol):
    """A knowledge base's server, asked on a row's behalf within the limits of its endpoint."""

    def post(
        self,
        path: str,
        body: Mapping[str, Any],
        headers: Mapping[str, str],
        seconds: float,
        read: Callable[[bytes], Value],
    ) -> Value:
        """The answer to a POST of JSON, read.

        Args:
            path: below the server's address.
            seconds: from now to the last byte.
            read: the meaning of the whole body; what it raises counts for the endpoint as the call's fault.

        Raises:
            NotNow: it may not be asked at the moment.
            CallError: there is no usable answer.
        """
        ...

    def get(
        self,
        path: str,
        query: Mapping[str, Any],
        headers: Mapping[str, str],
        seconds: float,
        read: Callable[[bytes], Value],
    ) -> Value:
        """The answer to a GET, read; see `post`."""
        ...


class Once(Protocol):
    """Steps of a row that are done once, also when it is claimed again; see the engine's `Checkpoints`."""

    def __call__(self, step: str, do: Callable[[], Json], /) -> Json:
        """The result of `do`, from an earlier attempt where it is there."""


def every_time(_step: str, do: Callable[[], Json]) -> Json:
    """The `Once` that keeps nothing: for rows whose steps cost nothing, and for dry runs."""
    return do()
