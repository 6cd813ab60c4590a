"""The lanes that may be worked: those of running loops, within their concurrency and their model's limits."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from ai_worker.engine.contract.row import Lane
from ai_worker.kit.admission import Candidate, admitted
from ai_worker.pipelines.loops.outgoing import planned_model
from ai_worker.pipelines.loops.service import loops
from ai_worker.pipelines.loops.statuses import LoopStatus

Open = Callable[[Sequence[Lane]], Sequence[Lane]]


def lanes_of_models(lanes: Sequence[Lane]) -> list[Lane]:
    """The lanes of running loops whose model may be asked now."""
    found = loops().loops.statuses([str(lane.value) for lane in lanes])
    running = [lane for lane in lanes if _runs(found.get(str(lane.value)))]
    models = loops().judges.models([found[str(lane.value)]["judge_config_id"] for lane in running])
    candidates = []
    for lane in running:
        loop = found[str(lane.value)]
        row = models.get(loop["judge_config_id"])
        candidates.append(Candidate(lane, planned_model(row) if row else None, loop["concurrency"]))
    return admitted(candidates)


def lanes_of_servers(lanes: Sequence[Lane]) -> list[Lane]:
    """The lanes of running loops, each within its concurrency: a knowledge base knows no other limit."""
    found = loops().loops.statuses([str(lane.value) for lane in lanes])
    return [
        replace(lane, cap=found[str(lane.value)]["concurrency"])
        for lane in lanes
        if _runs(found.get(str(lane.value)))
    ]


def _runs(loop: dict[str, object] | None) -> bool:
    return loop is not None and loop["status"] == LoopStatus.RUNNING
