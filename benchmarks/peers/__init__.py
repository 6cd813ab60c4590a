"""The same work done by others: fetch a row by its id, ask the model, update the row. Each with its own best
settings.
"""
