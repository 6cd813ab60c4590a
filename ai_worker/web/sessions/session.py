"""The identity of a browser: a signed cookie, or a header that a trusted proxy has set.

The cookie names a client of API_KEYS and carries no key. It is signed with a secret derived from API_KEYS, so
every process of the API reads it, and a changed key ends the sessions of all. Nothing is stored on the
server.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass

from itsdangerous import BadData, URLSafeTimedSerializer
from starlette.datastructures import Headers
from starlette.requests import cookie_parser

from ai_worker.settings import Settings
from ai_worker.web.keys import SCOPES, Client, Keys

COOKIE = "ai_worker_session"
PROXY_SECRET_HEADER = "x-panel-proxy-secret"  # noqa: S105 - the header's name
_SALT = "panel session"
LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Session:
    """A browser's session.

    Args:
        id: what its CSRF token is made of.
    """

    client: Client
    id: str


class Sessions:
    """Sessions of this deployment.

    Args:
        keys: the clients; without any every browser of this machine is `local`.
    """

    def __init__(self, settings: Settings, keys: Keys) -> None:
        self._keys = keys
        text = settings.api_keys.get_secret_value() if keys else secrets.token_hex(32)
        self._secret = hashlib.sha256(f"{_SALT}\n{text}".encode("utf-8", "surrogatepass")).digest()
        self._signer = URLSafeTimedSerializer(self._secret, salt=_SALT)
        self.seconds = int(settings.panel_session_hours * 3600)
        self._proxy_secret = settings.panel_proxy_secret.get_secret_value()
        self._user_header = settings.panel_user_header
        self._proxy_scopes = frozenset(settings.panel_proxy_scopes) & frozenset(SCOPES)

    @property
    def wanted(self) -> bool:
        """True if browsers have to sign in."""
        return bool(self._keys)

    def cookie_of(self, client: Client) -> str:
        """The cookie's value for a client that has shown its key."""
        return self._signer.dumps([client.name, secrets.token_hex(16)])

    def of(self, headers: Headers) -> Session | None:
        """The session of a browser's request; None if it has none, or one that has expired."""
        if vouched := self._vouched_for(headers):
            return vouched
        value = cookie_parser(headers.get("cookie", "")).get(COOKIE)
        if not value:
            return None
        try:
            name, number = self._signer.loads(value, max_age=self.seconds)
        except (BadData, ValueError, TypeError):
            return None
        client = self._keys.named(name)
        return None if client is None else Session(client, f"{name}:{number}")

    def csrf(self, session_id: str) -> str:
        """The token that every form of a session carries."""
        return hmac.new(self._secret, f"csrf\n{session_id}".encode(), hashlib.sha256).hexdigest()

    def _vouched_for(self, headers: Headers) -> Session | None:
        """The user that a proxy names. Only a proxy that knows the secret is believed: anyone may send a
        header.
        """
        if not self._proxy_secret:
            return None
        if not hmac.compare_digest(
            headers.get(PROXY_SECRET_HEADER, "").encode(), self._proxy_secret.encode()
        ):
            return None
        user = headers.get(self._user_header, "").strip()
        if not user or len(user) > LONGEST_NAME or not user.isprintable():
            return None
        return Session(Client(user, self._proxy_scopes), f"proxy:{user}")
