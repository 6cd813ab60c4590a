"""Loops: questions written about a knowledge base's chunks and a retrieval test with them, round after round.

Its entry is `endpoints.ROUTERS` over HTTP, `commands` on the command line and `tasks` for the workers. It may
not know any other pipeline; models and servers are reached through `outgoing` alone.
"""
