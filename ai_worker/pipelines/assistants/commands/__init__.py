"""`ai-worker assistants …`: the registry and a conversation in the terminal.

The entry is `register`. It may not know the API.
"""

from ai_worker.pipelines.assistants.commands.main import register

__all__ = ["register"]
