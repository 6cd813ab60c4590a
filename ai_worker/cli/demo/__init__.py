"""The sample work: loaded, followed, and shown with its results.

Entry: `demo`, used by `dev.py demo` alone. It may not know how a pipeline stores or asks.
"""
