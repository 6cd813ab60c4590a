"""HTTP/1.1 with a hard deadline, over connections that are kept.

Entry: `client.post`. Knows nothing of models, limits or money.
"""
