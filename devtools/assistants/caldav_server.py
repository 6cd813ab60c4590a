"""Radicale: a real CalDAV server, in its own process, with a calendar for every user that asks."""

import sys
from pathlib import Path
from urllib.request import urlopen

from devtools.ports import LOOPBACK
from devtools.servers.server import Server

CONFIGURATION = """\
[server]
hosts = {host}:{port}
[auth]
type = none
[rights]
type = authenticated
[storage]
filesystem_folder = {folder}
[logging]
level = warning
"""


class CalDavServer(Server):
    """A Radicale server; `url` has the place of the user in it."""

    name = "radicale"

    def prepare(self) -> None:
        """Write its configuration."""
        self.folder.mkdir(parents=True, exist_ok=True)
        storage = self.folder / "collections"
        text = CONFIGURATION.format(host=LOOPBACK, port=self.port, folder=storage)
        (self.folder / "config").write_text(text, encoding="utf-8")

    def command(self) -> list[str | Path]:
        """Radicale's module, by this interpreter."""
        return [sys.executable, "-m", "radicale", "--config", self.folder / "config"]

    def answers(self) -> bool:
        """Return True when it serves its page."""
        with urlopen(f"http://{self.address}/.web/", timeout=2) as response:
            return bool(response.status == 200)

    def environment(self) -> dict[str, str]:
        """The variables that lead assistants to it."""
        return {"CALDAV_URL": self.url, "CALDAV_USER": "{user_id}"}

    @property
    def url(self) -> str:
        """Of a user's calendar."""
        return f"http://{self.address}/{{user_id}}/calendar/"
