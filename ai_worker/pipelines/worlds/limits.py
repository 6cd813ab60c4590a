"""The number of calls that a world may make: what its order names, else a quarter more than a complete world
needs.

Needs: a call for the description, one for the world's picture, one for each batch of ten; three for each
character (itself, its avatar, its posts) and two for each post (itself, its picture). Pictures: two of the
world, one for each character and post.
"""

import math
from dataclasses import dataclass

from ai_worker.errors import WorkError
from ai_worker.pipelines.worlds.answers.counts import batches_of, extra_batches

MARGIN = 1.25


@dataclass(frozen=True, slots=True)
class Limits:
    """Calls that a world may make: repeats count, calls that never left do not."""

    llm: int
    images: int


class LimitUsedUp(WorkError):
    """The world has made all the calls that it may make: what is left of it ends with this reason."""

    error_class = "budget"


def need(users: int, posts: int) -> Limits:
    """The calls of a complete world in which none is repeated."""
    llm = 2 + batches_of(users) + 3 * users + 2 * posts + extra_batches(posts, users)
    return Limits(llm, 2 + users + posts)


def default_limits(users: int, posts: int) -> Limits:
    """The limits of an order that names none."""
    needed = need(users, posts)
    return Limits(math.ceil(MARGIN * needed.llm), math.ceil(MARGIN * needed.images))
