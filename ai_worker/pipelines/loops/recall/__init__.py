"""Asking knowledge bases: their lists of files and chunks, and the retrieval test of a question.

Its entries are `open_knowledge_base` and `testing.search`. Each kind of server is one file behind
`KnowledgeBase`. It may not know databases.
"""
