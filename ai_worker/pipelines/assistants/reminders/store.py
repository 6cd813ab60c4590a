"""The reminder tool's store."""

from ai_worker.pipelines.assistants.reminders import repository
from ai_worker.pipelines.assistants.tools.contract import NewReminder
from ai_worker.stores.mysql import MySQLPool


class StoredReminders:
    """Reminders in MySQL.

    Args:
        reply_shape: of the message in which they are set: they are delivered the same way.
    """

    def __init__(self, pool: MySQLPool, reply_shape: str = "") -> None:
        self._pool = pool
        self._reply_shape = reply_shape

    def add(self, reminder: NewReminder) -> str:
        """See `Reminders`."""
        with self._pool.connection() as database:
            repository.insert(database, reminder, self._reply_shape)
        return reminder.id

    def has(self, id_: str) -> bool:
        """See `Reminders`."""
        with self._pool.connection() as database:
            return repository.has(database, id_)
