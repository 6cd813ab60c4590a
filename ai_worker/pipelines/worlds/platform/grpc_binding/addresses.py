"""The addresses of the platform's services: fixed ones, else what Consul says, asked again when a service is
away.
"""

import threading
import time
from collections.abc import Mapping
from typing import Any

from ai_worker.errors import ConfigurationError
from ai_worker.pipelines.worlds.platform.calling import body_of, exchange
from ai_worker.pipelines.worlds.platform.errors import NotSent

KEEP_SECONDS = 30.0
CONSUL_SECONDS = 5.0


class Addresses:
    """The addresses of services by their names in Consul.

    Args:
        fixed: go before Consul.
        consul: host and port of Consul; empty where there is none.
    """

    def __init__(self, fixed: Mapping[str, str], consul: str) -> None:
        self._fixed = dict(fixed)
        self._consul = consul
        self._lock = threading.Lock()
        self._known: dict[str, tuple[float, str]] = {}

    def of(self, service: str) -> str:
        """Host and port of a service.

        Raises:
            ConfigurationError: nothing says where services are.
            NotSent: Consul knows no healthy instance of it.
        """
        if service in self._fixed:
            return self._fixed[service]
        if not self._consul:
            raise ConfigurationError(f"no address of {service}: set GRPC_ADDRESSES or CONSUL_ADDRESS")
        with self._lock:
            asked, address = self._known.get(service, (0.0, ""))
            if address and time.monotonic() - asked < KEEP_SECONDS:
                return address
        address = self._asked(service)
        with self._lock:
            self._known[service] = (time.monotonic(), address)
        return address

    def forget(self, service: str) -> None:
        """Ask Consul again at the next call: the service does not answer there."""
        with self._lock:
            self._known.pop(service, None)

    def _asked(self, service: str) -> str:
        url = f"http://{self._consul}/v1/health/service/{service}?passing=true"
        found = body_of(exchange("GET", url, CONSUL_SECONDS))
        for entry in found if isinstance(found, list) else []:
            if address := _address(entry):
                return address
        raise NotSent(f"Consul knows no healthy instance of {service}")


def _address(entry: Any) -> str:
    """The service's own address, else that of its node."""
    if not isinstance(entry, Mapping):
        return ""
    service, node = entry.get("Service") or {}, entry.get("Node") or {}
    host = service.get("Address") or node.get("Address")
    return f"{host}:{service['Port']}" if host and service.get("Port") else ""
