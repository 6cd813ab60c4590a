"""Asking the question of an entry, wherever entries are kept."""

from collections.abc import Callable, Mapping
from typing import Any

from ai_worker.errors import BadRequest
from ai_worker.llm.asking import ask
from ai_worker.llm.errors import EmptyAnswer, Truncated
from ai_worker.llm.logprobs import first_token_logprobs
from ai_worker.llm.model import Model
from ai_worker.llm.reasoning import split_reasoning
from ai_worker.llm.request import Answer, Request, Turn
from ai_worker.llm.response_text import text_of
from ai_worker.outbound.context import CallContext
from ai_worker.pipelines.evaluations.entries import RTA
from ai_worker.pipelines.evaluations.scoring import Kind, Verdict
from ai_worker.pipelines.evaluations.scoring.verdicts import fields_of, fresh, metric_of
from ai_worker.stores.mongo import Document


class SaidNothing(EmptyAnswer):
    """An empty answer, which stays: asked again, a model says most likely as little, for the same money."""

    error_class = "empty_answer"
    retry = False


def ask_entry(
    entry: Mapping[str, Any], model: Model, context: CallContext, now: Callable[[], Any]
) -> Document:
    """Ask an entry's model.

    Args:
        now: gives the store's time.

    Returns:
        The fields of the answered entry: the response, its verdict, when it came.

    Raises:
        WorkError: no answer, or none that counts; what there is of a truncated one is in its record.
    """
    request = request_of(entry)
    try:
        return _scored(entry, _result(entry, model, ask(model, request, context), now()))
    except Truncated as fault:
        if not entry.get("score_truncated") or not fault.text.strip():
            fault.record["response"] = fault.text or None
            raise
        kept = {"response": fault.body if model.provider == "prompt_api" else fault.text, "truncated": True}
        return _scored(entry, {**kept, "answered_at": now()})
    except EmptyAnswer as fault:
        raise SaidNothing(str(fault), usage=fault.usage) from fault


def request_of(entry: Mapping[str, Any]) -> Request:
    """The question that an entry asks. A judge reads the text of the answer without
    its reasoning, whatever form it was stored in.

    Raises:
        BadRequest: the entry lacks a prompt, or its variables are not a document.
    """
    prompt, variables = entry.get("prompt"), entry.get("variables") or {}
    if not isinstance(prompt, str) or not prompt:
        raise BadRequest("the entry has no prompt")
    if not isinstance(variables, Mapping):
        raise BadRequest("the entry's variables are not a document of names and values")
    if "source_id" in entry and "answer" in variables:
        variables = {**variables, "answer": split_reasoning(text_of(variables["answer"])).answer or ""}
    return Request(
        prompt=prompt,
        variables=variables,
        system=entry.get("system"),
        turns=tuple(Turn(turn["role"], turn["content"]) for turn in entry.get("messages") or ()),
        temperature=entry.get("temperature"),
        seed=entry.get("seed"),
        max_output_tokens=entry.get("max_tokens"),
        stop=tuple(entry.get("stop") or ()),
        logprobs=bool(entry.get("logprobs_wanted")),
    )


def _result(entry: Mapping[str, Any], model: Model, reply: Answer, now: Any) -> Document:
    logprobs = first_token_logprobs(reply.body) if entry.get("logprobs_wanted") else {}
    kept = [{"token": token, "logprob": logarithm} for token, logarithm in logprobs.items()]
    return {
        **({"logprobs": kept} if kept else {}),
        "response": reply.body if model.provider == "prompt_api" else _with_reasoning(reply),
        "latency": round(reply.latency, 4),
        "answered_at": now,
    }


def _with_reasoning(reply: Answer) -> str:
    """The stored form of an answer: readers of an evaluation want to see what the model thought."""
    return f"<think>{reply.reasoning}</think>{reply.text}" if reply.reasoning else reply.text


def _scored(entry: Mapping[str, Any], result: Document) -> Document:
    """The result with its score; an answer that judges shall read is open until they have."""
    metric = metric_of(entry)
    judged = metric == RTA and "source_id" not in entry
    verdict = Verdict(Kind.OPEN) if judged else fresh({**entry, **result})
    return {**result, **fields_of(verdict, metric, result["answered_at"])}
