"""A whole pipeline from three things: a store of rows, the question about one row, the result of its answer.

It comes with what every pipeline has: Celery tasks, request log, cost over attempts, the daily budget,
limits, lanes of closed models left alone, status, metrics, pause, resume, cancel and retry.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ai_worker.engine.contract.pipeline import Kind, Pipeline
from ai_worker.engine.contract.progress import TaskProgress
from ai_worker.engine.contract.row import Claim, Lane
from ai_worker.errors import BadRequest, ConfigurationError
from ai_worker.kit.admission import Candidate, admitted
from ai_worker.kit.attempt import Attempt
from ai_worker.kit.lane_control import LaneControl
from ai_worker.kit.row_store import RowStore
from ai_worker.kit.warm_up import load_redaction
from ai_worker.llm.asking import ask
from ai_worker.llm.model import Model
from ai_worker.llm.registry.catalogue import catalogued, model_named
from ai_worker.llm.request import Answer, Request
from ai_worker.outbound.accounting.budget_status import calls_of_the_day

Row = Mapping[str, Any]


def llm_pipeline(
    name: str,
    *,
    store: RowStore,
    question: Callable[[Row], Request],
    result: Callable[[Row, Answer], Mapping[str, Any]],
    asks: str | None = None,
    redact: bool = True,
) -> Pipeline:
    """A pipeline with one kind of rows.

    Args:
        name: of the pipeline and its queue; the last part of its module's name.
        store: where the rows are.
        question: the question about a row; raises BadRequest if the row cannot be asked as it is.
        result: the fields to store beside the status, the tokens and the cost.
        asks: the name of the model that all rows ask; None: each row's field `model`.
        redact: whether personal data is replaced before a text leaves.
    """
    return _LlmPipeline(name, store, question, result, asks, redact).pipeline()


class _LlmPipeline:
    def __init__(
        self,
        name: str,
        store: RowStore,
        question: Callable[[Row], Request],
        result: Callable[[Row, Answer], Mapping[str, Any]],
        asks: str | None,
        redact: bool,
    ) -> None:
        self._name, self._store, self._asks, self._redact = name, store, asks, redact
        self._question, self._result = question, result
        self._control = LaneControl(name, store)

    def pipeline(self) -> Pipeline:
        kind = Kind("work", self._store.source, self._work, self._open_lanes)
        return Pipeline(
            name=self._name,
            kinds=[kind],
            stores=[self._store.kind],
            progress=self._progress,
            control=self._control,
            records=lambda: [self._store.records()],
            models=catalogued,
            warm_up=load_redaction if self._redact else lambda: None,
        )

    def _work(self, claim: Claim) -> dict[str, Any]:
        row = claim.fields
        attempt = Attempt.of(
            claim, pipeline=self._name, task=self._name, records=self._store.records(), redact=self._redact
        )
        with attempt.recorded():
            answer = ask(self._model_of(row), self._question(row), attempt.context)
            found = self._result(row, answer)
        return {**found, **attempt.fields}

    def _model_of(self, row: Row) -> Model:
        named = self._asks or row.get("model")
        if not isinstance(named, str) or not named:
            raise BadRequest("the row names no model: set its field `model`")
        return model_named(named)

    def _open_lanes(self, lanes: Sequence[Lane]) -> list[Lane]:
        calls = calls_of_the_day(self._store.records(), self._name)
        candidates = []
        for lane in self._control.open(lanes):
            model = self._model_planned(lane)
            # The day's budget pays for models with a price alone: no other lane closes when it is spent.
            free = model is not None and model.price is None
            candidates.append(Candidate(lane, model, None if free else calls))
        return admitted(candidates)

    def _model_planned(self, lane: Lane) -> Model | None:
        named = self._asks or (str(lane.value) if self._store.by_model else None)
        try:
            return model_named(named) if named else None
        except ConfigurationError:
            # The rows of an unknown model are worked, and fail with that reason.
            return None

    def _progress(self) -> list[TaskProgress]:
        paused = self._control.paused()
        return [self._progress_of(lane, counts, paused) for lane, counts in self._store.counts().items()]

    def _progress_of(self, lane: str, counts: Mapping[str, int], paused: Mapping[str, str]) -> TaskProgress:
        by_state = dict.fromkeys(("waiting", "in_flight", "done", "failed"), 0)
        for status, count in counts.items():
            by_state[self._store.states.get(status, "done")] += count
        open_ = by_state["waiting"] + by_state["in_flight"]
        reason = paused.get(self._name) or paused.get(lane)
        state = "COMPLETED" if not open_ else f"PAUSED ({reason})" if reason else "IN_PROGRESS"
        return TaskProgress(
            pipeline=self._name,
            task=lane,
            state=state,
            counts=counts,
            done=by_state["done"],
            failed=by_state["failed"],
            in_flight=by_state["in_flight"],
            waiting=by_state["waiting"],
        )
