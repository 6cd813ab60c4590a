"""The platform over gRPC: what its services really run.

Nothing of it honours keys. A post can be looked up, since its picture's address holds the medium's id; a
character cannot.
"""

import json
import sys
import threading
from dataclasses import dataclass
from typing import Any

import grpc

from ai_worker.pipelines.worlds.platform.errors import (
    CannotLookUp,
    NotAllowed,
    NotSent,
    OutcomeUnknown,
    PlatformError,
    Rejected,
    Unavailable,
)
from ai_worker.pipelines.worlds.platform.grpc_binding.addresses import Addresses
from ai_worker.pipelines.worlds.platform.grpc_binding.messages import METHODS, message_class
from ai_worker.pipelines.worlds.platform.media import put
from ai_worker.pipelines.worlds.platform.port import Media, NewCharacter, NewMedium, NewPost, Ticket

LOOKED_THROUGH = 100
_CHARACTERS, _MEDIA = "/generia.character.CharacterService", "/media.MediaService"
_POSTS, _WORLDS = "/post.PostService", "/world.WorldService"
_REJECTED = {
    grpc.StatusCode.INVALID_ARGUMENT,
    grpc.StatusCode.NOT_FOUND,
    grpc.StatusCode.FAILED_PRECONDITION,
    grpc.StatusCode.OUT_OF_RANGE,
    grpc.StatusCode.UNIMPLEMENTED,
    grpc.StatusCode.PERMISSION_DENIED,
}
"""Not among them: ALREADY_EXISTS. The record is there, by an earlier try of ours as far as we know, and is to
be found.
"""


@dataclass(frozen=True, slots=True)
class GrpcSettings:
    """The settings of the services.

    Args:
        token: sent as `authorization: Bearer …` where there is one.
        seconds: that one call may take.
    """

    addresses: Addresses
    token: str = ""
    seconds: float = 20.0


class GrpcPlatform:
    """See `Platform` for what each method promises."""

    takes_posts_without_picture = False
    honours_keys = False
    gets_or_creates_characters = False

    def __init__(self, told: GrpcSettings) -> None:
        _fit_to_gevent()
        self._told = told
        self._lock = threading.Lock()
        self._channels: dict[str, grpc.Channel] = {}

    def create_character(self, character: NewCharacter, key: str) -> str:
        """An AI character: one without a real user."""
        meta = json.dumps({**character.meta, "bio": character.bio}, ensure_ascii=False)
        fields = {"world_id": character.world_id, "display_name": character.display_name, "meta": meta}
        created = self._call(f"{_CHARACTERS}/CreateCharacter", fields, key)
        return _known(created.id, "CreateCharacter")

    def find_character(self, character: NewCharacter, key: str) -> str | None:
        """No service lists characters by name."""
        raise CannotLookUp(
            f"the platform may have created {character.username}, and has no way to find out; "
            "look for it there, then retry this job or leave it"
        )

    def set_avatar(self, world_id: str, character_id: str, username: str, media: Media, key: str) -> None:
        """The avatar's medium."""
        fields = {"character_id": character_id, "avatar_media_id": media.media_id}
        self._call(f"{_CHARACTERS}/UpdateCharacter", fields, key)

    def set_world_pictures(self, world_id: str, header: Media, icon: Media, key: str) -> None:
        """Both media."""
        fields = {"world_id": world_id, "image_uuid": header.media_id, "icon_uuid": icon.media_id}
        answer = self._call(f"{_WORLDS}/UpdateWorldImage", fields, key)
        if not answer.success:
            raise Rejected(f"UpdateWorldImage: {answer.message or 'no success'}")

    def create_post(self, post: NewPost, key: str) -> str:
        """A post of an AI character."""
        fields = {
            "character_id": post.character_id,
            "caption": post.caption,
            "media_id": post.media_id,
            "world_id": post.world_id,
            "tags": list(post.tags),
        }
        return _known(self._call(f"{_POSTS}/CreateAIPost", fields, key).post_id, "CreateAIPost")

    def find_post(self, post: NewPost, key: str) -> str | None:
        """Among all posts of the character."""
        plain = post.media_id.replace("-", "")
        offset = 0
        while True:
            fields = {
                "character_id": post.character_id,
                "limit": LOOKED_THROUGH,
                "offset": offset,
                "world_id": post.world_id,
            }
            posts = self._call(f"{_POSTS}/GetCharacterPosts", fields, key).posts
            for found in posts:
                if plain and plain in found.media_url.replace("-", ""):
                    return str(found.post_id)
            if len(posts) < LOOKED_THROUGH:
                return None
            offset += len(posts)

    def new_medium(self, medium: NewMedium, size: int, key: str) -> Ticket:
        """The address for one PUT."""
        fields = {
            "world_id": medium.world_id,
            "character_id": medium.character_id,
            "filename": medium.filename,
            "content_type": medium.content_type,
            "size": size,
            "media_type": int(medium.media_type),
        }
        answer = self._call(f"{_MEDIA}/GetPresignedUploadURL", fields, key)
        return Ticket(_known(answer.media_id, "GetPresignedUploadURL"), answer.upload_url)

    def upload(self, ticket: Ticket, content: bytes, content_type: str) -> Media:
        """PUT, then confirm."""
        put(ticket, content, content_type, self._told.seconds)
        answer = self._call(f"{_MEDIA}/ConfirmUpload", {"media_id": ticket.media_id}, ticket.media_id)
        if not answer.success:
            raise Rejected(f"ConfirmUpload of {ticket.media_id}: no success")
        originals = [variant.url for variant in answer.variants if variant.name == "original"]
        urls = [
            *originals,
            *(variant.url for variant in answer.variants),
            ticket.upload_url.partition("?")[0],
        ]
        return Media(ticket.media_id, urls[0])

    def _call(self, method: str, fields: dict[str, Any], key: str) -> Any:
        service, request_name, response_name = METHODS[method]
        address = self._told.addresses.of(service)
        call = self._channel(address).unary_unary(
            method,
            request_serializer=message_class(request_name).SerializeToString,
            response_deserializer=message_class(response_name).FromString,
        )
        metadata: list[tuple[str, str | bytes]] = [("idempotency-key", key)] if key else []
        if self._told.token:
            metadata.append(("authorization", f"Bearer {self._told.token}"))
        try:
            return call(
                message_class(request_name)(**fields), timeout=self._told.seconds, metadata=tuple(metadata)
            )
        except grpc.RpcError as fault:
            self._told.addresses.forget(service)
            raise _failure(method, fault) from None

    def _channel(self, address: str) -> grpc.Channel:
        with self._lock:
            if address not in self._channels:
                # gRPC itself repeats a call whose request it could not send, and none other.
                options = [("grpc.enable_retries", 0), ("grpc.max_receive_message_length", 16 * 1024 * 1024)]
                self._channels[address] = grpc.insecure_channel(address, options=options)
            return self._channels[address]

    def close(self) -> None:
        """Close the connections."""
        with self._lock:
            while self._channels:
                self._channels.popitem()[1].close()


def _failure(method: str, fault: grpc.RpcError) -> PlatformError:
    code, details = fault.code(), fault.details() or ""
    message = f"{method.rpartition('/')[2]}: {code.name} {details[:200]}".rstrip()
    if code is grpc.StatusCode.UNAUTHENTICATED:
        return NotAllowed(f"{message}; check PLATFORM_TOKEN")
    if code in _REJECTED:
        return Rejected(message)
    if code is grpc.StatusCode.RESOURCE_EXHAUSTED:
        return Unavailable(message)
    if code is grpc.StatusCode.UNAVAILABLE and _never_connected(details):
        return NotSent(message)
    return OutcomeUnknown(message)


def _never_connected(details: str) -> bool:
    """The words of gRPC's core for a connection that could not be opened; UNAVAILABLE also means one that
    broke.
    """
    words = (
        "failed to connect to all addresses",
        "Connection refused",
        "DNS resolution failed",
        "No route to host",
    )
    return any(word in details for word in words)


def _known(value: str, method: str) -> str:
    if not value:
        raise OutcomeUnknown(f"{method}: the answer holds no id")
    return value


def _fit_to_gevent() -> None:
    """In a process patched by gevent, gRPC has to wait cooperatively; it offers this as experimental."""
    monkey = sys.modules.get("gevent.monkey")
    if monkey is not None and monkey.is_module_patched("socket"):
        from grpc.experimental import gevent as grpc_gevent  # noqa: PLC0415

        grpc_gevent.init_gevent()
