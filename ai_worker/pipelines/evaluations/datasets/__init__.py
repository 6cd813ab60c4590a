"""Datasets and tasks: files in, entries with their scores out.

Entry: `importing` and `exporting`. Asks no model.
"""
