"""Writing questions about a chunk: the question to the model, its answer read and checked, until as many are
kept as are wanted.

Its entry is `write_questions`. It may not know databases; the model is a port.
"""
