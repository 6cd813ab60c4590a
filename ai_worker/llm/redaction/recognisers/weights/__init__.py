"""Weights and trees that were learnt from letters, as the recognisers of names and numbers read them. The
entries are `odds` and `trees`; they know features and numbers, not texts.
"""
