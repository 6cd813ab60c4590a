"""The schemas of answers, as providers get them."""

import json

import pytest
from pydantic import BaseModel

from ai_worker.llm.request import Request
from ai_worker.llm.structured.gemini_schema import gemini_schema
from ai_worker.llm.structured.schemas import in_dialect
from ai_worker.pipelines.worlds.answers.people import CharacterBatch, CharacterDetail
from ai_worker.pipelines.worlds.answers.posts import Post, PostBatch
from ai_worker.pipelines.worlds.answers.world import PicturePrompt, WorldDescription, WorldPictures
from tests.worlds import answers

SCHEMAS: list[type[BaseModel]] = [
    CharacterBatch,
    CharacterDetail,
    PicturePrompt,
    Post,
    PostBatch,
    WorldDescription,
    WorldPictures,
]


@pytest.mark.parametrize("schema", SCHEMAS)
def test_no_bound_on_items_is_sent_to_gemini(schema: type[BaseModel]) -> None:
    """Row 14: it answers 400 without naming the field."""
    sent = json.dumps(in_dialect(Request("x", schema=schema), gemini_schema))
    assert "minItems" not in sent
    assert "maxItems" not in sent


def test_a_long_biography_is_shortened() -> None:
    assert len(CharacterDetail.model_validate(answers.character(1)).bio) == 200
