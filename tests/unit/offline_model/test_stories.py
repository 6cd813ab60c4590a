"""The offline model's stories, through each provider's dialect of our schemas."""

import json
from typing import Any

import pytest

from ai_worker.llm.request import Request
from ai_worker.llm.structured.gemini_schema import gemini_schema
from ai_worker.llm.structured.openai_schema import openai_schema
from ai_worker.llm.structured.schemas import in_dialect
from ai_worker.pipelines.worlds.answers.people import CharacterBatch, CharacterDetail
from ai_worker.pipelines.worlds.answers.posts import Post, PostBatch
from ai_worker.pipelines.worlds.answers.world import PicturePrompt, WorldDescription, WorldPictures
from devtools.offline_model.stories.tell import story

SCHEMAS = [CharacterBatch, CharacterDetail, PicturePrompt, Post, PostBatch, WorldDescription, WorldPictures]


def dialects(schema: Any) -> list[dict[str, Any]]:
    request = Request("x", schema=schema)
    of_openai, of_gemini = in_dialect(request, openai_schema), in_dialect(request, gemini_schema)
    assert of_openai is not None and of_gemini is not None
    return [of_openai[0], of_gemini[1]]


@pytest.mark.parametrize("schema", SCHEMAS)
def test_a_story_fits_its_schema_in_every_dialect(schema: Any) -> None:
    told = [story(dialect, "exactly 4 posts, exactly 4 characters", "seed") for dialect in dialects(schema)]
    assert told[0] == told[1]
    schema.model_validate_json(json.dumps(told[0]))


@pytest.mark.parametrize("count", [1, 3, 10])
def test_there_are_as_many_as_were_asked_for(count: int) -> None:
    people = story(
        dialects(CharacterBatch)[0], f"exactly {count} characters. They write 20 posts altogether", "s"
    )
    assert people is not None and len(people["characters"]) == count
    posts = story(dialects(PostBatch)[0], f"exactly {count} posts in outline", "s")
    assert posts is not None and len(posts["posts"]) == count
    assert len({post["topic"] for post in posts["posts"]}) == count


def test_other_questions_are_left_to_others() -> None:
    assert story({"properties": {"text_corrected": {}}}, "x", "s") is None
    assert story({}, "x", "s") is None
