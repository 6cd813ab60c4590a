"""Chunks of documents: their shape, which text of them is asked about, and how they come from files of one's
own.

Its entries are `Chunk`, `asked_about` and `read_chunks`. It may not know databases, models or servers.
"""
