"""What history and ledger keep, in MySQL and in MongoDB."""

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

from ai_worker.outbound.records.contract import Balance, Entry, Posting, Records
from tests.waiting import wait_until

SCOPE = "corrections task 42"


def pipeline_of(records: Records) -> str:
    return "corrections" if "MySQL" in type(records).__name__ else "evaluations"


def entry(records: Records, **fields: object) -> Entry:
    made = Entry(
        str(uuid4()),
        str(uuid4()),
        pipeline_of(records),
        "42",
        "1005",
        "gemini-2.5-pro",
        "gemini",
        1,
        "sent",
        "a" * 64,
    )
    return made._replace(**fields)  # type: ignore[arg-type]


def posting(
    number: int, change: str, held: str, spent: str = "0", limit: str | None = "1", **fields: object
) -> Posting:
    made = Posting(
        SCOPE,
        "one",
        number,
        Decimal(change),
        Decimal(held),
        Decimal(spent),
        None if limit is None else Decimal(limit),
        Decimal("0.1"),
        60,
    )
    return replace(made, **fields)  # type: ignore[arg-type]


def balance(records: Records) -> tuple[Decimal, Decimal]:
    found = records.balances([SCOPE])[SCOPE]
    return found.spent, found.reserved


def test_an_entry_is_found_by_its_row_and_by_its_operation(records: Records) -> None:
    mine = entry(records)
    records.write_history([mine, entry(records, row_id="1006"), entry(records)])
    assert [
        found["request_id"]
        for found in records.find_history(pipeline_of(records), None, mine.operation_uuid, 10)
    ] == [mine.request_id]
    found = records.find_history(pipeline_of(records), "1005", None, 10)
    assert len(found) == 2
    assert found[0]["row_id"] == "1005"
    assert len(records.find_history(pipeline_of(records), "1005", None, 1)) == 1
    assert records.find_history(pipeline_of(records), "1", None, 10) == []


def test_the_second_writing_replaces_the_first_and_keeps_its_time(records: Records) -> None:
    first = entry(records)
    records.write_history([first])
    began = records.find_history(pipeline_of(records), "1005", None, 1)[0]["created_at"]
    ended = first._replace(
        outcome="answered",
        tokens_input=10,
        tokens_output=20,
        tokens_cached=5,
        cost=Decimal("0.00000123"),
        latency_ms=1500,
    )
    for _ in range(2):
        records.write_history([ended, entry(records, row_id="7")])
    [found] = records.find_history(pipeline_of(records), "1005", None, 10)
    assert found["created_at"] == began
    assert (found["outcome"], found["tokens_input"], found["tokens_output"], found["tokens_cached"]) == (
        "answered",
        10,
        20,
        5,
    )
    assert (found["cost"], found["latency_ms"], found["error_class"]) == (Decimal("0.00000123"), 1500, None)


def test_odd_values_do_not_stop_a_batch(records: Records) -> None:
    odd = entry(records, task="t" * 500, model="m" * 500, prompt_text="a\x00b 👍" + "x" * 100_000)
    records.write_history([odd, entry(records, row_id="7")])
    assert len(records.find_history(pipeline_of(records), "7", None, 10)) == 1
    assert records.find_history(pipeline_of(records), "1005", None, 10)[0]["prompt_text"].startswith(
        "a\x00b "
    )


def test_money_is_reserved_only_within_the_limit(records: Records) -> None:
    assert records.balances([SCOPE]) == {}
    assert records.post(posting(1, "0.6", "0.6"))
    assert not records.post(posting(2, "0.5", "1.1"))
    assert records.post(posting(2, "0.4", "1.0"))
    assert balance(records) == (Decimal(0), Decimal(1))
    assert records.post(posting(3, "-1.0", "0", spent="0.25", limit=None))
    assert balance(records) == (Decimal("0.25"), Decimal(0))
    assert not records.post(posting(4, "0.1", "0.1", spent="0.7"))
    assert records.post(posting(4, "0.1", "0.1", spent="0.65"))
    assert records.balances([SCOPE, "other"]) == {
        SCOPE: Balance(Decimal("0.9"), Decimal("0.1"), Decimal("0.1"))
    }


def test_what_was_spent_is_booked_also_beyond_the_limit(records: Records) -> None:
    assert records.post(posting(1, "0", "0", spent="5", limit=None))
    assert balance(records) == (Decimal(5), Decimal(0))
    assert not records.post(posting(2, "0.00000001", "0.00000001"))


def test_a_posting_sent_twice_counts_once(records: Records) -> None:
    for _ in range(3):
        assert records.post(posting(1, "0.5", "0.5", spent="0.1"))
    assert balance(records) == (Decimal("0.1"), Decimal("0.5"))


def test_racing_owners_share_a_budget_to_the_last_and_never_more(records: Records) -> None:
    taken: list[str] = []

    def take(owner: str) -> None:
        held = Decimal(0)
        for number in range(1, 21):
            if not records.post(posting(number, "0.01", str(held + Decimal("0.01")), owner=owner)):
                break
            held += Decimal("0.01")
            taken.append(owner)

    threads = [threading.Thread(target=take, args=(f"owner{number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == 100
    assert balance(records) == (Decimal(0), Decimal(1))


def test_a_killed_owners_reservation_is_given_back_and_a_living_ones_is_not(records: Records) -> None:
    assert records.post(posting(1, "0.9", "0.9", owner="killed", seconds=0.2))
    assert records.post(posting(1, "0.1", "0.1", spent="0", owner="alive"))
    assert not records.post(posting(2, "0.1", "0.2", owner="alive"))
    wait_until(lambda: balance(records) == (Decimal(0), Decimal("0.1")), "the reservation given back")
    assert records.post(posting(2, "0.9", "1.0", owner="alive"))


def test_an_owner_that_was_only_frozen_goes_on_with_what_it_holds(records: Records) -> None:
    assert records.post(posting(1, "0.4", "0.4", seconds=0.01))
    wait_until(lambda: balance(records)[1] == 0, "the reservation given back")
    assert records.post(posting(2, "-0.2", "0.2", spent="0.15", limit=None))
    assert balance(records) == (Decimal("0.15"), Decimal("0.2"))


def test_the_time_is_the_stores(records: Records) -> None:
    now = records.now()
    assert now.tzinfo is not None
    assert abs(now - datetime.now(UTC)) < timedelta(minutes=1)
    assert records.now() >= now
