"""Warnings about an answer that need no model: numbers, names, language, length, glossary, and what else a
reviewer overlooks.

`checks.warnings` is the one entry; each check is a function from the two texts to remarks.
A check never changes an answer and never stops one; it knows neither tasks nor rows.
"""
