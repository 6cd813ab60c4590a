"""Assistants: a registry that changes under running workers, and conversations answered with tools.

The entry for the engine is `tasks`, for the API `endpoints`, for the command line `commands`. A message of a
user is a row, its thread an ordered lane. This package may not know another pipeline, the panel or the
command line's main module.
"""
