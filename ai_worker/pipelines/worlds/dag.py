"""The DAG of a world: nine kinds of jobs, their parents, and how much each may try.

A parent never waits for its children. The end of a world is a question to the store: is any job of it still
open?
"""

from dataclasses import dataclass
from typing import Literal

Calls = Literal["nothing", "llm", "images"]


@dataclass(frozen=True, slots=True)
class JobKind:
    """One kind of job.

    Args:
        name: the value of a job document's `type`, and the name of its Celery task.
        parents: the kinds that insert jobs of this kind; a kind that names itself continues in further
            batches.
        attempts: tries before a job fails for good.
        calls: the dearest kind of call its work makes; one with pictures has them described by a text model.
        stage: the stage of the world that its jobs belong to.
        critical: whether the world fails when every job of this kind has failed.
    """

    name: str
    parents: tuple[str, ...]
    attempts: int
    calls: Calls
    stage: str
    critical: bool = False


INIT = "init_world_creation"
DESCRIPTION = "generate_world_description"
WORLD_IMAGE = "generate_world_image"
CHARACTER_BATCH = "generate_character_batch"
CHARACTER = "generate_character"
AVATAR = "generate_character_avatar"
POST_BATCH = "generate_post_batch"
POST = "generate_post"
POST_IMAGE = "generate_post_image"

# fmt: off
KINDS: tuple[JobKind, ...] = (
    #       name             parents                         tries     calls      stage             critical
    JobKind(INIT,            (),                             4,        "nothing", "initializing",      True),
    JobKind(DESCRIPTION,     (INIT,),                        4,        "llm",     "world_description", True),
    JobKind(WORLD_IMAGE,     (DESCRIPTION,),                 4,        "images",  "world_image"),
    JobKind(CHARACTER_BATCH, (DESCRIPTION, CHARACTER_BATCH), 4,        "llm",     "characters",        True),
    JobKind(CHARACTER,       (CHARACTER_BATCH,),             2,        "llm",     "characters"),
    JobKind(AVATAR,          (CHARACTER,),                   2,        "images",  "characters"),
    JobKind(POST_BATCH,      (CHARACTER, POST_BATCH),        2,        "llm",     "posts"),
    JobKind(POST,            (POST_BATCH,),                  2,        "llm",     "posts"),
    JobKind(POST_IMAGE,      (POST,),                        2,        "images",  "posts"),
)
# fmt: on

BY_NAME = {kind.name: kind for kind in KINDS}


def depth(name: str) -> int:
    """The number of kinds of jobs that still follow one of this kind, one after the other."""
    children = [kind.name for kind in KINDS if name in kind.parents and kind.name != name]
    return 1 + max(map(depth, children)) if children else 0
