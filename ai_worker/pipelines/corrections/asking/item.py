"""The question about one item, and what of the answer is stored."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from ai_worker.engine.contract.row import Result
from ai_worker.errors import WorkError
from ai_worker.llm.asking import ask
from ai_worker.llm.errors import RedactionMismatch
from ai_worker.llm.model import Model
from ai_worker.llm.request import Request
from ai_worker.llm.tokens import estimate
from ai_worker.outbound.context import CallContext
from ai_worker.pipelines.corrections.asking.parts import PartStore, ask_in_parts, room
from ai_worker.pipelines.corrections.asking.prompt import Prompt, build
from ai_worker.pipelines.corrections.diff.change_rows import replacing
from ai_worker.pipelines.corrections.diff.changes import apply, diff
from ai_worker.pipelines.corrections.diff.summary import summarise, with_warnings
from ai_worker.pipelines.corrections.models import model_of
from ai_worker.pipelines.corrections.protection.mismatch import MarkupMismatch
from ai_worker.pipelines.corrections.protection.protecting import Protected, protect
from ai_worker.pipelines.corrections.remark import Remark
from ai_worker.pipelines.corrections.rows import ClaimedItem
from ai_worker.pipelines.corrections.warnings.checks import Work, warnings
from ai_worker.pipelines.corrections.warnings.warning_rows import replacing_warnings
from ai_worker.stores.mysql import Statement

_MISMATCHES = (MarkupMismatch, RedactionMismatch)
FORGET_PARTS = "DELETE FROM task_item_part WHERE id_task_item = %s"


def ask_about(
    item: ClaimedItem, context: CallContext, store: PartStore, still_wanted: Callable[[], None]
) -> Result:
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
    try:
        if item["kind"] == "analysis":
            return _analyse(item, model, context)
        return _ask(item, model, text, context, store, still_wanted)
    except WorkError as error:
        error.record.update(model_name=model.name)
        if isinstance(error, _MISMATCHES) and _is_same_again(item, error):
            # The next try would cost as much and end in the same way: this one is the last.
            error.retry = False
        raise


def _is_same_again(item: ClaimedItem, error: WorkError) -> bool:
    return (item.get("last_error_class"), item.get("last_error")) == (error.error_class, str(error))


def build_prompt(item: ClaimedItem | Mapping[str, Any], text: str) -> Prompt:
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


def _ask(
    item: ClaimedItem,
    model: Model,
    text: str,
    context: CallContext,
    store: PartStore,
    still_wanted: Callable[[], None],
) -> Result:
    protected = protect(text, item["format"], in_order=item["kind"] == "correction")
    most_tokens = room(model, lambda: build_prompt(item, ""))
    if most_tokens is None or estimate(protected.text) <= most_tokens:
        prompt = build_prompt(item, protected.text)
        reply = ask(model, prompt.request(), context)
        answer, remarks = protected.restore(prompt.read(reply.text))
        return _result(item, model, prompt.version, protected, answer, remarks)

    def build_part(piece: str) -> Prompt:
        return build_prompt(item, piece)

    answer, remarks = ask_in_parts(model, protected, most_tokens, build_part, context, store, still_wanted)
    result = _result(item, model, build_part("").version, protected, answer, remarks)
    return Result(result.fields, [*result.also, (FORGET_PARTS, (item["id_task_item"],))])


def _analyse(item: ClaimedItem, model: Model, context: CallContext) -> Result:
    prompt = build_prompt(item, item["text_original"] or "")
    asked = Request(prompt=prompt.user, system=prompt.system, json_schema=prompt.json_schema)
    reply = ask(model, asked, context)
    fields = {"result_data": json.dumps(reply.data, ensure_ascii=False), "change_summary": None}
    return Result({**fields, **_made_by(model, prompt.version)}, _no_changes(item))


def _result(
    item: ClaimedItem,
    model: Model,
    prompt_version: str,
    protected: Protected,
    answer: str,
    remarks: list[Remark],
) -> Result:
    text = item["text_original"] or ""
    changes = diff(text, answer) if item["kind"] == "correction" else []
    if item["kind"] == "correction":
        # Letters that are only composed otherwise are no change, so the answer has them as the text does.
        answer = apply(text, changes)
    work = Work(item["kind"], item["source_language"], item["target_language"], item["glossary"])
    words = protected.words(text), protected.words(answer)
    found = [*remarks, *warnings(work, text, answer, words, changes)]
    summary = summarise(changes) if item["kind"] == "correction" else None
    rows = replacing(item["id_task_item"], changes, had_any=bool(item["had_changes"]))
    return Result(
        {
            "text_corrected": answer,
            "change_summary": with_warnings(summary, found),
            **_made_by(model, prompt_version),
        },
        [*rows, *replacing_warnings(item["id_task_item"], found, had_any=bool(item["had_warnings"]))],
    )


def _no_changes(item: ClaimedItem) -> list[Statement]:
    return [
        *replacing(item["id_task_item"], [], had_any=bool(item["had_changes"])),
        *replacing_warnings(item["id_task_item"], [], had_any=bool(item["had_warnings"])),
    ]


def _made_by(model: Model, prompt_version: str) -> dict[str, Any]:
    return {"model_name": model.name, "prompt_version": prompt_version}
