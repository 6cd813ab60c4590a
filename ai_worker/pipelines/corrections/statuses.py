"""The status numbers of `task` and `task_item`; the dictionary tables of the same name explain them to the
panel.
"""

from enum import IntEnum


class TaskStatus(IntEnum):
    """`task.status_id`."""

    NEW = 0
    IN_PROGRESS = 1
    COMPLETED = 2
    ERROR = 3
    CANCELLED = 4


class ItemStatus(IntEnum):
    """`task_item.status_id`."""

    PENDING = 0
    PROCESSED = 1
    PROCESSING = 2
    ERROR = 3
    ACCEPTED = 4
    REJECTED = 5
    EXPORTED = 6
    CANCELLED = 7
    REDACTION_MISMATCH = 8
    CONFLICT = 9


class ChangeStatus(IntEnum):
    """`task_item_change.status_id`."""

    PROPOSED = 0
    ACCEPTED = 1
    REJECTED = 2


def name_of(statuses: type[IntEnum], number: int) -> str:
    """The status's name; for a number that only other software knows, the number."""
    return {status.value: status.name for status in statuses}.get(number, str(number))


OPEN_ITEMS = (ItemStatus.PENDING, ItemStatus.PROCESSING)
FAILED_ITEMS = (ItemStatus.ERROR, ItemStatus.REDACTION_MISMATCH)
REVIEWED_ITEMS = (ItemStatus.ACCEPTED, ItemStatus.REJECTED, ItemStatus.EXPORTED, ItemStatus.CONFLICT)
DONE_ITEMS = (
    ItemStatus.PROCESSED,
    ItemStatus.ACCEPTED,
    ItemStatus.REJECTED,
    ItemStatus.EXPORTED,
    ItemStatus.CONFLICT,
)
