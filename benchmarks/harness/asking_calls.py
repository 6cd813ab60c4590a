"""Calls by ask() by a process of its own, patched as workers are; its last line of output is CPU ms a
call for each case.

python -m benchmarks.harness.asking_calls SLOTS CALLS TASK
"""

from gevent import monkey

from ai_worker.outbound.context import CallContext

monkey.patch_all()

import json  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402
from collections.abc import Callable  # noqa: E402
from decimal import Decimal  # noqa: E402
from uuid import uuid4  # noqa: E402

from gevent.pool import Pool  # noqa: E402

from ai_worker.llm.asking import ask  # noqa: E402
from ai_worker.llm.model import Model  # noqa: E402
from ai_worker.llm.providers import PROVIDERS  # noqa: E402
from ai_worker.llm.request import Request  # noqa: E402
from ai_worker.outbound.accounting.ledger import ledger_of  # noqa: E402
from ai_worker.outbound.endpoint import Limits, Price  # noqa: E402
from ai_worker.outbound.limits.current import limiter  # noqa: E402
from ai_worker.outbound.records.mysql_records import mysql_records  # noqa: E402
from ai_worker.outbound.records.request_log import request_log  # noqa: E402
from ai_worker.pipelines.corrections.asking.prompt import build  # noqa: E402
from ai_worker.settings import settings  # noqa: E402
from benchmarks.asking import SWITCHES, WARM_UP  # noqa: E402
from benchmarks.harness.engine import TEXT  # noqa: E402

LIMITS = Limits(requests_per_minute=10_000_000, tokens_per_minute=2_000_000_000, in_flight=10_000)
BUDGET = Decimal(1_000_000)


def caller(task: str, row: int, *, records: bool, redact: bool) -> CallContext:
    """On behalf of a correction item that does not exist."""
    return CallContext(
        pipeline="corrections",
        task=task,
        row=str(row),
        operation_uuid=str(uuid4()),
        redact=redact,
        records=mysql_records() if records else None,
        budget=BUDGET if records else None,
    )


def request(row: int) -> Request:
    """The question of a correction."""
    return build("correction", "Keep it short.", TEXT.format(row)).request()


def milliseconds(call: Callable[[int], object], slots: int, calls: int) -> float:
    """CPU time of this process for each of `calls` calls, `slots` at once, until all their records are
    written.
    """
    pool = Pool(slots)
    started = time.process_time()
    for _ in pool.imap_unordered(call, range(calls)):
        pass
    request_log().flush()
    ledger_of(mysql_records()).flush()
    limiter().flush()  # type: ignore[attr-defined]  # With Redis, it is `RedisLimiter`.
    return (time.process_time() - started) / calls * 1000


def main() -> None:
    """Run every case."""
    slots, calls, task = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    # A budget covers models with a price only.
    model = Model(
        "bench", "offline", settings().offline_url, limits=LIMITS, price=Price(Decimal("1.25"), Decimal(10))
    )
    questions = [request(row) for row in range(calls)]

    def of(switches: tuple[bool, bool] | None) -> Callable[[int], object]:
        if switches is None:
            return lambda row: PROVIDERS["offline"].call(model, questions[row])
        records, redact = switches
        return lambda row: ask(model, questions[row], caller(task, row, records=records, redact=redact))

    cases = {name: of(switches) for name, switches in SWITCHES.items()}
    for call in cases.values():
        milliseconds(call, slots, min(WARM_UP, calls))
    print(json.dumps({name: milliseconds(call, slots, calls) for name, call in cases.items()}))


if __name__ == "__main__":
    main()
