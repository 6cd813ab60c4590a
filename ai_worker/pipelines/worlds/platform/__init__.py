"""The platform that worlds are made for: its characters, posts and media, behind one port with two bindings.

The entry is `bindings.platform()`, chosen by the settings; `port.py` is all that jobs see.
It knows nothing of jobs, models or stores.
"""
