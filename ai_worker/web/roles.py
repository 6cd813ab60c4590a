"""Worker processes by role, asked over the broker: the metrics wait for the answers, the overview does
not.
"""

from collections import Counter

from ai_worker.app import app
from ai_worker.observe.sampled import Behind, Sampled

ANSWER_SECONDS = 1.0
"""Within which workers answer; all of it passes, since it is not known how many there are."""
KEPT_SECONDS = 30.0
ROLES = ("items", "scans", "bulk", "quarantine")


def _ask_roles() -> Counter[str]:
    """Workers by the part of their name before the host's; a role of Compose without one has 0, so that the
    alert sees it.
    """
    told = app.control.inspect(timeout=ANSWER_SECONDS).ping() or {}
    answered = Counter(name.partition("@")[0] for name in told)
    return Counter({role: answered[role] for role in (*ROLES, *sorted(answered.keys() - ROLES))})


roles = Sampled(_ask_roles, seconds=KEPT_SECONDS)
latest_roles = Behind(roles.value)
