"""Every SQL statement of this pipeline. Each repository is the queries of one concern over MySQL; values are
always bound.

It may not know models, servers or HTTP.
"""
