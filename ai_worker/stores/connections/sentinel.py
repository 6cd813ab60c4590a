"""Redis by Sentinel: an address that names the sentinels and the group whose primary is the server.

`sentinel://[user:password@]host:26379,host:26379,host:26379/0?master=NAME[&sentinel_password=WORD]`
"""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

from redis import Redis, Sentinel

from ai_worker.errors import ConfigurationError

SCHEME = "sentinel"
PORT = 26379


@dataclass(frozen=True, slots=True)
class SentinelAddress:
    """The addresses of the sentinels, and what is asked of them.

    Args:
        nodes: (host, port) of each sentinel.
        master: the name of the group.
        database: number of the database on its primary.
        login: user and password of Redis; of the sentinels themselves: `sentinel_password`.
    """

    nodes: tuple[tuple[str, int], ...]
    master: str
    database: int
    login: tuple[str, str] = field(default=("", ""), repr=False)
    sentinel_password: str = field(default="", repr=False)

    @classmethod
    def parsed(cls, url: str) -> "SentinelAddress | None":
        """The address in a URL; None where its scheme is another one.

        Raises:
            ConfigurationError: it names no group, or a port or database that is no number.
        """
        parts = urlsplit(url)
        if parts.scheme != SCHEME:
            return None
        login, _, hosts = parts.netloc.rpartition("@")
        user, _, password = login.partition(":")
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        try:
            nodes = tuple(_node(host) for host in hosts.split(",") if host)
            database = int(parts.path.strip("/") or 0)
        except ValueError:
            nodes, database = (), 0
        if not nodes or not query.get("master"):
            raise ConfigurationError(
                "REDIS_URL: by Sentinel it reads sentinel://:password@host:26379,host:26379/0?master=NAME"
            )
        words = (unquote(user), unquote(password))
        return cls(nodes, query["master"], database, words, query.get("sentinel_password", ""))

    def client(self, **options: Any) -> Redis:
        """A client that asks the sentinels for the primary whenever it connects."""
        user, password = self.login
        timeouts = {name: value for name, value in options.items() if name.startswith("socket_")}
        asking = {**timeouts, **({"password": self.sentinel_password} if self.sentinel_password else {})}
        sentinel = Sentinel(list(self.nodes), sentinel_kwargs=asking)  # type: ignore[no-untyped-call]
        client: Redis = sentinel.master_for(  # type: ignore[no-untyped-call]
            self.master, db=self.database, username=user or None, password=password or None, **options
        )
        return client

    def celery_url(self) -> str:
        """The address as kombu reads it: one URL for each sentinel."""
        user, password = (quote(word, safe="") for word in self.login)
        login = f"{user}:{password}@" if user or password else ""
        return ";".join(f"{SCHEME}://{login}{host}:{port}/{self.database}" for host, port in self.nodes)

    def transport_options(self) -> dict[str, Any]:
        """Options that kombu wants beside the URL."""
        asking = {"password": self.sentinel_password} if self.sentinel_password else {}
        return {"master_name": self.master, "sentinel_kwargs": asking}


def _node(host: str) -> tuple[str, int]:
    name, colon, port = host.rpartition(":")
    return (name, int(port)) if colon else (host, PORT)
