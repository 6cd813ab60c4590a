"""The memory of the double, and the rules by which the platform takes a record."""

import itertools
import re
import threading
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

_USERNAME = re.compile(r"[a-z0-9_]{1,30}")
_TYPES_OF_CHARACTERS = (3, 4)
LONGEST_CAPTION = 20_000


class Refusal(Exception):
    """A call that the platform refuses.

    Args:
        status: of HTTP; the gRPC side has its own code for it.
    """

    def __init__(self, status: int, message: str, body: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.body = dict(body) if body else {"message": message}


@dataclass(slots=True)
class Character:
    """A character."""

    id: str
    world_id: str
    username: str
    display_name: str
    meta: Any = None
    is_ai: bool = True
    avatar: str = ""


@dataclass(slots=True)
class Medium:
    """A medium, uploaded or not."""

    id: str
    world_id: str
    character_id: str
    filename: str
    content_type: str
    media_type: int
    content: bytes = field(default=b"", repr=False)
    confirmed: bool = False


@dataclass(slots=True)
class Post:
    """A post."""

    id: str
    world_id: str
    character_id: str
    caption: str
    media_id: str
    tags: list[str]


class Memory:
    """The platform's records.

    Args:
        folder: pictures are also kept there, as files to look at; None: nowhere.
        bucket: the platform has no media service: a medium's id is its object's key in a bucket, which begins
            with the world and the character that it belongs to.
    """

    def __init__(self, folder: Path | None = None, *, bucket: bool = False) -> None:
        self.bucket = bucket
        self.lock = threading.RLock()
        self.folder = folder
        self.url = ""
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        with self.lock:
            self.characters: dict[str, Character] = {}
            self.media: dict[str, Medium] = {}
            self.posts: dict[str, Post] = {}
            self.worlds: dict[str, dict[str, str]] = {}
            self.calls: list[dict[str, Any]] = []
            self._number = itertools.count()

    def shown(self) -> dict[str, Any]:
        """Everything but the content of media."""
        with self.lock:
            media = []
            for medium in self.media.values():
                told = asdict(medium)
                told["size"] = len(told.pop("content"))
                media.append(told)
            return {
                "characters": [asdict(character) for character in self.characters.values()],
                "media": media,
                "posts": [asdict(post) for post in self.posts.values()],
                "worlds": self.worlds,
                "calls": self.calls,
            }

    def named(self, world_id: str, username: str) -> Character | None:
        """The character of a world with this user name."""
        found = (
            one for one in self.characters.values() if one.world_id == world_id and one.username == username
        )
        return next(found, None)

    def add_character(self, world_id: str, username: str, display_name: str, meta: Any) -> Character:
        """A new character."""
        if not world_id or not display_name.strip():
            raise Refusal(400, "world_id and display_name are required")
        if username and not _USERNAME.fullmatch(username):
            raise Refusal(400, f"username {username!r} is not valid")
        with self.lock:
            character = Character(str(uuid.uuid4()), world_id, username, display_name, meta)
            self.characters[character.id] = character
            return character

    def character(self, character_id: str) -> Character:
        """A known character."""
        if character_id not in self.characters:
            raise Refusal(404, f"character {character_id!r} not found")
        return self.characters[character_id]

    def set_avatar(self, character_id: str, avatar: str, *, media_id: str = "") -> None:
        """A character's picture; its medium has to be its own."""
        character = self.character(character_id)
        if media_id:
            self.own_medium(media_id, character_id, character.world_id)
        if not avatar:
            raise Refusal(400, "the avatar is empty")
        character.avatar = avatar

    def set_world(self, world_id: str, header: str, icon: str) -> None:
        """A world's pictures, both or neither."""
        if not header or not icon:
            raise Refusal(400, "both pictures are required")
        with self.lock:
            self.worlds[world_id] = {"header": header, "icon": icon}

    def add_medium(self, told: Mapping[str, Any]) -> Medium:
        """Announce a medium."""
        kind, owner = told.get("media_type"), str(told.get("character_id") or "")
        if kind not in (1, 2, 3, 4):
            raise Refusal(400, f"media_type {kind!r} is not one of 1..4")
        if not str(told.get("content_type", "")).startswith("image/") or not told.get("filename"):
            raise Refusal(400, "filename and a content_type of an image are required")
        if not told.get("world_id"):
            raise Refusal(400, "world_id is required")
        if kind in _TYPES_OF_CHARACTERS and self.character(owner).world_id != told["world_id"]:
            raise Refusal(403, "the character is of another world")
        medium = Medium(
            uuid.uuid4().hex,
            str(told["world_id"]),
            owner,
            str(told["filename"]),
            str(told["content_type"]),
            kind,
        )
        with self.lock:
            self.media[medium.id] = medium
        return medium

    def upload(self, media_id: str, content: bytes, content_type: str) -> None:
        """The content of a medium."""
        medium = self.medium(media_id)
        if content_type != medium.content_type:
            raise Refusal(403, f"SignatureDoesNotMatch: Content-Type {content_type}")
        if not content:
            raise Refusal(400, "the file is empty")
        medium.content = content
        if self.folder is not None:
            self.folder.mkdir(parents=True, exist_ok=True)
            (self.folder / Path(medium.filename).name).write_bytes(content)

    def medium(self, media_id: str) -> Medium:
        """A known medium, whichever way its id is spelt."""
        plain = media_id.replace("-", "")
        if plain not in self.media:
            raise Refusal(404, f"media {media_id!r} not found")
        return self.media[plain]

    def confirm(self, media_id: str) -> Medium:
        """Confirm an upload; a second time does no harm."""
        medium = self.medium(media_id)
        if not medium.content:
            raise Refusal(400, "the object was not uploaded")
        medium.confirmed = True
        return medium

    def own_medium(self, media_id: str, character_id: str, world_id: str) -> Medium:
        """A confirmed medium of this very character."""
        if self.bucket:
            # Some paths carry ids without their dashes.
            own = f"{world_id}/{character_id}/".replace("-", "")
            if not media_id.replace("-", "").startswith(own):
                raise Refusal(403, "the media does not belong to the character")
            return Medium(media_id, world_id, character_id, Path(media_id).name, "", 0, confirmed=True)
        medium = self.medium(media_id)
        if medium.character_id != character_id or medium.world_id != world_id:
            raise Refusal(403, "the media does not belong to the character")
        if not medium.confirmed:
            raise Refusal(400, "the media is not confirmed")
        return medium

    def add_post(self, post: Post, *, needs_picture: bool) -> Post:
        """Publish a post."""
        character = self.character(post.character_id)
        if character.world_id != post.world_id:
            raise Refusal(403, "the character is of another world")
        if not post.caption.strip() or len(post.caption) > LONGEST_CAPTION:
            raise Refusal(400, "the text is empty or too long")
        if not post.media_id and needs_picture:
            raise Refusal(400, "media_id is required")
        if post.media_id:
            self.own_medium(post.media_id, post.character_id, post.world_id)
        with self.lock:
            self.posts[post.id] = post
        return post

    def address(self, medium: Medium) -> str:
        """The place of a medium's object; the media id with dashes, as the service reads it back."""
        return f"{self.url}/objects/{medium.world_id}/{uuid.UUID(medium.id)}/{medium.filename}"
