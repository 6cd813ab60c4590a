"""What beat asks for again in a moment leaves no traceback behind while a store is away."""

import pytest
from kombu.exceptions import OperationalError
from redis.exceptions import OutOfMemoryError

from ai_worker.engine import binding
from ai_worker.stores import outage_log
from ai_worker.stores.mysql import MySQLUnavailable


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outage_log, "_outages", outage_log.OutageLog())


@pytest.mark.parametrize(
    "fault",
    [MySQLUnavailable("1290 read-only"), OutOfMemoryError("full"), OperationalError("the broker is away")],
)
def test_a_store_that_is_away_is_one_line(fault: Exception, caplog: pytest.LogCaptureFixture) -> None:
    def failing() -> None:
        raise fault

    for _ in range(100):
        binding._or_later("the scan of corrections", failing)
    [record] = caplog.records
    assert record.exc_info is None
    assert "the scan of corrections is tried again within" in record.getMessage()


def test_a_fault_of_the_code_is_not_hidden() -> None:
    def failing() -> None:
        raise KeyError("a fault of the code")

    with pytest.raises(KeyError):
        binding._or_later("the scan of corrections", failing)
