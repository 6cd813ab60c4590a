"""The stages of a world, as a function of how many of its jobs are in which state.

No job writes a stage: a failed attempt therefore never shows as a failed stage, and concurrent workers undo
nothing.
"""

from collections.abc import Iterable, Mapping

from ai_worker.pipelines.worlds import dag
from ai_worker.pipelines.worlds.documents.job import COMPLETED, FAILED, IN_PROGRESS, OPEN, PENDING

INITIALIZING, DESCRIBING, PICTURING = "initializing", "world_description", "world_image"
CHARACTERS, POSTS, FINISHING = "characters", "posts", "finishing"
STAGES = (INITIALIZING, DESCRIBING, PICTURING, CHARACTERS, POSTS, FINISHING)

_RANK = {PENDING: 0, IN_PROGRESS: 1, FAILED: 2, COMPLETED: 2}
_BEFORE_POSTS = (dag.CHARACTER_BATCH, dag.CHARACTER)

Counts = Mapping[tuple[str, str], int]
"""The number of jobs of a world, by type and status."""


def count(counts: Counts, kinds: Iterable[str] | None = None, statuses: Iterable[str] | None = None) -> int:
    """The number of jobs of these kinds in these states; None: of any."""
    wanted_kinds = None if kinds is None else set(kinds)
    wanted = None if statuses is None else set(statuses)
    return sum(
        number
        for (kind, status), number in counts.items()
        if (wanted_kinds is None or kind in wanted_kinds) and (wanted is None or status in wanted)
    )


def stages_of(counts: Counts, *, ended: str | None = None) -> dict[str, str]:
    """The state of each stage.

    Args:
        ended: how the world ended, once no job of it is open, outboxes included.
    """
    described = count(counts, [dag.DESCRIPTION], [COMPLETED]) > 0
    more = ended is None and (not described or count(counts, _BEFORE_POSTS, OPEN) > 0)
    return {
        INITIALIZING: _state(counts, INITIALIZING),
        DESCRIBING: _state(counts, DESCRIBING),
        PICTURING: _state(counts, PICTURING),
        CHARACTERS: _state(counts, CHARACTERS, more=more),
        POSTS: _state(counts, POSTS, more=more),
        FINISHING: ended or PENDING,
    }


def _state(counts: Counts, stage: str, *, more: bool = False) -> str:
    """In progress while jobs are open or may still come; then completed where any was done, failed where none
    was.
    """
    kinds = [kind.name for kind in dag.KINDS if kind.stage == stage]
    if not count(counts, kinds):
        return PENDING
    if more or count(counts, kinds, OPEN):
        return IN_PROGRESS
    return COMPLETED if count(counts, kinds, [COMPLETED]) else FAILED


def current_stage(stages: Mapping[str, str]) -> str:
    """The stage to show.

    `characters` is kept until the world's picture is there: the front end reloads the picture when the stage
    `world_image` is completed while the current stage is `characters`.
    """
    if stages[FINISHING] != PENDING:
        return FINISHING
    if IN_PROGRESS in (stages[CHARACTERS], stages[PICTURING]):
        return CHARACTERS
    return next((name for name in reversed(STAGES) if stages[name] == IN_PROGRESS), _next_of(stages))


def _next_of(stages: Mapping[str, str]) -> str:
    """Between two stages: the first that has not begun."""
    return next((name for name in STAGES if stages[name] == PENDING), FINISHING)


def merged(before: Iterable[Mapping[str, str]], after: Mapping[str, str]) -> list[dict[str, str]]:
    """The list of stages in its order, none of them moved back."""
    known = {entry["name"]: entry["status"] for entry in before}
    states = {name: _later(known.get(name, PENDING), after[name]) for name in STAGES}
    return [{"name": name, "status": states[name]} for name in STAGES]


def _later(before: str, after: str) -> str:
    return after if _RANK.get(after, 0) >= _RANK.get(before, 0) else before
