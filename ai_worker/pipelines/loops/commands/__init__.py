"""`ai-worker loops`: the commands, their tables, and a loop's metrics together.

Its entry is `register`. It may not know Celery or HTTP; what it changes goes through `service`.
"""

from ai_worker.pipelines.loops.commands.group import register

__all__ = ["register"]
