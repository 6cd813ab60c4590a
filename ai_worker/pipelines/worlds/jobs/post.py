"""generate_post: writes a post; has its picture made, or publishes it where it has none."""

from typing import Any

from ai_worker.engine.contract.row import Result
from ai_worker.llm.errors import Refused
from ai_worker.pipelines.worlds import dag
from ai_worker.pipelines.worlds.answers.posts import Post
from ai_worker.pipelines.worlds.documents.job import Job
from ai_worker.pipelines.worlds.jobs.children import Child, result_with
from ai_worker.pipelines.worlds.jobs.outlines import character_outline, world_outline
from ai_worker.pipelines.worlds.jobs.post_batch import described
from ai_worker.pipelines.worlds.jobs.post_image import publish
from ai_worker.pipelines.worlds.platform.port import NewPost
from ai_worker.pipelines.worlds.ports import Ports
from ai_worker.pipelines.worlds.prompts import fenced, outline

DELETED = "[deleted content]"
"""The text of a post that the model refused to write, twice."""


def write_post(job: Job, ports: Ports) -> Result:
    """Ask for the post.

    Without a picture it is published here, where the platform takes such posts; else with a placeholder.
    """
    post = ports.steps.once("answer", lambda: _asked(job, ports), late=True)
    tags = [tag.lstrip("#") for tag in post["hashtags"]]
    result = {"content": post["content"], "hashtags": tags, "mood": post["mood"], "refused": post["refused"]}
    if not post["image_prompt"] and ports.platform.takes_posts_without_picture:
        new = NewPost(job.world_id, job.text("character_id"), post["content"], "", tags)
        post_id = publish(job, ports, new)
        return result_with(job, {**result, "post_id": post_id}, [], published=True)
    picture = {
        "image_prompt": post["image_prompt"] or "",
        "image_style": post["image_style"] or "",
        "post_content": post["content"],
        "character_name": job.text("character_name"),
        "username": job.text("username"),
        "character_id": job.text("character_id"),
        "character_index": job.number("character_index"),
        "post_index": job.number("post_index"),
        "tags": tags,
    }
    return result_with(job, result, [Child(dag.POST_IMAGE, picture)])


def _asked(job: Job, ports: Ports) -> dict[str, Any]:
    """The post; its stub where the model refused it, in softer words as well."""
    try:
        return {**_answer(job, ports).model_dump(), "refused": False}
    except Refused:
        return {**Post(content=DELETED).model_dump(), "refused": True}


def _answer(job: Job, ports: Ports) -> Post:
    idea: dict[str, object] = {
        "topic": job.text("post_topic"),
        "brief": job.text("post_brief"),
        "tone": job.text("emotional_tone"),
        "kind": job.text("post_type"),
        "relevance": job.text("relevance_to_character"),
    }
    variables = {
        "world": world_outline(ports.store.parameters(job.world_id)),
        "character": character_outline(job.text("character_name"), described(job)),
        "post": fenced(outline("The post", idea)),
    }
    return ports.asker.ask("post", variables, Post, temperature=0.8, max_output_tokens=4096)
