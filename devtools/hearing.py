"""Workers that are alive and connected and yet take no messages, as the API's /ready tells by its heartbeat
rows.
"""

import json
from collections.abc import Callable
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

from devtools.ports import LOOPBACK

ANSWER_SECONDS = 2
CHECK = "worker "
"""Begins the names of the checks that are about workers."""

PATIENT = {"bulk", "quarantine"}
"""Their steps may take long: they are named, and not killed."""

_open = build_opener(ProxyHandler({})).open


def asking(api_port: int) -> Callable[[], set[str]]:
    """A function that asks an API on this machine, and answers with the names of the programs that are
    deaf.
    """
    return lambda: deaf(_checks(f"http://{LOOPBACK}:{api_port}/ready"))


def deaf(checks: dict[str, bool]) -> set[str]:
    """The programs behind the checks that failed: `scans`, and `items`, which works every pipeline's rows."""
    failed = [
        name.removeprefix(CHECK) for name, heard in checks.items() if name.startswith(CHECK) and not heard
    ]
    return {"scans" if name == "scans" else "items" for name in failed if name not in PATIENT}


def _checks(address: str) -> dict[str, bool]:
    try:
        with _open(address, timeout=ANSWER_SECONDS) as response:
            told = json.load(response)
    except HTTPError as refusal:  # 503: something does not answer; the body says what.
        with refusal:
            told = json.load(refusal)
    except (OSError, ValueError):
        return {}  # Who cannot be asked says nothing against the workers.
    return dict(told.get("checks", {}))
