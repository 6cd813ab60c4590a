"""The offline model server, one process for all tests of this folder that run in one process."""

from collections.abc import Iterator

import pytest

from tests.offline_model import OfflineModel, offline_model


@pytest.fixture(scope="session")
def offline_server() -> Iterator[OfflineModel]:
    """The process."""
    with offline_model() as server:
        yield server


@pytest.fixture
def offline(offline_server: OfflineModel) -> OfflineModel:
    """The server, behaving and with nothing remembered."""
    offline_server.reset()
    return offline_server
