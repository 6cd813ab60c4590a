"""generate_world_image: the header and the icon of a world, set together."""

from ai_worker.engine.contract.row import Result
from ai_worker.pipelines.worlds.answers.world import WorldPictures
from ai_worker.pipelines.worlds.documents.job import Job
from ai_worker.pipelines.worlds.jobs.children import result_with
from ai_worker.pipelines.worlds.jobs.media import painted_and_uploaded
from ai_worker.pipelines.worlds.jobs.outlines import world_outline
from ai_worker.pipelines.worlds.platform.port import MediaType, NewMedium
from ai_worker.pipelines.worlds.ports import Ports

HEADER, ICON = (1024, 512), (512, 512)


def picture_world(job: Job, ports: Ports) -> Result:
    """Ask for the prompts, paint both pictures, and give them to the world."""
    world = job.world_id

    def do() -> dict[str, object]:
        variables = {"world": world_outline(ports.store.parameters(world))}
        answer = ports.asker.ask(
            "world_image", variables, WorldPictures, temperature=0.7, max_output_tokens=2048
        )
        return answer.model_dump()

    prompts = ports.steps.once("answer", do)
    style = prompts["style_reference"]
    of_header = NewMedium(world, f"world_{world}_header", MediaType.WORLD_HEADER)
    of_icon = NewMedium(world, f"world_{world}_icon", MediaType.WORLD_ICON)
    header = painted_and_uploaded(
        job, ports, "header", _styled(prompts["header_prompt"], style), HEADER, of_header, more=True
    )
    icon = painted_and_uploaded(job, ports, "icon", _styled(prompts["icon_prompt"], style), ICON, of_icon)
    ports.platform.set_world_pictures(world, header, icon, job.id)
    places = {
        "header_url": header.url,
        "header_id": header.media_id,
        "icon_url": icon.url,
        "icon_id": icon.media_id,
    }
    return result_with(job, {**prompts, **places}, [])


def _styled(prompt: str, style: str) -> str:
    return f"{prompt}\nStyle: {style}" if style else prompt
