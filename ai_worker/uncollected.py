"""Importing without looking for garbage: import this module first, and call `collect_again` at the end.

What is imported stays. Looking for garbage among it takes a seventh of the start of a process.
"""

import gc

_ENABLED = gc.isenabled()
gc.disable()


def collect_again() -> None:
    """Leave what has been imported out of every later search for garbage."""
    if _ENABLED:
        gc.freeze()
        gc.enable()
