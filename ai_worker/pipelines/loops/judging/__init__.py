"""Judging a question: one call of its own for each, five criteria, one score with the reasons beside it.

Its entry is `judge_question`. It may not know who wrote the question, nor databases; the model is a port.
"""
