"""Imports as a worker starts, so that no row waits for them."""

from importlib import import_module


def load_redaction() -> None:
    """Import the recognisers of personal data, which other processes leave alone."""
    import_module("ai_worker.llm.redaction.question")
