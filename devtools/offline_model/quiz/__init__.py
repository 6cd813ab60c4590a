"""Answers to the prompts of loops: questions about a section, verdicts on them, comparisons of two.

The entry is `quiz.quiz`; it recognises a prompt by its first words. It knows no pipeline, only texts.
"""
