"""AI Worker: LLM work held as rows in databases, answered exactly once."""

__version__ = "0.2.0"
