"""Threads and messages as their users see them: always by user, so that one's conversation never reaches
another.
"""

from typing import Any
from uuid import uuid4

import orjson

from ai_worker.errors import NotFound
from ai_worker.pipelines.assistants.threads import repository
from ai_worker.pipelines.assistants.threads.posting import checked_user
from ai_worker.pipelines.assistants.threads.statuses import MessageStatus
from ai_worker.pipelines.assistants.wire.neutral import Item, from_json
from ai_worker.stores.mysql import MySQLPool, Row, mysql, retrying

TURNS = 200
"""The most earlier turns that are looked at."""


def thread(user_id: str, assistant_id: str) -> Row:
    """The thread of a user and an assistant.

    Raises:
        NotFound: there is none.
    """
    with mysql().connection() as database:
        found = repository.thread(database, user_id, assistant_id)
    if found is None:
        raise NotFound("Thread not found")
    return found


def opened_thread(user_id: str, assistant_id: str) -> Row:
    """The thread of a user and an assistant, made where there is none.

    Raises:
        Rejected: 422: the user's id does not fit.
    """
    checked_user(user_id)

    def once() -> Row:
        with mysql().connection() as database:
            return repository.ensure_thread(database, user_id, assistant_id, str(uuid4()), str(uuid4()))

    return retrying(once)


def threads(user_id: str, skip: int, limit: int) -> tuple[list[Row], int]:
    """A user's threads and how many there are."""
    with mysql().connection() as database:
        return repository.threads_of(database, user_id, skip, limit)


def message(assistant_id: str, id_message: int, user_id: str | None) -> dict[str, Any]:
    """A message with its answer.

    Args:
        user_id: whose it must be, where the client acts for one user.

    Raises:
        NotFound: it is not there, or another assistant's or user's.
    """
    with mysql().connection() as database:
        found = repository.message(database, id_message)
    if (
        found is None
        or found["assistant_id"] != assistant_id
        or (user_id is not None and found["user_id"] != user_id)
    ):
        raise NotFound("Message not found")
    return shown(found)


def turn(assistant_id: str, id_message: int) -> list[Item]:
    """The whole turn of an answered message; empty where there is none yet."""
    with mysql().connection() as database:
        found = repository.turn_of(database, assistant_id, id_message)
    return [from_json(item) for item in orjson.loads(found)] if found else []


def messages(thread_id: str, user_id: str, before: int | None, limit: int) -> list[dict[str, Any]]:
    """A thread's messages, the newest first.

    Raises:
        NotFound: the thread is not there, or another user's.
    """
    with mysql().connection() as database:
        found = repository.thread_named(database, thread_id)
        if found is None or found["user_id"] != user_id:
            raise NotFound("Thread not found")
        return [shown(row) for row in repository.messages_of(database, thread_id, before, limit)]


def history(pool: MySQLPool, thread_id: str, id_message: int) -> list[list[Item]]:
    """The earlier turns of a thread, the oldest first."""
    with pool.connection() as database:
        turns = repository.turns_before(database, thread_id, id_message, TURNS)
    return [[from_json(item) for item in orjson.loads(turn)] for turn in turns]


def shown(row: Row) -> dict[str, Any]:
    """A message as clients see it."""
    status = MessageStatus(row["status_id"])
    return {
        "id": row["id_message"],
        "thread_id": row["thread_id"],
        "assistant_id": row["assistant_id"],
        "user_id": row["user_id"],
        "source": row["source"],
        "text": row["text"],
        "status": status.name.lower(),
        "response": row["response"],
        "version": row["config_version"],
        "model": row["model_name"],
        "stopped_by": row["stopped_by"],
        "tokens_input": row["tokens_input"],
        "tokens_output": row["tokens_output"],
        "cost": None if row["cost"] is None else str(row["cost"]),
        "error": {"class": row["error_class"], "text": row["error"]}
        if status is MessageStatus.ERROR
        else None,
        "waits": row["error"] if status is MessageStatus.PENDING else None,
        "steps": steps_in(row["checkpoints"]),
        "created_at": row["created_at"],
        "processed_at": row["processed_at"],
    }


def steps_in(checkpoints: str | None) -> list[str]:
    """The names of the steps done so far, in their order."""
    if not checkpoints:
        return []
    found = orjson.loads(checkpoints)
    return [str(name) for name in found] if isinstance(found, dict) else []
