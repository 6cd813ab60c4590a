"""Tools: what an assistant may do, one kind a file in `kinds`.

The entries are `running.offer_of` and `running.carried_out`; a kind is found by its file, so a sixth kind is
one file. It may know the registry's values, never its database, and learns the user from the thread, never
from the model.
"""
