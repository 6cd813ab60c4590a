"""generate_character: describes a character and creates it at the platform, then has its avatar and its posts
made.
"""

from collections.abc import Mapping
from typing import Any

from ai_worker.engine.contract.row import Result
from ai_worker.pipelines.worlds import dag
from ai_worker.pipelines.worlds.answers.people import CharacterDetail
from ai_worker.pipelines.worlds.documents.job import Job
from ai_worker.pipelines.worlds.jobs.children import Child, result_with
from ai_worker.pipelines.worlds.jobs.outlines import world_outline
from ai_worker.pipelines.worlds.jobs.outside import created
from ai_worker.pipelines.worlds.platform.port import NewCharacter
from ai_worker.pipelines.worlds.ports import Ports
from ai_worker.pipelines.worlds.prompts import fenced, outline

LONGEST_NAME = 50
_META = (
    "bio",
    "background_story",
    "personality",
    "interests",
    "speaking_style",
    "appearance",
    "common_topics",
    "avatar_description",
    "avatar_style",
    "secret",
    "daily_routine",
    "relationships",
)


def make_character(job: Job, ports: Ports) -> Result:
    """Ask for the character and create it once."""
    index = job.number("character_index")
    detail = ports.steps.once("answer", lambda: _asked(job, ports), late=True)
    username = ports.store.take_username(job.world_id, job.id, _wished(detail), index)
    name = detail["display_name"].strip()[:LONGEST_NAME]
    meta = {**{key: detail[key] for key in _META}, "username": username}
    character = NewCharacter(job.world_id, username, name, detail["bio"], meta)
    character_id = created(
        job,
        ports,
        "create_character",
        lambda key: ports.platform.create_character(character, key),
        lambda key: ports.platform.find_character(character, key),
    )
    result = {"character_id": character_id, "username": username, "display_name": name}
    return result_with(job, result, _children(job, character_id, name, username, index, detail))


def _asked(job: Job, ports: Ports) -> dict[str, Any]:
    facts: dict[str, object] = {
        "concept": job.text("character_concept"),
        "role": job.text("role_in_world"),
        "traits": job.texts("personality_traits"),
        "interests": job.texts("interests"),
    }
    variables = {
        "world": world_outline(ports.store.parameters(job.world_id)),
        "character": fenced(outline("The character", facts)),
    }
    answer = ports.asker.ask("character", variables, CharacterDetail, temperature=0.8, max_output_tokens=4096)
    return answer.model_dump()


def _wished(detail: Mapping[str, Any]) -> str:
    return str(detail["username"] or detail["display_name"])


def _children(
    job: Job, character_id: str, name: str, username: str, index: int, detail: Mapping[str, Any]
) -> list[Child]:
    avatar = {
        "character_id": character_id,
        "character_name": name,
        "appearance_description": detail["appearance"],
        "avatar_description": detail["avatar_description"],
        "avatar_style": detail["avatar_style"],
        "username": username,
        "character_index": index,
    }
    children = [Child(dag.AVATAR, avatar)]
    posts = job.number("posts_count")
    if posts > 0:
        description = {**detail, "username": username, "character_index": index}
        parameters = {
            "character_id": character_id,
            "character_name": name,
            "character_description": description,
            "posts_count": posts,
            "total_posts_count": posts,
        }
        children.append(Child(dag.POST_BATCH, parameters))
    return children
