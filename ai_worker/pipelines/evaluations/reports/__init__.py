"""Reports on tasks: tables, comparisons, plots, files.

Entry: `report`. Reads stored verdicts, changes nothing.
"""
