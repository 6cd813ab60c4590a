"""Conversations with tools: which of them the model calls, and what it makes of their results.

The entries are `conversation.turn_of` and `decide.decide`. It knows no assistant, only the messages of a
request.
"""
