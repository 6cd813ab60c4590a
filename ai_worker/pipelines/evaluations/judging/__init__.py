"""Answers handed to judges, and their judgements stored beside the answers.

Entry: `transfer.Transfer` and `settling.settle`. Computes no scores.
"""
