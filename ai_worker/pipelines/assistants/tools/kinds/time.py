"""`time`: the time now, in a time zone."""

from ai_worker.pipelines.assistants.tools.contract import Arguments, ToolContext, ToolKind
from ai_worker.pipelines.assistants.tools.moments import zone_named


def _run(arguments: Arguments, context: ToolContext, _: str) -> str:
    zone = zone_named(str(arguments.get("timezone") or "UTC"))
    return context.now.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S %Z")


KIND = ToolKind("time", _run)
