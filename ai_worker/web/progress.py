"""The progress of every pipeline, for as many viewers as there are."""

from collections.abc import Sequence
from functools import lru_cache

from ai_worker.app import PIPELINES
from ai_worker.engine.contract.progress import TaskProgress
from ai_worker.observe.sampled import Sampled


def pipeline_progress(name: str) -> Sequence[TaskProgress]:
    """The progress of a pipeline's tasks; counted anew only so often that it costs its store little.

    Raises:
        StoreUnavailable: its store does not answer.
    """
    return _sampled(name).value()


@lru_cache
def _sampled(name: str) -> Sampled[Sequence[TaskProgress]]:
    return Sampled(PIPELINES[name].progress)
