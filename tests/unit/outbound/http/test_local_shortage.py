"""A process that has no file left says nothing against the other side."""

import errno
import socket

import pytest

from ai_worker.outbound.errors import CallError, LocalShortage, Unreachable
from ai_worker.outbound.http import client
from ai_worker.outbound.limits.breaker import verdict_of


@pytest.mark.parametrize("number", [errno.EMFILE, errno.ENFILE, errno.EADDRNOTAVAIL, errno.ENOMEM])
def test_too_many_open_files_count_for_no_model(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def refuse(*_: object) -> None:
        raise OSError(number, "no more")

    monkeypatch.setattr(socket, "create_connection", refuse)
    with pytest.raises(LocalShortage) as caught:
        client.post("http://127.0.0.1:1/v1", {}, {}, 5.0)
    assert not isinstance(caught.value, CallError)
    assert verdict_of(caught.value) == "unknown", "the breaker learns nothing from it"
    assert (caught.value.retry, caught.value.uses_attempt) == (True, False)


@pytest.mark.parametrize("number", [errno.ECONNREFUSED, errno.EHOSTUNREACH, errno.ETIMEDOUT])
def test_what_the_network_says_still_counts(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def refuse(*_: object) -> None:
        raise OSError(number, "refused")

    monkeypatch.setattr(socket, "create_connection", refuse)
    with pytest.raises(Unreachable) as caught:
        client.post("http://127.0.0.1:1/v1", {}, {}, 5.0)
    assert verdict_of(caught.value) == "failed"
