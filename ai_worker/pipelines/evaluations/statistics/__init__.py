"""Statistics of evaluations: intervals, paired tests, agreement, equal to scipy's or statsmodels' on the same
numbers.

The entries are the functions of each module, functions of numbers alone. They may not know entries, reports
or databases.
"""
