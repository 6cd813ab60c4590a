"""The models that are configured: `models.toml`, settings, and the keys in `ai_model`.

Entry: `catalogue.model_named`. Knows nothing of calls.
"""
