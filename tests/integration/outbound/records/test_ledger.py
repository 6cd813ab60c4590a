"""A process's side of the ledger, over both stores: shared by threads and processes, never beyond a limit,
exact through outages.
"""

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from ai_worker.errors import StoreUnavailable
from ai_worker.outbound.accounting.ledger import Budget, Ledger, Shortfall, Want
from ai_worker.outbound.records.contract import Balance, Entry, Posting, Records
from tests.waiting import wait_until

TASK, DAY = "corrections task 1", "corrections day 2026-01-31"


class Unreliable:
    """Records whose answers get lost: before a posting is carried out, or after."""

    def __init__(self, records: Records) -> None:
        self.records = records
        self.faults: list[str] = []

    def post(self, posting: Posting) -> bool:
        fault = self.faults.pop(0) if self.faults else ""
        if fault == "before":
            raise StoreUnavailable("before")
        done = self.records.post(posting)
        if fault == "after":
            raise StoreUnavailable("after")
        return done

    def write_history(self, entries: Sequence[Entry]) -> None:
        self.records.write_history(entries)

    def find_history(
        self, pipeline: str, row: str | None, operation: str | None, limit: int
    ) -> Sequence[Mapping[str, Any]]:
        return self.records.find_history(pipeline, row, operation, limit)

    def now(self) -> datetime:
        return self.records.now()

    def balances(self, scopes: Sequence[str]) -> Mapping[str, Balance]:
        return self.records.balances(scopes)


@contextmanager
def ledger_of(records: Records) -> Iterator[Ledger]:
    ledger = Ledger(records)
    yield ledger
    ledger.close()


def want(amount: str, task: str | None = "1", day: str | None = None, seconds: float = 60) -> Want:
    budgets = [Budget(DAY, Decimal(day), "daily budget")] if day else []
    budgets += [Budget(TASK, Decimal(task), "budget")] if task else []
    return Want(budgets, Decimal(amount), seconds)


def balance(records: Records, scope: str = TASK) -> tuple[Decimal, Decimal]:
    found = records.balances([scope]).get(scope, Balance(Decimal(0), Decimal(0), Decimal(0)))
    return found.spent, found.reserved


def test_reserve_and_end(records: Records) -> None:
    with ledger_of(records) as ledger:
        assert ledger.reserve(want("0.6")) is None
        short = ledger.reserve(want("0.5"))
        assert short is not None
        assert (short.budget.scope, short.spent, short.balance.reserved) == (TASK, False, Decimal("0.6"))
        ledger.end([TASK], Decimal("0.6"), Decimal("0.1"))
        assert ledger.flush()
        assert balance(records) == (Decimal("0.1"), Decimal(0))
        assert ledger.reserve(want("0.9")) is None
        ledger.end([TASK], Decimal("0.9"), Decimal("0.95"))
        short = ledger.reserve(want("0.1"))
        assert short is not None
        assert short.spent, "nothing is reserved any more, and it is not enough"


def test_a_shortfall_in_one_budget_is_given_back_to_the_other(records: Records) -> None:
    with ledger_of(records) as ledger:
        short = ledger.reserve(want("0.5", task="0.4", day="1"))
        assert short is not None
        assert short.budget.scope == TASK
        wait_until(lambda: balance(records, DAY) == (Decimal(0), Decimal(0)), "the day's money back")
        assert ledger.reserve(want("0.5", task="10", day="1")) is None
        short = ledger.reserve(want("0.6", task="10", day="1"))
        assert short is not None
        assert short.budget.name == "daily budget"


def test_of_those_who_ask_together_as_many_go_as_there_is_money_for(records: Records) -> None:
    with ledger_of(records) as ledger:
        answers: list[Shortfall | None] = []
        threads = [
            threading.Thread(target=lambda: answers.append(ledger.reserve(want("0.3")))) for _ in range(10)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert answers.count(None) == 3
        assert balance(records) == (Decimal(0), Decimal("0.9"))


@pytest.mark.parametrize("processes", [4])
def test_racing_processes_never_spend_more_than_there_is(records: Records, processes: int) -> None:
    """Each ledger has an owner of its own, as each process has."""
    done: list[int] = []

    def work(ledger: Ledger) -> None:
        while True:
            short = ledger.reserve(want("0.02"))
            if short is not None and short.spent:
                return
            if short is None:
                ledger.end([TASK], Decimal("0.02"), Decimal("0.01"))
                done.append(1)
            else:
                time.sleep(0.01)

    ledgers = [Ledger(records) for _ in range(processes)]
    threads = [threading.Thread(target=work, args=(ledger,)) for ledger in ledgers for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for ledger in ledgers:
        ledger.close()
    spent, reserved = balance(records)
    assert spent == Decimal("0.01") * len(done)
    assert Decimal("0.98") < spent <= 1
    assert reserved == 0


@pytest.mark.parametrize("fault", ["before", "after"])
def test_a_lost_answer_counts_nothing_twice_and_loses_nothing(records: Records, fault: str) -> None:
    unreliable = Unreliable(records)
    with ledger_of(unreliable) as ledger:
        assert ledger.reserve(want("0.2")) is None
        unreliable.faults = [fault]
        with pytest.raises(StoreUnavailable):
            ledger.reserve(want("0.3"))
        assert ledger.reserve(want("0.1")) is None
        assert balance(records) == (Decimal(0), Decimal("0.3"))
        unreliable.faults = [fault, fault]
        ledger.end([TASK], Decimal("0.2"), Decimal("0.15"))
        ledger.end([TASK], Decimal("0.1"), Decimal("0.05"))
        assert ledger.flush()
        assert unreliable.faults == []
        assert balance(records) == (Decimal("0.2"), Decimal(0))


def test_a_ledger_that_is_away_stops_calls_and_no_money_is_forgotten(records: Records) -> None:
    unreliable = Unreliable(records)
    with ledger_of(unreliable) as ledger:
        assert ledger.reserve(want("0.5")) is None
        unreliable.faults = ["before"] * 4
        ledger.end([TASK], Decimal("0.5"), Decimal("0.4"))
        wait_until(lambda: balance(records) == (Decimal("0.4"), Decimal(0)), "what was spent")


def test_money_that_is_only_counted_needs_no_limit(records: Records) -> None:
    with ledger_of(records) as ledger:
        ledger.end([TASK, DAY], Decimal(0), Decimal("0.4"))
        assert ledger.flush()
        assert balance(records) == balance(records, DAY) == (Decimal("0.4"), Decimal(0))
        short = ledger.reserve(want("0.7"))
        assert short is not None
        assert short.spent, "a budget that is set later counts what was spent before"
