"""Estimates of tokens and money, and reports that compare them with the real use.

Entry: `estimating` and `report`. Asks no model, changes nothing.
"""
