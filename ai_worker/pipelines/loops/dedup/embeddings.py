"""Embeddings by an endpoint of OpenAI's form: in batches that the server takes, in the order of the texts."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ai_worker.pipelines.loops.faults import BadAnswer, RequestRejected

BATCH = 64
"""Texts of one request to begin with; a server that refuses that many is asked for half (DashScope takes 10).
"""

Post = Callable[[Mapping[str, Any]], Any]
"""Posts a body to `{embed_base_url}/embeddings` and returns the JSON of the answer. Raises WorkError."""


def embed_all(texts: Sequence[str], model: str, post: Post, batch: int = BATCH) -> list[list[float]]:
    """A vector for each text.

    Args:
        texts: none of them empty: no server embeds those.

    Raises:
        RequestRejected: the server refuses even a single text.
        BadAnswer: the answer does not hold one vector for each text, all of one dimension.
        WorkError: the server gives no answer.
    """
    vectors: list[list[float]] = []
    while len(vectors) < len(texts):
        part = list(texts[len(vectors) : len(vectors) + batch])
        try:
            answer = post({"model": model, "input": part, "encoding_format": "float"})
        except RequestRejected:
            if batch == 1:
                raise
            batch = max(1, batch // 2)
            continue
        vectors += _in_order(answer, len(part))
    if len({len(vector) for vector in vectors}) > 1:
        raise BadAnswer("the embeddings have different dimensions")
    return vectors


def _in_order(answer: Any, number: int) -> list[list[float]]:
    try:
        found = {
            int(item.get("index", place)): [float(value) for value in item["embedding"]]
            for place, item in enumerate(answer["data"])
        }
        return [found[place] for place in range(number)]
    except (KeyError, TypeError, ValueError, AttributeError):
        raise BadAnswer(f"the answer does not hold {number} embeddings, each a list of numbers") from None
