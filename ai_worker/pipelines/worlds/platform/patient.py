"""A platform that is asked again at once after a blip, where repeating does no harm.

An attempt of a job is dear: there are two to four of them. So a call that certainly changed nothing, or that
may be carried out twice, is repeated within its attempt; and a platform that is away costs none.
"""

import logging
import random
import time
from collections.abc import Callable
from typing import TypeVar

from ai_worker.pipelines.worlds.platform.errors import NotAllowed, OutcomeUnknown, PlatformError
from ai_worker.pipelines.worlds.platform.port import (
    Media,
    NewCharacter,
    NewMedium,
    NewPost,
    Platform,
    Ticket,
)

log = logging.getLogger(__name__)

Value = TypeVar("Value")

TRIES = 3
PAUSE_SECONDS = 0.5
"""Before the second try; doubled before each further one."""
LONGEST_PAUSE = 5.0
"""A platform that names a longer one is left alone until then."""
REST_SECONDS = (5.0, 30.0)
"""Before a job comes again that found the platform away: drawn, so that not all come at once."""


class PatientPlatform:
    """See `Platform` for what each method promises."""

    def __init__(self, bound: Platform, sleep: Callable[[float], None] = time.sleep) -> None:
        self._bound = bound
        self._sleep = sleep
        self.takes_posts_without_picture = bound.takes_posts_without_picture
        self.honours_keys = bound.honours_keys
        self.gets_or_creates_characters = bound.gets_or_creates_characters

    def create_character(self, character: NewCharacter, key: str) -> str:
        """Repeated after an unknown outcome only where the same name brings the same character."""
        again = self.gets_or_creates_characters or self.honours_keys
        return self._tried(lambda: self._bound.create_character(character, key), again=again)

    def find_character(self, character: NewCharacter, key: str) -> str | None:
        """Repeated."""
        return self._tried(lambda: self._bound.find_character(character, key))

    def set_avatar(self, world_id: str, character_id: str, username: str, media: Media, key: str) -> None:
        """Repeated."""
        self._tried(lambda: self._bound.set_avatar(world_id, character_id, username, media, key))

    def set_world_pictures(self, world_id: str, header: Media, icon: Media, key: str) -> None:
        """Repeated."""
        self._tried(lambda: self._bound.set_world_pictures(world_id, header, icon, key))

    def create_post(self, post: NewPost, key: str) -> str:
        """Repeated after an unknown outcome only where the key makes one post of it."""
        return self._tried(lambda: self._bound.create_post(post, key), again=self.honours_keys)

    def find_post(self, post: NewPost, key: str) -> str | None:
        """Repeated."""
        return self._tried(lambda: self._bound.find_post(post, key))

    def new_medium(self, medium: NewMedium, size: int, key: str) -> Ticket:
        """Repeated: a medium that is never uploaded is never shown."""
        return self._tried(lambda: self._bound.new_medium(medium, size, key))

    def upload(self, ticket: Ticket, content: bytes, content_type: str) -> Media:
        """Repeated."""
        return self._tried(lambda: self._bound.upload(ticket, content, content_type))

    def _tried(self, call: Callable[[], Value], *, again: bool = True) -> Value:
        for number in range(1, TRIES):
            try:
                return call()
            except PlatformError as fault:
                pause = max(fault.retry_after or 0.0, PAUSE_SECONDS * 2 ** (number - 1))
                if not _worth_repeating(fault, again=again) or pause > LONGEST_PAUSE:
                    raise _rested(fault) from None
                log.info("[Platform] %s; again in %.1f s", fault, pause)
            self._sleep(pause)
        try:
            return call()
        except PlatformError as fault:
            raise _rested(fault) from None


def _worth_repeating(fault: PlatformError, *, again: bool) -> bool:
    if isinstance(fault, OutcomeUnknown):
        return again
    return fault.outage and not isinstance(fault, NotAllowed)


def _rested(fault: PlatformError) -> PlatformError:
    """The same failure; where the platform is away, one that costs no attempt."""
    if fault.outage:
        fault.uses_attempt = False
        if fault.retry_after is None:
            fault.retry_after = random.uniform(*REST_SECONDS)
    return fault
