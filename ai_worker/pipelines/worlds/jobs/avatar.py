"""generate_character_avatar: the portrait of a character."""

from ai_worker.engine.contract.row import Result
from ai_worker.pipelines.worlds.answers.world import PicturePrompt
from ai_worker.pipelines.worlds.documents.job import Job
from ai_worker.pipelines.worlds.jobs.children import result_with
from ai_worker.pipelines.worlds.jobs.media import painted_and_uploaded
from ai_worker.pipelines.worlds.jobs.outlines import world_outline
from ai_worker.pipelines.worlds.platform.port import MediaType, NewMedium
from ai_worker.pipelines.worlds.ports import Ports
from ai_worker.pipelines.worlds.prompts import fenced, outline

SIZE = (512, 512)


def make_avatar(job: Job, ports: Ports) -> Result:
    """Ask for the prompt, paint the portrait, and give it to the character."""
    character_id, username = job.text("character_id"), job.text("username")

    def do() -> str:
        variables = {
            "world": world_outline(ports.store.parameters(job.world_id)),
            "character": _character(job),
        }
        answer = ports.asker.ask(
            "character_avatar", variables, PicturePrompt, temperature=0.7, max_output_tokens=2048
        )
        return answer.prompt

    prompt = ports.steps.once("answer", do)
    filename = f"avatar_{job.world_id}_{username}_{job.number('character_index')}"
    medium = NewMedium(job.world_id, filename, MediaType.CHARACTER_AVATAR, character_id)
    media = painted_and_uploaded(job, ports, "avatar", prompt, SIZE, medium)
    ports.platform.set_avatar(job.world_id, character_id, username, media, job.id)
    result = {
        "username": username,
        "display_name": job.text("character_name"),
        "avatar_url": media.url,
        "avatar_id": media.media_id,
        "character_id": character_id,
        "avatar_prompt": prompt,
    }
    return result_with(job, result, [])


def _character(job: Job) -> str:
    facts: dict[str, object] = {
        "name": job.text("character_name"),
        "appearance": job.text("appearance_description"),
        "portrait": job.text("avatar_description"),
        "style": job.text("avatar_style"),
    }
    return fenced(outline("The character", facts))
