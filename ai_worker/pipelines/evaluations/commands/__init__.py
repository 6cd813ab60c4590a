"""The commands of `ai-worker eval`.

Entry: `main.group`. Holds no rules: each command calls one service.
"""
