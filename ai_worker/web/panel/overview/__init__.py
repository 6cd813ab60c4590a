"""The panel's first page.

Entries: `pages` for its routes, `values.OverviewValues` for what it shows. Nothing here counts finished rows.
"""
