"""The sample work of corrections: texts to correct and to translate, in three languages.

Its entries are `load`, `ended`, `show` and `NEXT`, found by name. It may not know other pipelines.
"""

from ai_worker.pipelines.corrections.demo.loading import load
from ai_worker.pipelines.corrections.demo.showing import NEXT, ended, show

__all__ = ["NEXT", "ended", "load", "show"]
