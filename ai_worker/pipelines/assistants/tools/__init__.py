"""Tools: what an assistant may do, one kind a file in `kinds`.

The entry is `running.run_call`; a kind is found by its file, so a sixth kind is one file. It may know the
registry's values, never its database, and learns the user from the thread, never from the model.
"""
