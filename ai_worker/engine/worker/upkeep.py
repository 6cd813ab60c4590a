"""Upkeep of a pipeline, beside its scans: effects left over, groups that ended, and the pipeline's own
steps.
"""

from ai_worker.engine.contract.pipeline import Pipeline
from ai_worker.engine.worker.group_watch import close_unfinished
from ai_worker.engine.worker.outbox import follow_outstanding


def keep_up(pipeline: Pipeline) -> None:
    """Finish what owners that vanished have left of their rows. Bounded in each step, safe to run twice."""
    for kind in pipeline.kinds:
        follow_outstanding(kind)
    for groups in {kind.groups: kind for kind in pipeline.kinds if kind.groups is not None}.values():
        close_unfinished(groups)
    if pipeline.on_scan:
        pipeline.on_scan()
