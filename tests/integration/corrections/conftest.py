"""Corrections on a database of the test's own; one offline model for all tests of this folder."""

from collections.abc import Callable, Iterator

import pytest

from ai_worker.outbound.records.request_log import request_log
from tests.integration.corrections.harness import Corrections
from tests.integration.web.deployment import forget_settings
from tests.offline_model import OfflineModel, offline_model


@pytest.fixture(scope="session")
def running_model() -> Iterator[OfflineModel]:
    """The model server."""
    with offline_model() as running:
        yield running


@pytest.fixture
def model(running_model: OfflineModel) -> OfflineModel:
    """The model server, well-behaved and without memory."""
    running_model.reset()
    return running_model


@pytest.fixture
def corrections_with(
    monkeypatch: pytest.MonkeyPatch, mysql_database: dict[str, str], model: OfflineModel
) -> Iterator[Callable[..., Corrections]]:
    """Settles this process on a database of the test's own; further settings by name."""

    def settled(**settings: str) -> Corrections:
        monkeypatch.delenv("REDIS_URL", raising=False)
        monkeypatch.delenv("LIMITS_REDIS_URL", raising=False)
        further = {name.upper(): value for name, value in settings.items()}
        for name, value in {
            "PIPELINES": "corrections",
            "OFFLINE_URL": model.url,
            **mysql_database,
            **further,
        }.items():
            monkeypatch.setenv(name, value)
        forget_settings()
        return Corrections()

    yield settled
    request_log().flush()
    forget_settings()


@pytest.fixture
def corrections(corrections_with: Callable[..., Corrections]) -> Corrections:
    """Without further settings."""
    return corrections_with()
