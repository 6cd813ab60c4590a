"""Pictures of a job: painted once, uploaded once."""

from dataclasses import asdict, replace

from ai_worker.pipelines.worlds.documents.job import Job
from ai_worker.pipelines.worlds.platform.errors import TicketExpired
from ai_worker.pipelines.worlds.platform.port import Media, NewMedium, Ticket
from ai_worker.pipelines.worlds.ports import Ports


def painted_and_uploaded(
    job: Job,
    ports: Ports,
    name: str,
    prompt: str,
    size: tuple[int, int],
    medium: NewMedium,
    *,
    more: bool = False,
) -> Media:
    """Paint a picture of the job and upload it.

    A picture that was painted is kept until its job has ended, so a failed upload is repeated without
    painting again. A worker that is killed between upload and the job's next write has it uploaded anew.

    Args:
        name: of the picture among those of its job.
        prompt: empty draws a placeholder from the file name.
        medium: its `filename` without an end and its type empty: both follow the type of file that came.
        more: a further picture of the job is to be painted, which takes its time.
    """

    def do() -> dict[str, str]:
        return _uploaded(job, ports, name, prompt, size, medium)

    kept = ports.steps.once(f"upload:{name}", do, late=not more)
    return Media(kept["media_id"], kept["url"])


def _uploaded(
    job: Job, ports: Ports, name: str, prompt: str, size: tuple[int, int], medium: NewMedium
) -> dict[str, str]:
    painter = ports.painter
    picture = painter.paint(name, prompt, *size) if prompt else painter.draw(medium.filename, *size)
    wanted = replace(medium, filename=medium.filename + picture.extension, content_type=picture.content_type)

    def announced() -> dict[str, str]:
        return asdict(ports.platform.new_medium(wanted, len(picture.content), f"{job.id}:{name}"))

    ticket = Ticket(**ports.steps.once(f"ticket:{name}", announced, late=True))
    try:
        media = ports.platform.upload(ticket, picture.content, picture.content_type)
    except TicketExpired:
        media = ports.platform.upload(Ticket(**announced()), picture.content, picture.content_type)
    return {"media_id": media.media_id, "url": media.url, "placeholder": picture.placeholder}
