"""A platform whose calls are written down, each with its time and its failure."""

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any, Protocol, TypeVar

from ai_worker.errors import WorkError
from ai_worker.pipelines.worlds.platform.port import (
    Media,
    NewCharacter,
    NewMedium,
    NewPost,
    Platform,
    Ticket,
)

Value = TypeVar("Value")


class Note(Protocol):
    """Writes one call down."""

    def __call__(
        self,
        request_type: str,
        asked: Mapping[str, Any],
        answered: Mapping[str, Any] | None,
        seconds: float,
        fault: WorkError | None,
    ) -> None:
        """Take one call that has ended."""
        ...


class RecordedPlatform:
    """See `Platform` for what each method promises. The names written down are those of the gRPC services."""

    def __init__(self, bound: Platform, note: Note) -> None:
        self._bound = bound
        self._note = note
        self.takes_posts_without_picture = bound.takes_posts_without_picture
        self.honours_keys = bound.honours_keys
        self.gets_or_creates_characters = bound.gets_or_creates_characters

    def create_character(self, character: NewCharacter, key: str) -> str:
        """Noted as CreateCharacter."""
        call = self._bound.create_character
        return self._noted(
            "character-service_CreateCharacter", asdict(character), lambda: call(character, key)
        )

    def find_character(self, character: NewCharacter, key: str) -> str | None:
        """Noted as FindCharacter."""
        asked = {"world_id": character.world_id, "username": character.username}
        call = self._bound.find_character
        return self._noted("character-service_FindCharacter", asked, lambda: call(character, key))

    def set_avatar(self, world_id: str, character_id: str, username: str, media: Media, key: str) -> None:
        """Noted as UpdateCharacter."""
        asked = {"character_id": character_id, "avatar_media_id": media.media_id}
        call = self._bound.set_avatar
        self._noted(
            "character-service_UpdateCharacter",
            asked,
            lambda: call(world_id, character_id, username, media, key),
        )

    def set_world_pictures(self, world_id: str, header: Media, icon: Media, key: str) -> None:
        """Noted as UpdateWorldImage."""
        asked = {"world_id": world_id, "image_uuid": header.media_id, "icon_uuid": icon.media_id}
        call = self._bound.set_world_pictures
        self._noted("world-service_UpdateWorldImage", asked, lambda: call(world_id, header, icon, key))

    def create_post(self, post: NewPost, key: str) -> str:
        """Noted as CreateAIPost."""
        call = self._bound.create_post
        asked = {**asdict(post), "tags": list(post.tags)}
        return self._noted("post-service_CreateAIPost", asked, lambda: call(post, key))

    def find_post(self, post: NewPost, key: str) -> str | None:
        """Noted as GetCharacterPosts."""
        asked = {"character_id": post.character_id, "media_id": post.media_id}
        call = self._bound.find_post
        return self._noted("post-service_GetCharacterPosts", asked, lambda: call(post, key))

    def new_medium(self, medium: NewMedium, size: int, key: str) -> Ticket:
        """Noted as GetPresignedUploadURL, the address left out: every holder of it can upload."""
        asked = {**asdict(medium), "media_type": int(medium.media_type), "size": size}
        call = self._bound.new_medium
        return self._noted("media-service_GetPresignedUploadURL", asked, lambda: call(medium, size, key))

    def upload(self, ticket: Ticket, content: bytes, content_type: str) -> Media:
        """Noted as ConfirmUpload."""
        asked = {"media_id": ticket.media_id, "content_type": content_type, "size": len(content)}
        call = self._bound.upload
        return self._noted("media-service_ConfirmUpload", asked, lambda: call(ticket, content, content_type))

    def _noted(self, request_type: str, asked: Mapping[str, Any], call: Callable[[], Value]) -> Value:
        began = time.monotonic()
        try:
            value = call()
        except WorkError as fault:
            self._note(request_type, asked, None, time.monotonic() - began, fault)
            raise
        self._note(request_type, asked, _answered(value), time.monotonic() - began, None)
        return value


def _answered(value: object) -> dict[str, Any]:
    if isinstance(value, Ticket):
        return {"media_id": value.media_id}
    if isinstance(value, Media):
        return {"media_id": value.media_id, "image_url": value.url}
    return {"id": value}
