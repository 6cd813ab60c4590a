"""The question about one item, and the fields that are stored of its answer.

Entry: `item.ask_about`. Writes nothing: the caller stores the result.
"""
