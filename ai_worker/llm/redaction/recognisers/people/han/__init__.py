"""Names in Chinese characters."""
