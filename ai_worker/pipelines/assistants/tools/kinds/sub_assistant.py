"""`sub_assistant`: a message to another assistant, which answers with its own tools."""

from ai_worker.pipelines.assistants.registry.config import target_of
from ai_worker.pipelines.assistants.tools.contract import Arguments, ToolContext, ToolFault, ToolKind


def _run(arguments: Arguments, context: ToolContext, _: str) -> str:
    target = target_of(context.tool, context.link)
    if target is None:
        raise ToolFault("this tool names no assistant to ask")
    message = str(arguments.get("message") or "").strip()
    if not message:
        raise ToolFault("give the message that the other assistant is to answer")
    return context.ask(target, message)


KIND = ToolKind("sub_assistant", _run, nested=True)
