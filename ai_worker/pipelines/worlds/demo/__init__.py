"""The sample work of worlds: one small world, ordered as the platform's world service does it.

Its entries are `load`, `ended`, `show` and `NEXT`, found by name. It may not know other pipelines.
"""

from ai_worker.pipelines.worlds.demo.sample import NEXT, ended, load, show

__all__ = ["NEXT", "ended", "load", "show"]
