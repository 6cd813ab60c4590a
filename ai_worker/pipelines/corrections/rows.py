"""Rows of corrections by their columns, so that a column's name is checked where a row is read."""

from datetime import datetime
from decimal import Decimal
from typing import Any, TypedDict


class ItemRow(TypedDict):
    """A row of `task_item`."""

    id_task_item: int
    id_task: int
    text_original: str | None
    text_corrected: str | None
    change_summary: str | None
    tokens_input: int | None
    tokens_output: int | None
    status_id: int
    result_data: str | None
    cost: Decimal | None
    source_id: str | None
    prompt_version: str | None
    model_name: str | None
    operation_uuid: str | None
    error_class: str | None
    error: str | None
    reviewed_by: str | None
    reviewed_at: datetime | None
    exported_at: datetime | None
    created_at: datetime
    processed_at: datetime | None
    due_at: datetime | None
    lease_token: str | None
    attempts: int
    lost: int
    first_attempt_at: datetime | None


class ReviewedItem(TypedDict):
    """The columns of `task_item` that a review reads, with the kind of the task."""

    id_task_item: int
    id_task: int
    status_id: int
    text_original: str | None
    text_corrected: str | None
    result_data: str | None
    change_summary: str | None
    operation_uuid: str | None
    model_name: str | None
    prompt_version: str | None
    source_id: str | None
    error: str | None
    reviewed_by: str | None
    reviewed_at: datetime | None
    exported_at: datetime | None
    kind: str


class TaskState(TypedDict):
    """The state of an item's task; None where the task was deleted."""

    id_task: int
    task_found: int | None
    task_status: int | None
    paused_at: datetime | None


class ClaimedItem(TaskState):
    """A row of `task_item` as it was claimed, with its task and model."""

    id_task_item: int
    attempts: int
    age_seconds: Any
    held_by: Any
    text_original: str | None
    tokens_input: int | None
    tokens_output: int | None
    cost: Decimal | None
    kind: str
    description: str | None
    source_language: str | None
    target_language: str | None
    glossary: str | None
    answer_schema: str | None
    budget: Decimal | None
    id_ai_model: int | None
    model_found: int | None
    provider: str | None
    asked_model: str | None
    api_key_encrypted: bytes | None
    api_key_iv: bytes | None
    requests_per_minute: int | None
    tokens_per_minute: int | None
    in_flight: int | None
    price_input: Decimal | None
    price_output: Decimal | None
    price_cached: Decimal | None
    max_input_tokens: int | None
    max_output_tokens: int | None
    deadline_seconds: int | None
    is_active: int | None
    base_url: str | None
    settings: Any
    last_error_class: str | None
    last_error: str | None
    format: str | None
    had_changes: int
    had_warnings: int
