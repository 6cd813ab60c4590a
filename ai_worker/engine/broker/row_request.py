"""Events of row tasks for Flower: one row in `ONE_IN`, and rows that failed for good.

Events of every row would double what a row costs. A sampled row sends all of its events at its end of a step;
the others send none, so Flower's numbers of rows are a sample, and the truth is in the rows.
"""

import time
from itertools import count
from typing import Any

from celery.worker.request import Request

ONE_IN = 100
FAILURES_A_SECOND = 5.0
PANEL = "/panel/requests?row="


class RowRequest(Request):  # type: ignore[misc]  # Celery has no types.
    """The request of a row task; the worker makes one for each message.

    Celery asks `task.send_events`, which is False, before it sends `task-received`, and leaves all other
    events to `send_event`.
    """

    _numbers = count()
    _next_failure = 0.0

    def send_event(self, type: str, **fields: Any) -> None:
        """Send the event if the row is in the sample, or if it tells of a failure."""
        if not (self._eventer and self._eventer.enabled):
            return
        if type == "task-started":
            self._sampled = next(RowRequest._numbers) % ONE_IN == 0
            if self._sampled:
                self._receive()
                self._send(type, **fields)
        elif type == "task-succeeded" and fields.get("result") == "failed":
            if self._is_told():
                self._send("task-failed", exception=FAILED, traceback="", timestamp=time.time())
        elif type == "task-failed":
            if self._is_told():
                self._send(type, **fields)
        elif getattr(self, "_sampled", False):
            self._send(type, **fields)

    def _is_told(self) -> bool:
        """Decide if this failure is sent: one of the sample, or few enough a second. Its beginning is sent
        late where it was not sent before.
        """
        if getattr(self, "_sampled", False):
            return True
        now = time.monotonic()
        if now < RowRequest._next_failure:
            return False
        RowRequest._next_failure = now + 1 / FAILURES_A_SECOND
        self._receive()
        return True

    def _receive(self) -> None:
        """Send what Celery would have sent when the message came: the name, the row, and its page."""
        *address, row_id, _ = self.args or ("", "")
        page = {"panel": f"{PANEL}{row_id.get('$oid', row_id) if isinstance(row_id, dict) else row_id}"}
        told = {"name": self.name, "args": repr((*address, row_id)), "kwargs": repr(page)}
        self._send("task-received", **told, retries=0, eta=None, expires=None)

    def _send(self, type: str, **fields: Any) -> None:
        self._eventer.send(type, uuid=self.id, **fields)


FAILED = "the row failed for good; its page in the panel has the class and the message"
