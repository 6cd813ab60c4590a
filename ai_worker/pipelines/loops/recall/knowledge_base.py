"""The contract of a knowledge base under test, whichever server it is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from pydantic import SecretStr

from ai_worker.pipelines.loops.chunks.chunk import Chunk

LIST_SECONDS = 30.0
SEARCH_SECONDS = 60.0
AGENT_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class Environment:
    """As whom a knowledge base is asked: the columns of a loop.

    Args:
        org_id: the organisation, or the id of the dataset for servers that have those.
        user_id: `d_user_id`.
        agent_id: where set, the agent is asked in place of the search.
        key: for servers that want one.
    """

    org_id: str
    user_id: str = "test"
    agent_id: str = ""
    key: SecretStr = field(default=SecretStr(""), repr=False)


@dataclass(frozen=True, slots=True)
class Document:
    """A file of a knowledge base."""

    id: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """One found item, in the place that the server gave it.

    Args:
        chunk_id, file_id: as text; empty where the server gave none: the place counts all the same.
        similarity: 0 to 1, as the server measures it; None where it says nothing.
    """

    chunk_id: str
    file_id: str
    file_name: str = ""
    headers: str = ""
    text: str = ""
    similarity: float | None = None

    def as_json(self) -> dict[str, Any]:
        """The item of `single_jump_result.retrieved`."""
        return {
            "chunk_id": self.chunk_id,
            "file_id": self.file_id,
            "file_name": self.file_name,
            "headers": self.headers,
            "content": self.text[:500],
            "similarity": self.similarity,
        }


class KnowledgeBase(Protocol):
    """A server that lists chunks and finds them. Every method raises WorkError: faults are never an empty
    answer.
    """

    def documents(self) -> Iterator[Document]:
        """Every file of it, each once."""
        ...

    def chunks(self, document: Document) -> Iterator[Chunk]:
        """The chunks of a file as the server lists them, page by page; see `listing` for what is made of
        repeats.
        """
        ...

    def search(self, question: str, top_k: int, file_ids: Sequence[str]) -> list[Hit]:
        """The hits of the server for a question, best first.

        Args:
            top_k: items asked for; what comes beyond is cut off by the caller.
            file_ids: search within these alone; empty: everywhere.
        """
        ...


def text_of_id(value: object) -> str:
    """An id as text: 7 and "7" are one; None and empty ones are none."""
    return "" if value is None or isinstance(value, bool) else str(value).strip()
