"""Texts of others: forms in which they are compared, and fences in which they are shown to a model.

Its entries are `normal` and `fenced`. It may know nothing of loops.
"""
