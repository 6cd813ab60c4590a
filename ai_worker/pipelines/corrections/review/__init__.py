"""A reviewer accepts or rejects answers, whole or change by change.

Entry: `review`. Asks no model and never changes source data.
"""
