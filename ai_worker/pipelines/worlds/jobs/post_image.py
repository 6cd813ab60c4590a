"""generate_post_image: the picture of a post, and the post published with it."""

from ai_worker.engine.contract.row import Result
from ai_worker.pipelines.worlds.answers.world import PicturePrompt
from ai_worker.pipelines.worlds.documents.job import Job
from ai_worker.pipelines.worlds.jobs.children import result_with
from ai_worker.pipelines.worlds.jobs.media import painted_and_uploaded
from ai_worker.pipelines.worlds.jobs.outlines import world_outline
from ai_worker.pipelines.worlds.jobs.outside import created
from ai_worker.pipelines.worlds.platform.port import MediaType, NewMedium, NewPost
from ai_worker.pipelines.worlds.ports import Ports
from ai_worker.pipelines.worlds.prompts import fenced, outline

SIZE = (512, 512)


def publish_with_picture(job: Job, ports: Ports) -> Result:
    """Ask for the prompt, paint the picture, publish the post. Where no picture was described, a placeholder
    is drawn.
    """
    character_id = job.text("character_id")
    prompt = ports.steps.once("answer", lambda: _prompt(job, ports)) if job.text("image_prompt") else ""
    filename = f"post_{job.world_id}_{character_id}_{job.number('post_index')}"
    medium = NewMedium(job.world_id, filename, MediaType.POST_IMAGE, character_id)
    media = painted_and_uploaded(job, ports, "picture", prompt, SIZE, medium)
    post = NewPost(job.world_id, character_id, job.text("post_content"), media.media_id, job.texts("tags"))
    result = {
        "character_id": character_id,
        "username": job.text("username"),
        "image_url": media.url,
        "media_id": media.media_id,
        "optimized_prompt": prompt,
        "post_id": publish(job, ports, post),
    }
    return result_with(job, result, [], published=True)


def publish(job: Job, ports: Ports, post: NewPost) -> str:
    """Publish a post once and return its id."""
    return created(
        job,
        ports,
        "create_post",
        lambda key: ports.platform.create_post(post, key),
        lambda key: ports.platform.find_post(post, key),
    )


def _prompt(job: Job, ports: Ports) -> str:
    picture: dict[str, object] = {"picture": job.text("image_prompt"), "style": job.text("image_style")}
    variables = {
        "world": world_outline(ports.store.parameters(job.world_id)),
        "post": fenced(job.text("post_content")),
        "picture": fenced(outline("The picture", picture)),
    }
    answer = ports.asker.ask("post_image", variables, PicturePrompt, temperature=0.7, max_output_tokens=2048)
    return answer.prompt
