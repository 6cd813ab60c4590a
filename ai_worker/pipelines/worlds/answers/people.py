"""The answers about people: a batch of characters in outline, and one of them whole."""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, Field


def _shortened(value: object) -> object:
    """A biography of the length that the platform shows."""
    return value[:BIO_LENGTH] if isinstance(value, str) else value


BIO_LENGTH = 200


class Concept(BaseModel):
    """A character in outline."""

    concept: str = Field(min_length=1)
    role_in_world: str
    posts_count: int = 0
    personality_traits: list[str] = Field(default_factory=list)
    interests: list[str] = Field(default_factory=list)
    concept_short: str = ""
    id: str = ""


class Connection(BaseModel):
    """A tie between two characters."""

    character1_name: str
    character2_name: str
    connection_type: str
    description: str = ""


class CharacterBatch(BaseModel):
    """Characters in outline; how many there are is checked afterwards."""

    characters: list[Concept]
    world_interpretation: str = ""
    character_connections: list[Connection] = Field(default_factory=list)
    common_stories_and_events: list[str] = Field(default_factory=list)


class Relationship(BaseModel):
    """A tie to another character."""

    username: str
    relationship_type: str
    description: str = ""


class CharacterDetail(BaseModel):
    """A character, whole."""

    username: str
    display_name: str = Field(min_length=1)
    bio: Annotated[str, BeforeValidator(_shortened)]
    background_story: str = ""
    personality: str
    appearance: str
    interests: list[str]
    speaking_style: str
    common_topics: list[str] = Field(default_factory=list)
    avatar_description: str
    avatar_style: str = ""
    relationships: list[Relationship] = Field(default_factory=list)
    secret: str = ""
    daily_routine: str = ""
