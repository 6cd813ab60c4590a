"""`ai-worker assistants …`: the registry and a conversation in the terminal.

The entry is `main.group`. It may not know the API.
"""
