"""The lanes that may be worked: those of running loops, within their concurrency and the limits of the model
or the knowledge base that their rows ask.
"""

from collections.abc import Callable, Sequence
from typing import Any

from ai_worker.engine.contract.row import Lane
from ai_worker.kit.admission import Candidate, admitted
from ai_worker.pipelines.loops.outgoing import planned_model, planned_server
from ai_worker.pipelines.loops.recall.kinds import LOCAL
from ai_worker.pipelines.loops.service import loops
from ai_worker.pipelines.loops.statuses import LoopStatus

Open = Callable[[Sequence[Lane]], Sequence[Lane]]


def lanes_of_models(lanes: Sequence[Lane]) -> list[Lane]:
    """The lanes of running loops whose model may be asked now."""
    running = _running(lanes)
    models = loops().judges.models([loop["judge_config_id"] for _, loop in running])
    candidates = []
    for lane, loop in running:
        row = models.get(loop["judge_config_id"])
        candidates.append(Candidate(lane, planned_model(row) if row else None, loop["concurrency"]))
    return admitted(candidates)


def lanes_of_servers(lanes: Sequence[Lane]) -> list[Lane]:
    """The lanes of running loops whose knowledge base may be asked now."""
    return admitted(
        [
            Candidate(lane, None if loop["env_type"] == LOCAL else planned_server(loop), loop["concurrency"])
            for lane, loop in _running(lanes)
        ]
    )


def lanes_of_steps(lanes: Sequence[Lane]) -> list[Lane]:
    """The lanes of running loops: what a step asks differs by the step, and it waits by itself."""
    return [lane for lane, _ in _running(lanes)]


def _running(lanes: Sequence[Lane]) -> list[tuple[Lane, dict[str, Any]]]:
    found = loops().loops.statuses([str(lane.value) for lane in lanes])
    rows = [(lane, found.get(str(lane.value))) for lane in lanes]
    return [(lane, row) for lane, row in rows if row is not None and row["status"] == LoopStatus.RUNNING]
