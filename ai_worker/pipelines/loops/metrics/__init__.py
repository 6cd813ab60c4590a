"""Retrieval metrics of tested questions, their intervals, breakdowns, coverage of chunks, gate and
comparison.

Its entries are `summarise`, `coverage`, `gate` and `compare`. It knows rows as plain records only: no
database, no server.
"""
