"""Statistics of evaluations: intervals, paired tests, agreement. Each equals scipy's or statsmodels' on the
same numbers.
"""
