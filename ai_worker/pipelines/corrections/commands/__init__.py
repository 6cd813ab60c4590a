"""The commands of `ai-worker` about corrections.

Entry: `main.group`, `run.run`, `enqueue.enqueue`. Holds no rules: each command calls one service.
"""
