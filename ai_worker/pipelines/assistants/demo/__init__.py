"""The sample work of assistants: a secretary with tools is asked three things, and changed between them.

Its entries are `load`, `ended`, `show` and `NEXT`, found by name. It may not know other pipelines.
"""

from ai_worker.pipelines.assistants.demo.sample import NEXT, ended, load, show

__all__ = ["NEXT", "ended", "load", "show"]
