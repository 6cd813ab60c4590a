"""The items that a reviewer works through: a filter that lives in the URL."""

from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field

from ai_worker.pipelines.corrections.statuses import ItemStatus

REVIEWABLE = ("PROCESSED", "ACCEPTED", "REJECTED", "CONFLICT", "EXPORTED", "ERROR", "REDACTION_MISMATCH")
NO_CHANGES = "no changes"
"""`change_summary` of an answer that is the source."""
MEANING = "%% change%%: meaning %%"
"""`change_summary` begins with the changes that need a second look, if there are any."""
LONGEST_ID = 2**63 - 1

Status = Literal["PROCESSED", "ACCEPTED", "REJECTED", "CONFLICT", "EXPORTED", "ERROR", "REDACTION_MISMATCH"]
Word = Annotated[str, Field(max_length=190)]


class ReviewFilter(BaseModel):
    """The filter of a query string.

    Args:
        task: 0: the oldest task that has answers to review.
        changed: `yes` or `no`: answers that differ from their source, or do not.
        warning: only answers with a change of a number, a negation or much of a sentence.
        search: a part of either text.
    """

    model_config = ConfigDict(frozen=True)

    task: int = Field(0, ge=0, le=LONGEST_ID)
    status: Status = "PROCESSED"
    changed: Literal["", "yes", "no"] = ""
    warning: bool = False
    model: Word = ""
    prompt_version: Annotated[str, Field(max_length=64)] = ""
    search: Word = ""

    @property
    def is_narrow(self) -> bool:
        """True if more than task and status is asked for, so that an index alone does not find the items."""
        return bool(self.changed or self.warning or self.model or self.prompt_version or self.search)

    @property
    def query(self) -> str:
        """The filter as a query string, what is left at its default left out."""
        given: dict[str, Any] = {
            name: value for name, value in self if value != type(self).model_fields[name].default
        }
        return urlencode({name: "1" if value is True else value for name, value in given.items()})

    def address(self, path: str, **further: object) -> str:
        """A path with this filter behind it."""
        parts = [part for part in (self.query, urlencode(further)) if part]
        return f"/panel/corrections/{path}" + (f"?{'&'.join(parts)}" if parts else "")

    def conditions(self) -> tuple[str, list[object]]:
        """The narrow part as SQL: what stands behind task and status, with its values."""
        parts: list[str] = []
        values: list[object] = []
        if self.changed:
            parts.append(f"change_summary {'=' if self.changed == 'no' else '<>'} %s")
            values.append(NO_CHANGES)
        if self.warning:
            parts.append(f"change_summary LIKE '{MEANING}'")
        for name, value in (("model_name", self.model), ("prompt_version", self.prompt_version)):
            if value:
                parts.append(f"{name} = %s")
                values.append(value)
        if self.search:
            # One comparison of both texts takes half the time of two.
            parts.append("CONCAT_WS('\n', text_original, text_corrected) LIKE %s")
            values.append(f"%{_literal(self.search)}%")
        return "".join(f" AND {part}" for part in parts), values

    @property
    def status_id(self) -> int:
        """The status's number."""
        return int(ItemStatus[self.status])


Filter = Annotated[ReviewFilter, Query()]


def _literal(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
