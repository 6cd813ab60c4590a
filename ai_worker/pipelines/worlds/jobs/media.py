"""Pictures of a job: painted once, uploaded once."""

from ai_worker.pipelines.worlds.documents.job import Job
from ai_worker.pipelines.worlds.platform.port import Media, MediaType, NewMedia
from ai_worker.pipelines.worlds.ports import Ports


def painted_and_uploaded(
    job: Job,
    ports: Ports,
    name: str,
    prompt: str,
    size: tuple[int, int],
    media_type: MediaType,
    filename: str,
    character_id: str = "",
) -> Media:
    """Paint a picture of the job and upload it.

    A picture that was painted is kept until it is uploaded, so a failed upload is repeated without painting again.

    Args:
        name: of the picture among those of its job.
        prompt: empty draws a placeholder from the file name.
        filename: without its end, which follows the type of file that came.
    """

    def do() -> dict[str, str]:
        width, height = size
        if prompt:
            picture = ports.painter.paint(name, prompt, width, height)
        else:
            picture = ports.painter.draw(filename, width, height)
        wanted = NewMedia(job.world_id, character_id, filename + picture.extension, picture.content_type, media_type)
        media = ports.platform.upload(wanted, picture.content, f"{job.id}:{name}")
        return {"media_id": media.media_id, "url": media.url, "placeholder": picture.placeholder}

    kept = ports.steps.once(f"upload:{name}", do)
    return Media(kept["media_id"], kept["url"])
