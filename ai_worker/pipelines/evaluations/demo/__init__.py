"""The sample work of evaluations: two tasks with their datasets, for up to three models.

Its entries are `load`, `ended`, `show` and `NEXT`, found by name. It may not know other pipelines.
"""

from ai_worker.pipelines.evaluations.demo.loading import load
from ai_worker.pipelines.evaluations.demo.showing import NEXT, ended, show

__all__ = ["NEXT", "ended", "load", "show"]
