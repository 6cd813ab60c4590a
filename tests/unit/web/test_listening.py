"""The socket that the server listens on."""

import socket

import pytest

from ai_worker.cli.operations.serve import _listen
from ai_worker.errors import ConfigurationError


def test_answers_are_not_held_back() -> None:
    """asyncio sets TCP_NODELAY for connections of a socket only if that names its protocol."""
    with _listen("127.0.0.1", 0) as listening:
        assert listening.proto == socket.IPPROTO_TCP
        assert listening.getsockname()[0] == "127.0.0.1"


def test_an_address_in_use_is_told_with_its_port() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigurationError, match=f"--port {port}: cannot listen there"):
            _listen("127.0.0.1", port)
