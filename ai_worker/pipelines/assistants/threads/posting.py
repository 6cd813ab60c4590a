"""A message of a user becomes a row of its thread."""

from dataclasses import dataclass
from uuid import uuid4

from ai_worker.errors import NotFound
from ai_worker.pipelines.assistants.registry.config import Assistant, Config
from ai_worker.pipelines.assistants.registry.rejected import Rejected, invalid
from ai_worker.pipelines.assistants.threads import repository
from ai_worker.stores.mysql import MySQLDatabase, Row, mysql, retrying

LONGEST_TEXT = 100_000


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message about to be stored.

    Args:
        source: `api`, `chat`, `queue` or `reminder`.
        request_key: of the sender; the same message handed in twice is one row.
        reply_shape: in which the queue of answers wants its answer; empty: not there.
        thread_id: where the sender names it; it must be the user's with this assistant.
    """

    user_id: str
    assistant_id: str
    text: str
    source: str
    request_key: str | None = None
    reply_shape: str = ""
    thread_id: str | None = None


def checked_assistant(config: Config, assistant_id: str) -> Assistant:
    """The assistant that a message is for.

    Raises:
        NotFound: there is none.
        Rejected: 409: it is switched off.
    """
    found = config.assistants.get(assistant_id)
    if found is None:
        raise NotFound("Assistant not found")
    if not found.is_active:
        raise Rejected(f"Assistant {found.name!r} is not active", status=409, word="inactive")
    return found


def checked_user(user_id: str) -> str:
    """A user's id that MySQL compares as it is written.

    Raises:
        Rejected: 422: it is empty, too long, or begins or ends with a space.
    """
    if not user_id or len(user_id) > 255 or user_id != user_id.strip() or "\0" in user_id:
        raise invalid("user_id: must be 1 to 255 characters, without a space at its ends", path="user_id")
    return user_id


def post(new: NewMessage) -> Row:
    """Store a message, and its thread at the first one. The same `request_key` gives the row of its first
    time.

    Raises:
        NotFound: the thread that the sender names is not there, or is another user's.
        Rejected: 422: the text or the user's id does not fit.
    """
    checked_user(new.user_id)
    if not new.text.strip() or len(new.text) > LONGEST_TEXT:
        raise invalid(f"text: must be 1 to {LONGEST_TEXT} characters", path="text")

    def once() -> Row:
        with mysql().connection() as database, database.transaction():
            return _posted(database, new)

    return retrying(once)


def post_within(database: MySQLDatabase, new: NewMessage) -> Row:
    """The same within a transaction of the caller's."""
    return _posted(database, new)


def _posted(database: MySQLDatabase, new: NewMessage) -> Row:
    thread = repository.ensure_thread(database, new.user_id, new.assistant_id, str(uuid4()), str(uuid4()))
    if new.thread_id is not None and new.thread_id != thread["thread_id"]:
        raise NotFound("Thread not found")
    values = {
        "thread_id": thread["thread_id"],
        "assistant_id": new.assistant_id,
        "user_id": new.user_id,
        "source": new.source,
        "text": new.text,
        "request_key": new.request_key,
        "reply_shape": new.reply_shape,
        "reply_due": bool(new.reply_shape),
    }
    id_message = repository.insert_message(database, values)
    found = (
        repository.message(database, id_message)
        if id_message is not None
        else repository.message_with_key(database, new.request_key or "")
    )
    if found is None:
        raise NotFound("Message not found")
    return found
