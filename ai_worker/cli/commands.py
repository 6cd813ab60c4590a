"""The commands of the operator and of every pipeline, imported when they are asked for, and the Celery app
only as one is run.
"""

import gc
from collections.abc import Callable, Mapping
from functools import wraps
from importlib import import_module
from typing import Any, ClassVar

from ai_worker.kit.late_commands import LateGroup
from ai_worker.pipelines import folders, parts
from ai_worker.settings import settings


class Commands(LateGroup):
    """Those of a pipeline are there whether it is switched on or not."""

    late: ClassVar[Mapping[str, str]] = {
        "pause": "ai_worker.cli.operations.control:pause",
        "resume": "ai_worker.cli.operations.control:resume",
        "stop": "ai_worker.cli.operations.control:stop",
        "cancel": "ai_worker.cli.operations.control:cancel",
        "retry": "ai_worker.cli.operations.control:retry",
        "drain": "ai_worker.cli.operations.drain:drain",
        "watch": "ai_worker.cli.operations.watch:watch",
        "status": "ai_worker.cli.operations.status:status",
        "history": "ai_worker.cli.operations.history:history",
        "redact": "ai_worker.cli.redact:redact",
        "serve": "ai_worker.cli.operations.serve:serve",
        "demo": "ai_worker.cli.demo.demo:demo",
        "db": "ai_worker.cli.operations.database:group",
        "keys": "ai_worker.cli.operations.keys:group",
        "models": "ai_worker.cli.operations.models:group",
        "rows": "ai_worker.cli.operations.rows:group",
    }

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.prepare = _with_app
        switched_on = settings().pipelines
        self._not_imported = [*switched_on, *(name for name in folders() if name not in switched_on)]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of that name; None where there is none."""
        if cmd_name not in self.late:
            # `eval` is of evaluations, most likely.
            named_alike = [entry for entry in self._not_imported if entry.startswith(cmd_name)]
            for entry in [*named_alike, *self._not_imported]:
                if cmd_name in self.commands:
                    break
                self._import_pipeline(entry)
        return super().get_command(ctx, cmd_name)

    def list_commands(self, ctx: Any) -> list[str]:
        """Every command's name, for the help."""
        for entry in sorted(self._not_imported):
            self._import_pipeline(entry)
        return super().list_commands(ctx)

    def _import_pipeline(self, entry: str) -> None:
        if entry not in self._not_imported:
            return
        self._not_imported.remove(entry)
        for _, commands in parts([entry], "commands"):
            self.add(commands.register)


def _with_app(callback: Callable[..., Any]) -> Callable[..., Any]:
    """The command with the Celery app, through which it publishes; its help publishes nothing."""

    @wraps(callback)
    def with_app(*arguments: Any, **options: Any) -> Any:
        import_module("ai_worker.app")
        if not gc.isenabled():
            gc.freeze()
            gc.enable()
        return callback(*arguments, **options)

    return with_app
