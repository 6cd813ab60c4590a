"""Media: one PUT to the address that the media service gave, or an object put straight into the bucket."""

from urllib.parse import urlsplit

from ai_worker.pipelines.worlds.platform.calling import exchange
from ai_worker.pipelines.worlds.platform.errors import (
    NotAllowed,
    NotSent,
    OutcomeUnknown,
    Rejected,
    TicketExpired,
)
from ai_worker.pipelines.worlds.platform.port import Media, MediaType, NewMedium, Ticket
from ai_worker.stores.objects import Objects

_FOLDERS = {
    MediaType.WORLD_HEADER: "world_data",
    MediaType.WORLD_ICON: "world_data",
    MediaType.CHARACTER_AVATAR: "avatars",
    MediaType.POST_IMAGE: "posts",
}


def put(ticket: Ticket, content: bytes, content_type: str, seconds: float) -> None:
    """Upload to a presigned address: as it stands, since host and headers are part of its signature.

    Raises:
        TicketExpired: the address is not valid any more.
        NotSent: its host cannot be reached from here; the message names it.
    """
    try:
        exchange("PUT", ticket.upload_url, seconds, data=content, headers={"Content-Type": content_type})
    except NotAllowed as fault:
        raise TicketExpired(
            f"the upload address is refused ({fault}); it may have expired", body=fault.body
        ) from None
    except NotSent:
        host = urlsplit(ticket.upload_url).netloc
        raise NotSent(
            f"the upload address names the host {host}, which does not answer from here; "
            "make it resolvable for workers, or set MINIO_ENDPOINT to upload straight into the bucket"
        ) from None
    except OutcomeUnknown as fault:
        # A PUT may be repeated: it replaces the object whole.
        raise NotSent(f"the upload did not end: {fault}") from None
    except Rejected as fault:
        raise TicketExpired(f"the upload address is refused ({fault})", body=fault.body) from None


class BucketMedia:
    """Media of a deployment without a media service: the medium's id is its object's key."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects

    def new_medium(self, medium: NewMedium) -> Ticket:
        """The object's key: the same for the same file, so that a repeated upload replaces it."""
        folder = _FOLDERS[medium.media_type]
        owner = f"{medium.character_id}/" if medium.character_id else ""
        return Ticket(f"{medium.world_id}/{owner}{folder}/{medium.filename}", "")

    def upload(self, ticket: Ticket, content: bytes, content_type: str) -> Media:
        """Put the object."""
        return Media(ticket.media_id, self._objects.put(ticket.media_id, content, content_type))
