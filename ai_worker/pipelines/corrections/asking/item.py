"""The question about one item, and what of the answer is stored."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from ai_worker.engine.contract.row import Result
from ai_worker.errors import WorkError
from ai_worker.llm.asking import ask
from ai_worker.llm.model import Model
from ai_worker.llm.request import Request
from ai_worker.llm.tokens import estimate
from ai_worker.outbound.context import CallContext
from ai_worker.pipelines.corrections.asking.parts import PartStore, ask_in_parts, room
from ai_worker.pipelines.corrections.asking.prompt import Prompt, build
from ai_worker.pipelines.corrections.change_rows import replacing
from ai_worker.pipelines.corrections.changes import bounded, diff
from ai_worker.pipelines.corrections.glossary import missing_terms
from ai_worker.pipelines.corrections.markup import MarkupMismatch, check
from ai_worker.pipelines.corrections.models import model_of
from ai_worker.pipelines.corrections.summary import summarise, summarise_translation
from ai_worker.stores.mysql import Statement

FORGET_PARTS = "DELETE FROM task_item_part WHERE id_task_item = %s"

Item = Mapping[str, Any]
"""A row of `task_item` as it was claimed, with its task and model."""


def ask_about(item: Item, context: CallContext, store: PartStore, still_wanted: Callable[[], None]) -> Result:
    """Ask the model about an item.

    Args:
        context: this attempt.
        store: where the answered parts of a long text are kept meanwhile.
        still_wanted: raises where the task was paused or cancelled meanwhile.

    Returns:
        The columns of `task_item`, and the item's changes as statements. What it took is in
        `context.spending`.

    Raises:
        WorkError: no answer, or none that may be stored.
    """
    text = item["text_original"] or ""
    if not text.strip():
        nothing = {
            "text_corrected": text,
            "change_summary": summarise([]),
            "tokens_input": 0,
            "tokens_output": 0,
        }
        return Result(nothing, _no_changes(item))
    model = model_of(item)
    most_tokens = room(model, build_prompt(item, "")) if item["kind"] != "analysis" else None
    try:
        if most_tokens is not None and estimate(text) > most_tokens:
            return _ask_in_parts(item, model, most_tokens, context, store, still_wanted)
        return _ask_whole(item, model, build_prompt(item, text), context)
    except WorkError as error:
        error.record.update(model_name=model.name)
        raise


def build_prompt(item: Item, text: str) -> Prompt:
    """The standing instruction of the task's kind, its description, and the text, fenced apart."""
    return build(
        kind=item["kind"],
        description=item["description"] or "",
        text=text,
        source_language=item["source_language"],
        target_language=item["target_language"],
        glossary=item["glossary"],
        schema=item["answer_schema"],
    )


def _ask_whole(item: Item, model: Model, prompt: Prompt, context: CallContext) -> Result:
    must_return = prompt.text if prompt.json_schema is None else None
    asked = Request(
        prompt=prompt.user, system=prompt.system, json_schema=prompt.json_schema, must_return=must_return
    )
    reply = ask(model, asked, context)
    if prompt.json_schema is None:
        return _read(item, model, prompt.version, prompt.read(reply.text))
    fields = {"result_data": json.dumps(reply.data, ensure_ascii=False), "change_summary": None}
    return Result({**fields, **_made_by(model, prompt.version)}, _no_changes(item))


def _ask_in_parts(
    item: Item,
    model: Model,
    most_tokens: int,
    context: CallContext,
    store: PartStore,
    still_wanted: Callable[[], None],
) -> Result:
    def prompt(piece: str) -> Prompt:
        return build_prompt(item, piece)

    answer = ask_in_parts(model, item["text_original"], most_tokens, prompt, context, store, still_wanted)
    result = _read(item, model, prompt("").version, answer)
    return Result(result.fields, [*result.also, (FORGET_PARTS, (item["id_task_item"],))])


def _read(item: Item, model: Model, prompt_version: str, corrected: str) -> Result:
    text = item["text_original"]
    if problems := check(text, corrected):
        raise MarkupMismatch(problems)
    fields = {"text_corrected": corrected, **_made_by(model, prompt_version)}
    if item["kind"] != "correction":
        summary = summarise_translation(missing_terms(item["glossary"], text, corrected))
        return Result({**fields, "change_summary": summary}, _no_changes(item))
    changes = bounded(text, diff(text, corrected))
    rows = replacing(item["id_task_item"], changes, had_any=bool(item["had_changes"]))
    return Result({**fields, "change_summary": summarise(changes)}, rows)


def _no_changes(item: Item) -> list[Statement]:
    return replacing(item["id_task_item"], [], had_any=bool(item["had_changes"]))


def _made_by(model: Model, prompt_version: str) -> dict[str, Any]:
    return {"model_name": model.name, "prompt_version": prompt_version}
