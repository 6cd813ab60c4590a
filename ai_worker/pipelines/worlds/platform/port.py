"""The port to the platform: what jobs ask of it, whichever binding carries it there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Protocol


class MediaType(IntEnum):
    """The uses of a medium, by the platform's own numbers."""

    WORLD_HEADER = 1
    WORLD_ICON = 2
    CHARACTER_AVATAR = 3
    POST_IMAGE = 4


@dataclass(frozen=True, slots=True)
class NewCharacter:
    """An invented user to be created.

    Args:
        meta: everything else that is known about the character; sent as JSON text.
    """

    world_id: str
    username: str
    display_name: str
    bio: str
    meta: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class NewMedium:
    """A medium to be uploaded.

    Args:
        character_id: its owner; empty for pictures of the world.
    """

    world_id: str
    filename: str
    media_type: MediaType
    character_id: str = ""
    content_type: str = ""


@dataclass(frozen=True, slots=True)
class Ticket:
    """The place that a medium is to be uploaded to.

    Args:
        upload_url: takes one PUT of the content; empty where the medium goes straight into the bucket.
    """

    media_id: str
    upload_url: str


@dataclass(frozen=True, slots=True)
class Media:
    """A medium at the platform."""

    media_id: str
    url: str


@dataclass(frozen=True, slots=True)
class NewPost:
    """A post to be published.

    Args:
        media_id: of its picture; empty where it has none.
    """

    world_id: str
    character_id: str
    caption: str
    media_id: str
    tags: Sequence[str]


class Platform(Protocol):
    """One way to the platform. Every method raises PlatformError, whose class says whether the outcome is
    known.
    """

    @property
    def takes_posts_without_picture(self) -> bool:
        """True if a post may be published without a medium."""
        ...

    @property
    def honours_keys(self) -> bool:
        """True if a write repeated with its idempotency key is carried out once."""
        ...

    @property
    def gets_or_creates_characters(self) -> bool:
        """True if creating a character of a name that exists returns the one that exists."""
        ...

    def create_character(self, character: NewCharacter, key: str) -> str:
        """Create a character and return its id."""
        ...

    def find_character(self, character: NewCharacter, key: str) -> str | None:
        """The id of a character that was created before; None: there is none.

        Raises:
            CannotLookUp: the platform has no way to find out.
        """
        ...

    def set_avatar(self, world_id: str, character_id: str, username: str, media: Media, key: str) -> None:
        """Give a character its picture. May be repeated."""
        ...

    def set_world_pictures(self, world_id: str, header: Media, icon: Media, key: str) -> None:
        """Give a world its pictures, both at once. May be repeated."""
        ...

    def create_post(self, post: NewPost, key: str) -> str:
        """Publish a post and return its id."""
        ...

    def find_post(self, post: NewPost, key: str) -> str | None:
        """The id of a post that was published before; None: there is none.

        Raises:
            CannotLookUp: the platform has no way to find out.
        """
        ...

    def new_medium(self, medium: NewMedium, size: int, key: str) -> Ticket:
        """Announce a medium of `size` bytes and return where to upload it. A medium that is never uploaded is
        never shown.
        """
        ...

    def upload(self, ticket: Ticket, content: bytes, content_type: str) -> Media:
        """Upload the medium and return it once it is confirmed. May be repeated.

        Raises:
            TicketExpired: a new one has to be asked for.
        """
        ...
