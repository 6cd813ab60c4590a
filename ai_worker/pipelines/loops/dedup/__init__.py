"""Duplicates among questions: equal ones, alike ones by their letters or vectors, and those that only a model
can tell.

Its entries are `find_duplicates` and `settle`. It may not know databases; vectors and the model's verdicts
are handed in.
"""
