"""A text over the model's limit: asked about in parts, joined without loss.

Markup and personal data are hidden in the whole text before it is cut, so that a cut cannot part a number
from the word that tells what it is, or code in two. The parts hold placeholders, and asking hides those of
personal data as it does everything. Answered parts are kept until the item is done: a limit, a pause or a
crash in the middle of a long text costs no part twice.

They are rows of `task_item_part` and not `Checkpoints` of the item, which would keep less. A checkpoint is
written under the row's fence: the part of a late owner, which is paid for, would be lost. All checkpoints of
a row are written anew with each step: the bytes written would grow with the square of the text. And parts
that lost their markup must be forgotten one by one.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from ai_worker.errors import BadRequest
from ai_worker.llm.asking import ask
from ai_worker.llm.model import Model
from ai_worker.llm.request import Request
from ai_worker.llm.tokens import estimate
from ai_worker.outbound.context import CallContext
from ai_worker.outbound.usage import Usage
from ai_worker.pipelines.corrections.asking.prompt import Prompt
from ai_worker.pipelines.corrections.asking.splitting import split
from ai_worker.pipelines.corrections.protection.marks import lost_marks
from ai_worker.pipelines.corrections.protection.mismatch import MarkupMismatch
from ai_worker.pipelines.corrections.protection.protecting import Protected
from ai_worker.pipelines.corrections.remark import Remark

LEAST_ROOM = 32
"""Tokens. Where less is left for text, its sentences would be cut to pieces."""
OUTPUT_SHARE = 2 / 3
"""Of the longest answer that a part may fill: a translation may be half again as long as its text."""


@dataclass(frozen=True, slots=True)
class Part:
    """The result of one part.

    Args:
        answer: still with the placeholders of the whole text's personal data.
    """

    answer: str
    usage: Usage
    cost: Decimal | None


class PartStore(Protocol):
    """The store of answered parts until their item is done."""

    def kept(self, id_task_item: int) -> Mapping[str, str]:
        """The answers so far, by the digests of their parts."""
        ...

    def keep(self, id_task_item: int, digest: str, part: Part) -> None:
        """Remember a part, and what it took, should the process end before the item does."""
        ...

    def forget(self, id_task_item: int, digests: Sequence[str]) -> None:
        """Forget parts that were no usable answer."""
        ...


class NoStore:
    """Of a dry run, which writes nothing."""

    def kept(self, id_task_item: int) -> Mapping[str, str]:
        """Nothing."""
        return {}

    def keep(self, id_task_item: int, digest: str, part: Part) -> None:
        """Nothing is kept."""

    def forget(self, id_task_item: int, digests: Sequence[str]) -> None:
        """Do nothing: there is nothing to forget."""


def room(model: Model, frame: Callable[[], Prompt]) -> int | None:
    """The most tokens of text that one question may hold; None where the model has no known limit.

    Args:
        frame: makes the question without its text.

    Raises:
        BadRequest: instructions and glossary leave too little.
    """
    rooms = []
    if model.max_input_tokens is not None:
        empty = frame()
        rooms.append(model.max_input_tokens - estimate(empty.system) - estimate(empty.user))
    if model.max_output_tokens is not None:
        rooms.append(int(model.max_output_tokens * OUTPUT_SHARE))
    if rooms and min(rooms) < LEAST_ROOM:
        raise BadRequest(
            f"{model.name} takes {model.max_input_tokens} tokens and gives {model.max_output_tokens}: "
            f"beside the instructions and the glossary there is no room for {LEAST_ROOM} tokens of text"
        )
    return min(rooms, default=None)


def ask_in_parts(
    model: Model,
    protected: Protected,
    most_tokens: int,
    build: Callable[[str], Prompt],
    context: CallContext,
    store: PartStore,
    still_wanted: Callable[[], None],
) -> tuple[str, list[Remark]]:
    """The answer to a long text, and what of its markup a reviewer must look at.

    Args:
        most_tokens: that one part may have.
        build: the question about one part.
        still_wanted: called before each question; raises where the task was paused or cancelled meanwhile.

    Raises:
        WorkError: a part has no usable answer, or the parts together lack some of the text's markup.
    """
    from ai_worker.llm.redaction.question import hide  # noqa: PLC0415 - of rows alone; see `load_redaction`

    whole = hide(Request(prompt=protected.text, must_return=protected.text))
    prompts = [build(piece) for piece in split(whole.request.prompt, most_tokens)]
    kept = dict(store.kept(int(context.row)))
    answers = [_answered(model, prompt, context, kept, store, still_wanted) for prompt in prompts]
    try:
        return protected.restore(whole.restore("".join(answers)))
    except MarkupMismatch:
        store.forget(int(context.row), _at_fault(model, prompts, answers))
        raise


def _at_fault(model: Model, prompts: Sequence[Prompt], answers: Sequence[str]) -> list[str]:
    """The parts that lost placeholders; all of them where none did by itself."""
    asked = [
        (_digest(model, prompt), lost_marks(prompt.text, answer))
        for prompt, answer in zip(prompts, answers, strict=True)
    ]
    return [digest for digest, lost in asked if lost] or [digest for digest, _ in asked]


def _answered(
    model: Model,
    prompt: Prompt,
    context: CallContext,
    kept: dict[str, str],
    store: PartStore,
    still_wanted: Callable[[], None],
) -> str:
    if not prompt.text.strip():
        return prompt.text
    digest = _digest(model, prompt)
    if digest not in kept:
        still_wanted()
        reply = ask(model, prompt.request(), context)
        part = Part(prompt.read(reply.text), reply.usage, reply.cost)
        store.keep(int(context.row), digest, part)
        kept[digest] = part.answer
    return kept[digest]


def _digest(model: Model, prompt: Prompt) -> str:
    """Of everything that decides the answer: only the code in the fences is new for every question."""
    question = "\x1f".join((model.key, prompt.version, prompt.user.replace(prompt.code, "")))
    return hashlib.sha256(question.encode("utf-8", "surrogatepass")).hexdigest()
