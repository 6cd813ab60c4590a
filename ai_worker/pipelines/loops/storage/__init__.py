"""Every SQL statement of this pipeline; values are always bound.

The entries are the repositories, one for the queries of each concern over MySQL. They may not know models,
servers or HTTP.
"""
