"""The one door to every model: limits, budget, redaction, providers."""
