"""Where the servers are, for ours and for peers, from the environment."""

import os
from typing import Any


def mariadb() -> dict[str, Any]:
    """Where MariaDB is and who asks, as PyMySQL takes it."""
    return {
        "host": os.environ.get("MYSQL_HOST", "127.0.0.1"),
        "port": int(os.environ.get("MYSQL_PORT", "3306")),
        "user": os.environ.get("MYSQL_USER", "ai_worker"),
        "password": os.environ.get("MYSQL_PASSWORD", ""),
    }
