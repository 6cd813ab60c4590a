"""The log-probabilities of an answer's first token, in the bodies of the providers that give them."""

from collections.abc import Iterator, Mapping
from typing import Any


def first_token_logprobs(body: object) -> dict[str, float]:
    """The likeliest tokens where the answer begins, each with the natural logarithm of its probability.

    Read are OpenAI's chat form (`choices[0].logprobs.content`) and Gemini's (`logprobsResult.topCandidates`).
    Tokens of white space alone, as some models begin with, are no beginning.

    Returns:
        Empty where the body has none.
    """
    for position in _positions(body):
        found = dict(position)
        if any(token.strip() for token in found):
            return found
    return {}


def _positions(body: object) -> Iterator[list[tuple[str, float]]]:
    choice, candidate = _first(body, "choices"), _first(body, "candidates")
    content = _mapping(choice.get("logprobs")).get("content")
    for token in content if isinstance(content, list) else []:
        tops = _mapping(token).get("top_logprobs")
        yield [*_pairs(tops if isinstance(tops, list) and tops else [token], "logprob")]
    steps = _mapping(candidate.get("logprobsResult")).get("topCandidates")
    for step in steps if isinstance(steps, list) else []:
        yield [*_pairs(_mapping(step).get("candidates"), "logProbability")]


def _pairs(tokens: object, name: str) -> Iterator[tuple[str, float]]:
    for token in tokens if isinstance(tokens, list) else []:
        text, logarithm = _mapping(token).get("token"), _mapping(token).get(name)
        if isinstance(text, str) and isinstance(logarithm, int | float):
            yield text, float(logarithm)


def _first(body: object, name: str) -> Mapping[str, Any]:
    found = _mapping(body).get(name)
    return _mapping(found[0]) if isinstance(found, list) and found else {}


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
