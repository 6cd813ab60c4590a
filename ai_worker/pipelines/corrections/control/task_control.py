"""Correction tasks as groups that an operator controls; see `Control` for what each method promises."""

from ai_worker.pipelines.corrections.control import control
from ai_worker.pipelines.corrections.service import repository


class TaskControl:
    """A group is a task, named by its id."""

    def knows(self, group: str) -> bool:
        """Return whether there is such a task."""
        return group.isdecimal() and repository().fetch_task(int(group)) is not None

    def pause(self, group: str, reason: str) -> None:
        """Start no more items until `resume`."""
        control.pause(int(group), reason)

    def resume(self, group: str) -> None:
        """Start items again."""
        control.resume(int(group), "hand")

    def stop(self, group: str) -> None:
        """Cancel the items that wait; answers under way are kept, and the task completes with them."""
        control.stop(int(group), "hand")

    def cancel(self, group: str) -> int:
        """Cancel the task with all of its open items."""
        return control.cancel(int(group), "hand")

    def retry(self, group: str, error_class: str | None = None) -> int:
        """Set failed items pending again."""
        if error_class is not None:
            control.check_error_class(int(group), error_class)
        return control.retry(int(group), "hand", error_class=error_class)
