"""Commands that concern the whole system: status, control, schema, keys, logs.

Entry: one file a command. Knows pipelines by their names only.
"""
