"""A call that left: a document of `api_requests_history`.

`error` is left out on success, so that `{error: {$exists: true}}` finds the calls that failed and no others.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import uuid4

ApiType = Literal["llm", "image", "service", "grpc"]


@dataclass(frozen=True, slots=True)
class ApiRequest:
    """One call.

    Args:
        request_type: `generate_structured_content`, `generate_image`, `post-service_CreateAIPost` and the
            like.
        duration_ms: from the first byte out to the last byte in.
    """

    api_type: ApiType
    task_id: str
    world_id: str
    request_type: str
    request_data: Mapping[str, Any]
    response_data: Mapping[str, Any] | None
    duration_ms: int
    error: str | None = None

    def document(self, now: datetime) -> dict[str, Any]:
        """The document to insert."""
        error = {} if self.error is None else {"error": self.error}
        return {
            "_id": str(uuid4()),
            "api_type": self.api_type,
            "task_id": self.task_id or "manual",
            "world_id": self.world_id or "unknown",
            "request_type": self.request_type,
            "request_data": dict(self.request_data),
            "response_data": None if self.response_data is None else dict(self.response_data),
            "duration_ms": self.duration_ms,
            "created_at": now,
            **error,
        }
