"""The gateway's routes over the double's memory."""

import re
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from devtools.platform.faults import Behaviour
from devtools.platform.memory import Memory, Post, Refusal

Answer = tuple[int, Any]
Body = Mapping[str, Any]


class Gateway:
    """The calls of the gateway, by name.

    Args:
        behaviour: asked at each call, since it may be replaced meanwhile.
    """

    def __init__(self, memory: Memory, behaviour: Callable[[], Behaviour]) -> None:
        self._memory = memory
        self._behaviour = behaviour
        self._kept: dict[str, Answer] = {}
        self.routes: list[tuple[str, re.Pattern[str], str, Callable[[Body, Mapping[str, str]], Answer]]] = [
            ("POST", re.compile(r"/api/v1/auth/create-ai-user"), "create_character", self._user),
            (
                "PUT",
                re.compile(r"/api/v1/worlds/(?P<world>[^/]+)/images"),
                "set_world_pictures",
                self._images,
            ),
            ("POST", re.compile(r"/api/v1/worlds/(?P<world>[^/]+)/posts?"), "create_post", self._post),
            (
                "GET",
                re.compile(r"/api/v1/worlds/(?P<world>[^/]+)/character/(?P<character>[^/]+)/posts"),
                "find_post",
                self._posts,
            ),
            ("POST", re.compile(r"/api/v1/media/upload-url"), "upload_url", self._upload_url),
            ("POST", re.compile(r"/api/v1/media/confirm"), "confirm", self._confirm),
        ]

    def clear(self) -> None:
        """Forget the answers kept under keys."""
        self._kept.clear()

    def route(
        self, method: str, path: str
    ) -> tuple[str, Callable[[Body, Mapping[str, str]], Answer], dict[str, str]] | None:
        """The call that a request names."""
        for wanted, pattern, name, call in self.routes:
            if wanted == method and (found := pattern.fullmatch(path)):
                return name, call, found.groupdict()
        return None

    def kept(self, key: str) -> Answer | None:
        """The answer to an earlier call with the same key, where keys are honoured."""
        return self._kept.get(key) if key and self._behaviour().honours_keys else None

    def keep(self, key: str, answer: Answer) -> None:
        """Keep an answer under its key."""
        if key:
            self._kept[key] = answer

    def _user(self, body: Body, place: Mapping[str, str]) -> Answer:
        if body.get("ai_generated") is not True:
            raise Refusal(400, "ai_generated must be true")
        world, username = str(body.get("world_id") or ""), str(body.get("username") or "")
        if not username:
            raise Refusal(400, "username is required")
        with self._memory.lock:
            known = self._memory.named(world, username) if self._behaviour().get_or_create else None
            created = known is None
            if known is None:
                known = self._memory.add_character(
                    world, username, str(body.get("display_name") or ""), body.get("meta")
                )
        if body.get("avatar_url"):
            self._memory.set_avatar(
                known.id, str(body["avatar_url"]), media_id=str(body.get("avatar_media_id") or "")
            )
        return 201 if created else 200, {"id": known.id, "username": username}

    def _images(self, body: Body, place: Mapping[str, str]) -> Answer:
        self._memory.set_world(
            place["world"], str(body.get("header_image_url") or ""), str(body.get("icon_url") or "")
        )
        return 200, {"success": True}

    def _post(self, body: Body, place: Mapping[str, str]) -> Answer:
        media = body.get("media_ids") or []
        if not isinstance(media, list) or len(media) > 1:
            raise Refusal(400, "media_ids holds at most one id")
        post = Post(
            str(uuid.uuid4()),
            place["world"],
            str(body.get("user_id") or ""),
            str(body.get("content") or ""),
            str(media[0]).replace("-", "") if media else "",
            [],
        )
        made = self._memory.add_post(post, needs_picture=self._behaviour().needs_pictures)
        return 201, {"id": made.id}

    def _posts(self, body: Body, place: Mapping[str, str]) -> Answer:
        found = [
            {
                "id": post.id,
                "caption": post.caption,
                "media_url": self._memory.address(self._memory.media[post.media_id]) if post.media_id else "",
            }
            for post in self._memory.posts.values()
            if post.character_id == place["character"] and post.world_id == place["world"]
        ]
        return 200, {"posts": found, "total": len(found)}

    def _upload_url(self, body: Body, place: Mapping[str, str]) -> Answer:
        medium = self._memory.add_medium(body)
        url = f"{self._memory.url}/upload/{medium.id}?signature=1"
        return 200, {"media_id": medium.id, "upload_url": url, "expires_at": 4_102_444_800}

    def _confirm(self, body: Body, place: Mapping[str, str]) -> Answer:
        medium = self._memory.confirm(str(body.get("media_id") or ""))
        return 200, {"media_id": medium.id, "variants": {"original": self._memory.address(medium)}}
