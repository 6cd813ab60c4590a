"""The registry's bodies, with the names of the seed's API."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, AliasChoices, BaseModel, ConfigDict, Field, StringConstraints


def _storable(text: str) -> str:
    """MySQL's utf8mb4 holds no lone surrogate, and names with a NUL are no names."""
    text.encode("utf-8")
    if "\0" in text:
        raise ValueError("must not hold a NUL character")
    return text


Name = Annotated[str, StringConstraints(min_length=1, max_length=255), AfterValidator(_storable)]
Words = Annotated[str, StringConstraints(max_length=200_000), AfterValidator(_storable)]
Label = Annotated[str, StringConstraints(max_length=255), AfterValidator(_storable)]
Kind = Annotated[str, StringConstraints(max_length=50)]
KnownKind = Annotated[str, StringConstraints(max_length=50, pattern=r"^[a-z_]+$")]
Number = Annotated[int, Field(ge=0, le=2**63 - 1)]
Order = Literal["created_at", "-created_at", "updated_at", "-updated_at", "name", "-name"]


class AssistantNew(BaseModel):
    """An assistant to be added."""

    name: Name
    is_secretary: bool = False
    model: Name
    instructions: Words
    assistant_type: Kind = "llm"
    openai_assistant_id: Label | None = None
    is_active: bool = True


class AssistantChange(BaseModel):
    """Fields of an assistant; only those sent are changed."""

    name: Name = ""
    is_secretary: bool = False
    model: Name = ""
    instructions: Words = ""
    assistant_type: Kind = ""
    openai_assistant_id: Label | None = None
    is_active: bool = True


class AssistantOut(BaseModel):
    """An assistant."""

    id: UUID
    created_at: datetime
    updated_at: datetime
    name: str
    is_secretary: bool
    model: str
    instructions: str
    assistant_type: str
    openai_assistant_id: str | None
    is_active: bool


_TYPE = AliasChoices("tool_type", "type")


class ToolNew(BaseModel):
    """A tool to be added; `type` is taken for `tool_type`."""

    model_config = ConfigDict(populate_by_name=True)

    name: Name
    tool_type: Annotated[Kind, Field(validation_alias=_TYPE)]
    description: Words
    input_schema: Words
    assistant_id: UUID | None = None
    settings: dict[str, Any] | None = None
    is_active: bool = True


class ToolChange(BaseModel):
    """Fields of a tool; only those sent are changed. `type` is taken for `tool_type`."""

    model_config = ConfigDict(populate_by_name=True)

    name: Name = ""
    tool_type: Annotated[Kind, Field(validation_alias=_TYPE)] = ""
    description: Words = ""
    input_schema: Words = ""
    assistant_id: UUID | None = None
    settings: dict[str, Any] | None = None
    is_active: bool = True


class ToolOut(BaseModel):
    """A tool."""

    id: UUID
    created_at: datetime
    updated_at: datetime
    name: str
    tool_type: str
    description: str
    input_schema: str
    assistant_id: UUID | None
    settings: dict[str, Any] | None
    is_active: bool


class LinkedToolOut(ToolOut):
    """A tool of an assistant; `sub_assistant_id` is the link's."""

    sub_assistant_id: UUID | None


class LinkNew(BaseModel):
    """The link's own part of a tool."""

    sub_assistant_id: UUID | None = None


class Message(BaseModel):
    """The outcome of a change."""

    message: str


class Page(BaseModel):
    """A part of a list."""

    skip: Number = 0
    limit: Annotated[int, Field(ge=1, le=500)] = 100


class AssistantFilter(Page):
    """Filters and order of assistants."""

    order: Order = "created_at"
    is_active: bool | None = None
    is_secretary: bool | None = None
    assistant_type: KnownKind | None = None
    name: Label | None = None


class ToolFilter(Page):
    """Filters and order of tools."""

    order: Order = "created_at"
    is_active: bool | None = None
    tool_type: KnownKind | None = None
    assistant_id: UUID | None = None
    name: Label | None = None


class VersionOut(BaseModel):
    """A version of the configuration."""

    version: int
    created_at: datetime
    created_by: str
    note: str
    changes: list[dict[str, Any]]


class RestoreNote(BaseModel):
    """The reason why a version is restored."""

    note: Annotated[str, StringConstraints(max_length=400), AfterValidator(_storable)] = ""


class InForce(BaseModel):
    """The version in force after what was asked."""

    version: int


class WorkerOut(BaseModel):
    """A worker and the version that it runs."""

    worker: str
    version: int
    seconds_ago: float


class ConfigOut(BaseModel):
    """The version in force and those that the workers run; `workers` is null where Redis is away."""

    version: int
    workers: list[WorkerOut] | None
    converged: bool | None


class UsedBy(BaseModel):
    """The users of an assistant or a tool."""

    assistants: list[dict[str, str]]
    tools: list[dict[str, str]] = []
    threads: int = 0
    users: list[str] = []
