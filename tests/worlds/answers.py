"""Answers of a model of worlds, by schema: different at each call, complete, as many as asked for."""

from typing import Any

from pydantic import BaseModel

from ai_worker.pipelines.worlds.answers.people import CharacterBatch, CharacterDetail
from ai_worker.pipelines.worlds.answers.posts import Post, PostBatch
from ai_worker.pipelines.worlds.answers.world import PicturePrompt, WorldDescription, WorldPictures


def world() -> dict[str, Any]:
    plain = [
        "name",
        "description",
        "theme",
        "technology_level",
        "social_structure",
        "culture",
        "geography",
        "visual_style",
        "history",
    ]
    return {
        **{name: f"the {name}" for name in plain},
        "notable_locations": [{"name": "Pier", "description": "old"}],
    }


def character(number: int, **changed: Any) -> dict[str, Any]:
    texts = ["personality", "appearance", "speaking_style", "avatar_description", "background_story"]
    return {
        "username": f"aria_{number}",
        "display_name": f"Aria {number}",
        "bio": "b" * 300,
        "interests": ["tea"],
        **{name: f"{name} {number}" for name in texts},
        **changed,
    }


def concepts(count: int, posts: int = 1) -> dict[str, Any]:
    return {
        "characters": [{"concept": f"c{n}", "role_in_world": "r", "posts_count": posts} for n in range(count)]
    }


def ideas(count: int) -> dict[str, Any]:
    return {"posts": [{"topic": f"t{n}", "content_brief": "b"} for n in range(count)]}


def post(number: int, **changed: Any) -> dict[str, Any]:
    return {
        "content": f"post {number}",
        "image_prompt": f"a picture {number}",
        "hashtags": ["#one"],
        **changed,
    }


def answer_of(schema: type[BaseModel], variables: Any, number: int) -> dict[str, Any]:
    count = int(variables.get("count", 1))
    made: dict[type[BaseModel], Any] = {
        WorldDescription: world,
        WorldPictures: lambda: {"header_prompt": "wide", "icon_prompt": "small", "style_reference": "ink"},
        CharacterBatch: lambda: concepts(count),
        CharacterDetail: lambda: character(number),
        PicturePrompt: lambda: {"prompt": f"a portrait {number}"},
        PostBatch: lambda: ideas(count),
        Post: lambda: post(number),
    }
    answer: dict[str, Any] = made[schema]()
    return answer
