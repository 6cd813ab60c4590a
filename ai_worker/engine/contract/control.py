"""Control of groups, by the same words for the command line, HTTP and the panel."""

from typing import Protocol


class Control(Protocol):
    """A pipeline's answer to an operator. `group` is the id of a task, a world, a loop as text.

    Every method raises NotFound for an unknown group and Conflict where its state forbids the step.
    """

    def knows(self, group: str) -> bool:
        """Return whether the pipeline has such a group."""
        ...

    def pause(self, group: str, reason: str) -> None:
        """Start no more rows until `resume`; calls under way end and are kept."""
        ...

    def resume(self, group: str) -> None:
        """Start rows again."""
        ...

    def stop(self, group: str) -> None:
        """End the group: calls under way end and are kept, no further row starts."""
        ...

    def cancel(self, group: str) -> int:
        """End the group now: open rows end as cancelled, answers under way are dropped. Returns the number of
        rows.
        """
        ...

    def retry(self, group: str, error_class: str | None = None) -> int:
        """Set failed rows pending again, those of one error class or all. Returns the number of rows."""
        ...
