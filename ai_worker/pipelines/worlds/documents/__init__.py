"""The documents of `generia_ai_worker`, with the names that the platform's services read.

The entry is the module of each document: `job`, `status`, `parameters`, `request`.
They know nothing of MongoDB's driver: the queries are in `repository/`.
"""
