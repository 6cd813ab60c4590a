"""Builds and measures what redaction knows of names: `python -m devtools.redaction.train`, `python -m
devtools.redaction.measure`."""
