"""Scores language models on datasets held in MongoDB."""
