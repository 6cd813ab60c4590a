"""The paths of the platform's gateway, in one table that `PLATFORM_PATHS` may change line by line.

An empty entry says that the gateway has no such path: a look-up without a path cannot be made.
"""

from collections.abc import Mapping

from ai_worker.errors import ConfigurationError

# fmt: off
PATHS: dict[str, str] = {
    "create_character":   "POST /api/v1/auth/create-ai-user",
    "find_character":     "",
    "set_avatar":         "POST /api/v1/auth/create-ai-user",
    "set_world_pictures": "PUT /api/v1/worlds/{world_id}/images",
    "create_post":        "POST /api/v1/worlds/{world_id}/posts",
    "find_post":          "GET /api/v1/worlds/{world_id}/character/{character_id}/posts",
    "upload_url":         "POST /api/v1/media/upload-url",
    "confirm":            "POST /api/v1/media/confirm",
}
# fmt: on


def paths(changes: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Method and path of each call; both empty where there is none.

    Raises:
        ConfigurationError: a change names no call, or is not `METHOD /path`.
    """
    if unknown := set(changes) - set(PATHS):
        raise ConfigurationError(f"PLATFORM_PATHS names {sorted(unknown)}; known: {', '.join(PATHS)}")
    found: dict[str, tuple[str, str]] = {}
    for name, line in {**PATHS, **changes}.items():
        method, _, path = line.strip().partition(" ")
        if line.strip() and not (method.isalpha() and path.startswith("/")):
            raise ConfigurationError(f"PLATFORM_PATHS: {name} reads METHOD /path, not {line!r}")
        found[name] = (method.upper(), path.strip())
    return found
