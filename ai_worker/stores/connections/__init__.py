"""How a store is reached: TLS, Sentinel, a check of the server that answers.

Entry: one function in each module. Knows nothing of what is stored.
"""
