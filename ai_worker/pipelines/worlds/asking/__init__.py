"""Models and image models on behalf of one job: counted against the world's limits, priced, and noted in its
history. The entries are `JobAsker` and `JobPainter`. The only room of worlds that knows how the house asks a
model; it may not know jobs, repositories or the platform.
"""

from ai_worker.pipelines.worlds.asking.accounts import PIPELINE, context_of
from ai_worker.pipelines.worlds.asking.asker import JobAsker
from ai_worker.pipelines.worlds.asking.painter import JobPainter

__all__ = ["PIPELINE", "JobAsker", "JobPainter", "context_of"]
