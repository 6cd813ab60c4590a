"""Source databases and files: import of texts, export of accepted ones.

Entry: `importing` and `export`. Asks no model.
"""
