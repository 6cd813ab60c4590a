"""The platform over HTTP, at its gateway.

`create-ai-user` gets or creates: repeated with the same name it returns the same user. So a look-up of a
character needs no path.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from ai_worker.errors import ConfigurationError
from ai_worker.pipelines.worlds.platform.calling import body_of, exchange
from ai_worker.pipelines.worlds.platform.errors import CannotLookUp, OutcomeUnknown, Rejected
from ai_worker.pipelines.worlds.platform.gateway_paths import paths
from ai_worker.pipelines.worlds.platform.media import put
from ai_worker.pipelines.worlds.platform.port import Media, NewCharacter, NewMedium, NewPost, Ticket

CONFLICT = 409


@dataclass(frozen=True, slots=True)
class GatewaySettings:
    """The settings of one gateway.

    Args:
        token: sent as a bearer token where there is one.
        paths: changes of the table of paths.
        seconds: that one call may take.
    """

    url: str
    token: str = ""
    paths: Mapping[str, str] | None = None
    honours_keys: bool = False
    needs_pictures: bool = False
    seconds: float = 20.0


class Gateway:
    """See `Platform` for what each method promises.

    Raises:
        ConfigurationError: API_GATEWAY_URL is missing, or the table of paths does not fit.
    """

    def __init__(self, told: GatewaySettings) -> None:
        if not told.url.startswith(("http://", "https://")):
            raise ConfigurationError("API_GATEWAY_URL is not set, or no address like http://api-gateway:8080")
        self._told = told
        self._paths = paths(told.paths or {})

    @property
    def takes_posts_without_picture(self) -> bool:
        """By PLATFORM_NEEDS_PICTURES."""
        return not self._told.needs_pictures

    @property
    def honours_keys(self) -> bool:
        """By PLATFORM_HONOURS_KEYS."""
        return self._told.honours_keys

    @property
    def gets_or_creates_characters(self) -> bool:
        """Unless the table has a path that looks characters up: then they are created, and looked up."""
        return not self._paths["find_character"][1]

    def create_character(self, character: NewCharacter, key: str) -> str:
        """The user of this name, created where it is missing. 409 with its id is a success: it is our own
        earlier try.
        """
        body = {
            "world_id": character.world_id,
            "username": character.username,
            "display_name": character.display_name,
            "ai_generated": True,
            "bio": character.bio,
            "meta": dict(character.meta),
        }
        return self._created("create_character", body, key)

    def find_character(self, character: NewCharacter, key: str) -> str | None:
        """By the path, where the table has one; else nothing, since creating is get-or-create."""
        if not self._paths["find_character"][1]:
            return None
        return self._found(
            "find_character", {"world_id": character.world_id}, {"username": character.username}
        )

    def set_avatar(self, world_id: str, character_id: str, username: str, media: Media, key: str) -> None:
        """Name the user once more, now with its picture."""
        body = {
            "world_id": world_id,
            "username": username,
            "display_name": username,
            "ai_generated": True,
            "character_id": character_id,
            "avatar_url": media.url,
            "avatar_media_id": media.media_id,
        }
        try:
            self._call("set_avatar", body, key)
        except Rejected as fault:
            # It has the picture already, by an earlier try whose answer was lost.
            if fault.status != CONFLICT or _id_of(fault.body) != character_id:
                raise

    def set_world_pictures(self, world_id: str, header: Media, icon: Media, key: str) -> None:
        """Both addresses, and both ids for gateways that want these."""
        body = {
            "header_image_url": header.url,
            "icon_url": icon.url,
            "image_uuid": header.media_id,
            "icon_uuid": icon.media_id,
        }
        self._call("set_world_pictures", body, key, world_id=world_id)

    def create_post(self, post: NewPost, key: str) -> str:
        """The post, under both spellings of its fields."""
        body: dict[str, Any] = {
            "user_id": post.character_id,
            "content": post.caption,
            "media_ids": [post.media_id] if post.media_id else [],
            "character_id": post.character_id,
            "caption": post.caption,
            "tags": list(post.tags),
        }
        if post.media_id:
            body["media_id"] = post.media_id
        return self._created("create_post", body, key, world_id=post.world_id)

    def find_post(self, post: NewPost, key: str) -> str | None:
        """Among the character's posts, by the medium's id, which also stands in the medium's address; else by
        the text.
        """
        place = {"world_id": post.world_id, "character_id": post.character_id}
        for found in self._listed("find_post", place, {"limit": "100"}):
            if _same_post(found, post):
                return _id_of(found)
        return None

    def new_medium(self, medium: NewMedium, size: int, key: str) -> Ticket:
        """The address for one PUT."""
        body: dict[str, Any] = {
            "filename": medium.filename,
            "content_type": medium.content_type,
            "size": size,
            "world_id": medium.world_id,
            "media_type": int(medium.media_type),
        }
        if medium.character_id:
            body["character_id"] = medium.character_id
        answer = self._call("upload_url", body, key)
        return Ticket(_text(answer, "media_id"), _text(answer, "upload_url"))

    def upload(self, ticket: Ticket, content: bytes, content_type: str) -> Media:
        """PUT, then confirm."""
        put(ticket, content, content_type, self._told.seconds)
        answer = self._call("confirm", {"media_id": ticket.media_id}, ticket.media_id)
        return Media(ticket.media_id, _address(answer) or ticket.upload_url.partition("?")[0])

    def _created(self, name: str, body: Mapping[str, Any], key: str, **place: str) -> str:
        try:
            answer = self._call(name, body, key, **place)
        except Rejected as fault:
            # The record is there already. It is ours: names and keys are of this job alone.
            if fault.status == CONFLICT and (existing := _id_of(fault.body)):
                return existing
            raise
        created = _id_of(answer)
        if created is None:
            raise OutcomeUnknown(f"{name}: the gateway's answer holds no id", body=answer)
        return created

    def _found(self, name: str, place: Mapping[str, str], wanted: Mapping[str, str]) -> str | None:
        for found in self._listed(name, place, wanted):
            if all(found.get(field) == value for field, value in wanted.items()):
                return _id_of(found)
        return None

    def _listed(
        self, name: str, place: Mapping[str, str], query: Mapping[str, str]
    ) -> Sequence[Mapping[str, Any]]:
        if not self._paths[name][1]:
            raise CannotLookUp(
                f"the outcome of a call is unknown, and PLATFORM_PATHS has no {name} to look it up"
            )
        question = "&".join(f"{field}={quote(value)}" for field, value in query.items())
        answer = self._call(name, None, "", query=question, **place)
        entries = answer if isinstance(answer, list) else _entries(answer)
        return [entry for entry in entries if isinstance(entry, Mapping)]

    def _call(
        self, name: str, body: Mapping[str, Any] | None, key: str, query: str = "", **place: str
    ) -> Any:
        method, path = self._paths[name]
        filled = path.format(**{field: quote(value, safe="") for field, value in place.items()})
        headers = {"Accept": "application/json"}
        if self._told.token:
            headers["Authorization"] = f"Bearer {self._told.token}"
        if key and method != "GET":
            headers["Idempotency-Key"] = key
        url = f"{self._told.url.rstrip('/')}{filled}" + (f"?{query}" if query else "")
        return body_of(exchange(method, url, self._told.seconds, json=body, headers=headers))


def _same_post(found: Mapping[str, Any], post: NewPost) -> bool:
    if not post.media_id:
        return post.caption in (found.get("caption"), found.get("content"))
    plain = post.media_id.replace("-", "")
    ids = [found.get("media_id"), *(found.get("media_ids") or [])]
    if any(isinstance(known, str) and known.replace("-", "") == plain for known in ids):
        return True
    return plain in str(found.get("media_url") or "").replace("-", "")


def _id_of(answer: Any) -> str | None:
    if not isinstance(answer, Mapping):
        return None
    found = next(
        (answer[name] for name in ("id", "post_id", "character_id", "user_id") if answer.get(name)), None
    )
    return None if found is None else str(found)


def _entries(answer: Any) -> Sequence[Any]:
    if isinstance(answer, Mapping):
        for name in ("posts", "characters", "users", "items"):
            if isinstance(answer.get(name), list):
                return list(answer[name])
    return []


def _text(answer: Any, name: str) -> str:
    found = answer.get(name) if isinstance(answer, Mapping) else None
    if not isinstance(found, str) or not found:
        raise OutcomeUnknown(f"the gateway's answer holds no {name}", body=answer)
    return found


def _address(answer: Any) -> str:
    variants = answer.get("variants") if isinstance(answer, Mapping) else None
    if isinstance(variants, Mapping):
        return str(variants.get("original") or next(iter(variants.values()), ""))
    return ""
