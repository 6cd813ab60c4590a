"""The double over gRPC: the same memory behind the platform's services. Like them it honours no key."""

import json
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NoReturn

import grpc

from ai_worker.pipelines.worlds.platform.grpc_binding.messages import METHODS, message_class
from devtools.platform.faults import AFTER, HOLDS, Behaviour
from devtools.platform.memory import Memory, Post, Refusal

_CODES = {
    400: grpc.StatusCode.INVALID_ARGUMENT,
    403: grpc.StatusCode.PERMISSION_DENIED,
    404: grpc.StatusCode.NOT_FOUND,
}
_BROKEN = {
    "500_before": (grpc.StatusCode.INTERNAL, "internal error"),
    "500_after": (grpc.StatusCode.INTERNAL, "internal error"),
    "503_before": (grpc.StatusCode.RESOURCE_EXHAUSTED, "too many requests"),
    "401": (grpc.StatusCode.UNAUTHENTICATED, "no token"),
    "drop_before": (grpc.StatusCode.UNAVAILABLE, "Socket closed"),
    "drop_after": (grpc.StatusCode.UNAVAILABLE, "Socket closed"),
    "409": (grpc.StatusCode.ALREADY_EXISTS, "exists already"),
}
_NAMES = {
    "CreateCharacter": "create_character",
    "UpdateCharacter": "set_avatar",
    "CreateAIPost": "create_post",
    "GetCharacterPosts": "find_post",
    "GetPresignedUploadURL": "upload_url",
    "ConfirmUpload": "confirm",
    "UpdateWorldImage": "set_world_pictures",
}


class GrpcDouble:
    """The gRPC side.

    Args:
        behaviour: asked at each call, since it may be replaced meanwhile.
        port: 0 takes a free one.
    """

    def __init__(self, memory: Memory, behaviour: Callable[[], Behaviour], port: int = 0) -> None:
        self._memory = memory
        self._behaviour = behaviour
        self._server = grpc.server(ThreadPoolExecutor(32))
        services: dict[str, dict[str, grpc.RpcMethodHandler[Any, Any]]] = {}
        for path, (_, request, response) in METHODS.items():
            service, method = path.lstrip("/").split("/")
            if (call := getattr(self, f"_{_NAMES.get(method, '')}", None)) is None:
                continue
            services.setdefault(service, {})[method] = grpc.unary_unary_rpc_method_handler(
                self._guarded(method, call),
                request_deserializer=message_class(request).FromString,
                response_serializer=message_class(response).SerializeToString,
            )
        for service, methods in services.items():
            self._server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, methods),))
        self.port = self._server.add_insecure_port(f"127.0.0.1:{port}")

    def start(self) -> None:
        """Serve from now on."""
        self._server.start()

    def stop(self) -> None:
        """Stop serving."""
        self._server.stop(0).wait()

    def _guarded(self, method: str, call: Callable[[Any], Any]) -> Callable[[Any, grpc.ServicerContext], Any]:
        name = _NAMES[method]

        def guarded(request: Any, context: grpc.ServicerContext) -> Any:
            self._memory.calls.append({"call": name, "key": "", "body": {}})
            behaviour = self._behaviour()
            time.sleep(behaviour.latency)
            fault = behaviour.choose(name, str(request)[:200], str(request))
            if fault == "hold_before":
                behaviour.hold()
            elif fault and fault not in (*AFTER, *HOLDS):
                _abort(context, *_BROKEN[fault])
            try:
                answer = call(request)
            except Refusal as refusal:
                _abort(context, _CODES.get(refusal.status, grpc.StatusCode.INTERNAL), str(refusal))
            if fault == "hold_after":
                behaviour.hold()
            elif fault and fault not in HOLDS:
                _abort(context, *_BROKEN[fault])
            return answer

        return guarded

    def _create_character(self, request: Any) -> Any:
        if request.HasField("real_user_id"):
            raise Refusal(400, "an AI character has no real user")
        meta = json.loads(request.meta) if request.meta else {}
        made = self._memory.add_character(
            request.world_id, str(meta.get("username", "")), request.display_name, meta
        )
        return message_class("generia.character.Character")(
            id=made.id, world_id=made.world_id, is_ai=True, display_name=made.display_name
        )

    def _set_avatar(self, request: Any) -> Any:
        medium = self._memory.medium(request.avatar_media_id)
        self._memory.set_avatar(request.character_id, self._memory.address(medium), media_id=medium.id)
        made = self._memory.character(request.character_id)
        return message_class("generia.character.Character")(
            id=made.id,
            world_id=made.world_id,
            is_ai=True,
            display_name=made.display_name,
            avatar_url=made.avatar,
        )

    def _create_post(self, request: Any) -> Any:
        media_id = request.media_id.replace("-", "")
        wanted = (request.world_id, request.character_id, request.caption, media_id, list(request.tags))
        made = self._memory.add_post(Post(str(uuid.uuid4()), *wanted), needs_picture=True)
        return message_class("post.CreatePostResponse")(post_id=made.id)

    def _find_post(self, request: Any) -> Any:
        if not 0 < request.limit <= 100:
            raise Refusal(400, "limit must be from 1 to 100")
        found = [post for post in self._memory.posts.values() if post.character_id == request.character_id]
        shown = found[request.offset : request.offset + request.limit]
        kind = message_class("post.Post")
        posts = [
            kind(
                post_id=post.id,
                character_id=post.character_id,
                caption=post.caption,
                media_url=self._memory.address(self._memory.media[post.media_id]),
            )
            for post in shown
        ]
        return message_class("post.PostList")(posts=posts, total=len(found))

    def _upload_url(self, request: Any) -> Any:
        names = ("world_id", "character_id", "filename", "content_type", "media_type")
        medium = self._memory.add_medium({name: getattr(request, name) for name in names})
        url = f"{self._memory.url}/upload/{medium.id}?signature=1"
        return message_class("media.GetPresignedUploadURLResponse")(
            media_id=medium.id, upload_url=url, expires_at=4_102_444_800
        )

    def _confirm(self, request: Any) -> Any:
        medium = self._memory.confirm(request.media_id)
        variant = message_class("media.MediaVariant")(name="original", url=self._memory.address(medium))
        return message_class("media.ConfirmUploadResponse")(success=True, variants=[variant])

    def _set_world_pictures(self, request: Any) -> Any:
        header, icon = self._memory.medium(request.image_uuid), self._memory.medium(request.icon_uuid)
        self._memory.set_world(request.world_id, self._memory.address(header), self._memory.address(icon))
        return message_class("world.UpdateWorldImageResponse")(success=True)


def _abort(context: grpc.ServicerContext, code: grpc.StatusCode, details: str) -> NoReturn:
    context.abort(code, details)
    raise RuntimeError("abort returns nowhere")
