"""The kinds of tools, one a file, each with a `KIND`.

The entry is `tools.register`, which finds the files of this folder. A kind may not know another.
"""
