"""The statuses of a message, as `assistant_message_status` lists them."""

from enum import IntEnum


class MessageStatus(IntEnum):
    """`assistant_message.status_id`."""

    PENDING = 0
    ANSWERED = 1
    PROCESSING = 2
    ERROR = 3
    CANCELLED = 7

    @property
    def is_final(self) -> bool:
        """True when the message has its answer, or will never have one."""
        return self in (MessageStatus.ANSWERED, MessageStatus.ERROR, MessageStatus.CANCELLED)
