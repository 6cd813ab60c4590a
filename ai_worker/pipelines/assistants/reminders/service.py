"""Reminders as their users see them."""

from typing import Any

from ai_worker.errors import NotFound
from ai_worker.pipelines.assistants.reminders import repository
from ai_worker.stores.mysql import mysql


def of_user(user_id: str) -> list[dict[str, Any]]:
    """A user's reminders that are still to come."""
    with mysql().connection() as database:
        return repository.of_user(database, user_id)


def cancel(id_: str, user_id: str) -> None:
    """Cancel a user's reminder.

    Raises:
        NotFound: there is no active one, or it is another user's.
    """
    with mysql().connection() as database:
        if not repository.cancel(database, id_, user_id):
            raise NotFound("Reminder not found")
