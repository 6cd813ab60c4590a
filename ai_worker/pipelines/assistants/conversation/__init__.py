"""One turn of a conversation: model, tool calls, results, model, until there is an answer.

The entry is `loop.converse`. It may not know how messages are stored or which form a provider speaks.
"""
