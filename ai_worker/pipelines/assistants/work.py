"""A row's work: one message of a user, answered."""

import logging
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import orjson

from ai_worker.engine.contract.row import Claim, Result
from ai_worker.errors import BadRequest
from ai_worker.kit.attempt import Attempt
from ai_worker.outbound.records.mysql_records import mysql_records
from ai_worker.pipelines.assistants.conversation.asking import AskedModels
from ai_worker.pipelines.assistants.conversation.loop import converse
from ai_worker.pipelines.assistants.conversation.steps import Steps
from ai_worker.pipelines.assistants.conversation.turn import Bounds, Models, Ports, Spent, Turn, TurnResult
from ai_worker.pipelines.assistants.options import options
from ai_worker.pipelines.assistants.registry.cache import ConfigCache, config_cache
from ai_worker.pipelines.assistants.registry.config import Assistant, Config
from ai_worker.pipelines.assistants.reminders.store import StoredReminders
from ai_worker.pipelines.assistants.threads.reading import history
from ai_worker.pipelines.assistants.wire.neutral import Item, ModelSays, to_json
from ai_worker.stores.mysql import MySQLPool, mysql

log = logging.getLogger(__name__)


class AssistantGone(BadRequest):
    """The assistant was deleted or switched off before the message's turn came."""

    error_class = "assistant_gone"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The parts of the process that a row's work needs.

    Args:
        models: asked in place of the catalogue's, by tests.
    """

    pool: MySQLPool
    cache: ConfigCache
    models: Models | None = None

    @classmethod
    def of_process(cls) -> "Surroundings":
        """Those of this process."""
        return cls(mysql(), config_cache())


def answer(claim: Claim, steps: Steps, around: Surroundings) -> Result:
    """Answer a claimed message.

    The turn keeps the version with which it began, also when it is tried again: its steps were made under it.
    Until a model has answered there is no step, and a message that waits, e.g. for a closed model, is
    answered by the newest.

    Raises:
        WorkError: there is no answer; the steps done so far are kept.
    """
    fields = claim.fields
    version = int(steps.once("version", lambda: around.cache.current().version, late=True))
    config = around.cache.at(version)
    assistant = _assistant(config, fields["assistant_id"])
    spent = Spent()
    attempt = _attempt(claim)
    ports = Ports(
        around.models or AskedModels(attempt.context, options().assistants_history_tokens),
        StoredReminders(around.pool, fields["reply_shape"]),
        datetime.now(UTC),
        options().tool_seconds,
    )
    turn = Turn(
        config=config,
        assistant=assistant,
        user_id=fields["user_id"],
        text=fields["text"],
        key=f"message_{fields['id_message']}",
        bounds=bounds(),
        history=history(around.pool, fields["thread_id"], fields["id_message"]),
    )
    with attempt.recorded():
        result = converse(turn, ports, steps, spent)
    log.info("[Message %s] answered at version %d with %d calls", claim.row_id, version, spent.calls)
    return Result(_fields(result, spent, version, attempt))


def bounds() -> Bounds:
    """The bounds that the settings give a turn."""
    found = options()
    return Bounds(
        rounds=found.assistants_max_rounds,
        calls=found.assistants_max_calls,
        seconds=found.assistants_turn_seconds,
        money=found.assistants_turn_budget,
        depth=found.assistants_max_depth,
    )


def _assistant(config: Config, assistant_id: str) -> Assistant:
    found = config.assistants.get(assistant_id)
    if found is None:
        raise AssistantGone("Assistant not found: it was deleted after the message was sent")
    if not found.is_active:
        raise AssistantGone(f"assistant {found.name!r} is not active")
    return found


def _attempt(claim: Claim) -> Attempt:
    return Attempt.of(
        claim,
        pipeline="assistants",
        task=str(claim.fields["assistant_id"]),
        records=mysql_records(),
        redact=options().assistants_redact,
    )


def _fields(result: TurnResult, spent: Spent, version: int, attempt: Attempt) -> dict[str, Any]:
    turn = [to_json(_lasting(item)) for item in result.items]
    taken = attempt.fields
    # Of an attempt that crashed only its kept steps are known.
    tokens = {"tokens_input": spent.usage.input, "tokens_output": spent.usage.output}
    return {
        "response": result.text,
        "turn": orjson.dumps(turn).decode(),
        "config_version": version,
        "model_name": result.model,
        "stopped_by": result.stopped_by,
        "operation_uuid": taken["operation_uuid"],
        **{name: max(count, taken.get(name, 0)) for name, count in tokens.items()},
        "cost": max((cost for cost in (spent.cost, taken.get("cost")) if cost is not None), default=None),
    }


def _lasting(item: Item) -> Item:
    """An item as later turns need it: the provider's own part is for its own turn."""
    return replace(item, raw=None, made_by="") if isinstance(item, ModelSays) else item
