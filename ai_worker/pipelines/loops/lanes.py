"""The lanes that may be worked: those of running loops, within their concurrency and the limits of the model
or the knowledge base that their rows ask.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ai_worker.engine.contract.row import Lane
from ai_worker.kit.admission import Candidate, admitted, closed_reasons
from ai_worker.pipelines.loops.outgoing import Endpoint, planned_model, planned_server
from ai_worker.pipelines.loops.recall.kinds import LOCAL
from ai_worker.pipelines.loops.service import loops
from ai_worker.pipelines.loops.statuses import LoopStatus, Phase

Open = Callable[[Sequence[Lane]], Sequence[Lane]]

_ASK_SERVERS = (Phase.FETCHING, Phase.TESTING)
_ASK_MODELS = (Phase.WRITING, Phase.JUDGING, Phase.COMPARING)


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
    return admitted([Candidate(lane, _server(loop), loop["concurrency"]) for lane, loop in _running(lanes)])


def lanes_of_steps(lanes: Sequence[Lane]) -> list[Lane]:
    """The lanes of running loops whose next step may be worked now: fetching asks the knowledge base. The
    search for duplicates waits by itself, and does without embeddings in the end.
    """
    running = _running(lanes)
    phases = loops().rounds.phases([loop["id"] for _, loop in running])
    return admitted(
        [
            Candidate(lane, _server(loop) if phases.get(loop["id"]) is Phase.FETCHING else None)
            for lane, loop in running
        ]
    )


def closed_for(loop_ids: Sequence[str]) -> dict[str, str]:
    """The reasons for which running loops wait, by their ids: a fault of the deployment closes the model or
    the knowledge base that the current phase asks.
    """
    found = loops().loops.statuses(loop_ids)
    running = [loop for loop in found.values() if loop["status"] == LoopStatus.RUNNING]
    phases = loops().rounds.phases([loop["id"] for loop in running])
    models = loops().judges.models([loop["judge_config_id"] for loop in running])
    asked = {}
    for loop in running:
        phase, row = phases.get(loop["id"]), models.get(loop["judge_config_id"])
        endpoint = _server(loop) if phase in _ASK_SERVERS else planned_model(row) if row else None
        if endpoint is not None and phase in (*_ASK_SERVERS, *_ASK_MODELS):
            asked[loop["id"]] = endpoint
    reasons = closed_reasons(asked.values()) if asked else {}
    return {name: reasons[one.asked_as] for name, one in asked.items() if one.asked_as in reasons}


def waits_for(loop_id: str) -> str:
    """The reason for which a running loop waits: what closes its model or knowledge base, or the fault that
    an open row of it met last; empty for none.
    """
    return closed_for([loop_id]).get(loop_id) or loops().rounds.waits_for(loop_id)


def _server(loop: Mapping[str, Any]) -> Endpoint | None:
    """The knowledge base of a loop; None where it asks none."""
    return None if loop["env_type"] == LOCAL else planned_server(loop)


def _running(lanes: Sequence[Lane]) -> list[tuple[Lane, dict[str, Any]]]:
    found = loops().loops.statuses([str(lane.value) for lane in lanes])
    rows = [(lane, found.get(str(lane.value))) for lane in lanes]
    return [(lane, row) for lane, row in rows if row is not None and row["status"] == LoopStatus.RUNNING]
