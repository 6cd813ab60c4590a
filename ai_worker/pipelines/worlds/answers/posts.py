"""The answers about posts: a batch of ideas, and one post whole."""

from pydantic import BaseModel, Field


class Idea(BaseModel):
    """A post in outline."""

    topic: str = Field(min_length=1)
    content_brief: str
    emotional_tone: str = ""
    post_type: str = ""
    relevance_to_character: str = ""


class PostBatch(BaseModel):
    """Posts in outline; how many there are is checked afterwards."""

    posts: list[Idea]
    narrative_arc: str = ""
    character_development: str = ""
    posting_schedule: list[str] = Field(default_factory=list)
    recurring_themes: list[str] = Field(default_factory=list)


class Post(BaseModel):
    """A post, whole."""

    content: str = Field(min_length=1)
    image_prompt: str | None = None
    image_style: str | None = None
    hashtags: list[str] = Field(default_factory=list)
    mood: str = ""
    context: str = ""
    mentions: list[str] = Field(default_factory=list)
    location: str | None = None
    time_of_day: str | None = None
