"""The sample work of loops: two rounds over four short manuals.

Its entries are `load`, `ended`, `show` and `NEXT`, found by name. It may not know other pipelines.
"""

from ai_worker.pipelines.loops.demo.sample import NEXT, ended, load, show

__all__ = ["NEXT", "ended", "load", "show"]
