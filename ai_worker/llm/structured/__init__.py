"""Answers with fields: schemas in the dialects of the providers, reading, checking and one repair.

Entry: `repair.ask_structured`. Knows nothing of providers, limits or money.
"""
