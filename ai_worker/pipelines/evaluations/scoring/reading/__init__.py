"""Readers of what models write: texts without their dress, numbers, options, the verdict that words amount
to.

The entries are the functions of each module, functions of text alone. They may not know targets, metrics or
verdicts.
"""
