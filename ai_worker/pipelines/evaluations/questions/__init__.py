"""The questions of a task: what an entry asks, which entries there are, and asking one.

Entry: `building.EntryBuilder` and `asking.ask_entry`. It may not know where entries are kept.
"""
