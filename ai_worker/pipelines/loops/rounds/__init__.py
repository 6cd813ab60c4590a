"""Rounds moved from phase to phase in MySQL: the group of a phase has ended, and its end inserts the rows of
the next.

Its entry is `Rounds`. It may not know models, servers or HTTP.
"""
