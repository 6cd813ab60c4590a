"""Beat while its broker is away: a line, and no traceback."""

import logging
from pathlib import Path

import pytest
from celery import Celery
from celery.beat import SchedulingError
from celery.schedules import schedule
from kombu.exceptions import OperationalError

import celery_config
from ai_worker.engine.broker.beat import Scheduler
from ai_worker.stores import outage_log


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outage_log, "_outages", outage_log.OutageLog())


def scheduler(fault: Exception, folder: Path, name: str) -> Scheduler:
    app = Celery(broker="redis://127.0.0.1:1/0", set_as_current=False)

    class Failing(app.Task):  # type: ignore[name-defined]
        def apply_async(self, *arguments: object, **options: object) -> None:
            raise fault

    @app.task(name=name, base=Failing)  # type: ignore[untyped-decorator]
    def scan() -> None:
        raise AssertionError("beat works nothing itself")

    return Scheduler(app, schedule_filename=str(folder / "schedule"))


@pytest.mark.parametrize("fault", [OperationalError("111 refused"), ConnectionRefusedError("111 refused")])
def test_a_broker_that_is_away_is_one_line(
    fault: Exception, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    beat = scheduler(fault, tmp_path, name := f"things.{type(fault).__name__}")
    entry = beat.Entry(name=name, task=name, schedule=schedule(5), app=beat.app)
    with caplog.at_level(logging.WARNING):
        for _ in range(20):
            beat.apply_entry(entry)
    [record] = caplog.records
    assert record.exc_info is None
    assert f"{name} is sent again when it is due next" in record.getMessage()


def test_another_fault_is_not_hidden(tmp_path: Path) -> None:
    beat = scheduler(TypeError("a fault of the code"), tmp_path, "things.scan")
    entry = beat.Entry(name="things.scan", task="things.scan", schedule=schedule(5), app=beat.app)
    with pytest.raises(SchedulingError):
        beat.apply_async(entry)


def test_beat_uses_it() -> None:
    module, _, name = celery_config.beat_scheduler.partition(":")
    assert (module, name) == (Scheduler.__module__, Scheduler.__name__)
