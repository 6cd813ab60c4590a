"""The sample work: loading it, following it, showing its results.

Entry: `demo`. Used by `dev.py demo` alone.
"""
