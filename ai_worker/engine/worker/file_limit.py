"""The limit of open files, raised to what the machine allows: each call has a connection, and each store
some.
"""

import logging
import sys

log = logging.getLogger(__name__)

WANTED = 65_536
PER_SLOT = 4
"""A call's connection, with a share of those to stores and broker."""
SPARE = 128


def raise_file_limit(slots: int) -> int | None:
    """Raise this process's soft limit of open files, and log one line if it is too low for its slots.

    Returns:
        The limit that holds now; None where the system has none, as on Windows.
    """
    if sys.platform == "win32":
        return None
    import resource  # noqa: PLC0415 - Windows has no such module

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    unlimited = resource.RLIM_INFINITY
    if soft == unlimited:
        return soft
    allowed = WANTED if hard == unlimited else min(WANTED, hard)
    if soft < allowed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
        soft = allowed
    if soft < (needed := slots * PER_SLOT + SPARE):
        log.warning(
            "%d open files are allowed and %d slots need about %d: raise LimitNOFILE (systemd), "
            "ulimits (Compose) or `ulimit -n`, or start with fewer slots",
            *(soft, slots, needed),
        )
    return soft
