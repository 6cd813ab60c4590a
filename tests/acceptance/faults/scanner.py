"""Scanners in processes of their own, started together: `python -m tests.acceptance.faults.scanner NUMBER
FOLDER`.

They reserve and publish as a scan does, but without its lock, as when that has run out. The last one's clock
is an hour ahead.
"""

import datetime as datetime_module
import multiprocessing
import sys
import time
from multiprocessing.synchronize import Barrier

AN_HOUR = 3600.0


def main(number: int) -> None:
    """Start so many scanners at a barrier, and wait for their ends."""
    import ai_worker.app  # noqa: F401, PLC0415  imported once, for all children; nothing is connected yet

    forking = multiprocessing.get_context("fork")
    barrier = forking.Barrier(number)
    scanners = [forking.Process(target=_scan, args=(barrier, place == number - 1)) for place in range(number)]
    for scanner in scanners:
        scanner.start()
    for scanner in scanners:
        scanner.join()
    sys.exit(max(scanner.exitcode or 0 for scanner in scanners))


def _scan(barrier: Barrier, fast_clock: bool) -> None:
    from ai_worker.app import PIPELINES  # noqa: PLC0415
    from ai_worker.engine.dispatch.queues import waiting  # noqa: PLC0415
    from ai_worker.engine.dispatch.top_up import top_up  # noqa: PLC0415

    if fast_clock:
        _put_clock_forward()
    for pipeline in PIPELINES.values():
        assert any(kind.source.lanes() for kind in pipeline.kinds)
        barrier.wait(60)
        while top_up(pipeline) or waiting(pipeline):
            continue  # The test takes what waits, as workers would.


def _put_clock_forward() -> None:
    """For all that Python code of this process reads: `time.time` and `datetime.now`."""
    real_time, real = time.time, datetime_module.datetime

    class Ahead(real):  # type: ignore[misc, valid-type]
        @classmethod
        def now(cls, tz: datetime_module.tzinfo | None = None) -> datetime_module.datetime:
            return real.now(tz) + datetime_module.timedelta(seconds=AN_HOUR)

    time.time = lambda: real_time() + AN_HOUR
    datetime_module.datetime = Ahead  # type: ignore[misc]
    for module in list(sys.modules.values()):
        if (
            getattr(module, "__name__", "").startswith(("ai_worker", "celery", "kombu"))
            and getattr(module, "datetime", None) is real
        ):
            module.datetime = Ahead  # type: ignore[attr-defined]


if __name__ == "__main__":
    main(int(sys.argv[1]))
