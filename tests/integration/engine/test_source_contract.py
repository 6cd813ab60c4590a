"""What every source promises the engine, over every source."""

import threading
from concurrent.futures import ThreadPoolExecutor

from ai_worker.engine.contract import owner
from ai_worker.engine.contract.row import Claim, Reserved
from ai_worker.engine.contract.source import LOST_FOR_GOOD, Fates, Source
from ai_worker.errors import BadRequest, NotNow, NotStorable, StoreUnavailable
from tests.integration.engine.sources import Rig
from tests.waiting import wait_until

HOUR = 3600.0


def claimed(source: Source, row: Reserved, seconds: float = HOUR) -> Claim:
    claim = source.claim(row.address, row.row_id, row.token, seconds)
    assert claim is not None
    return claim


def one(rig: Rig) -> Reserved:
    rig.insert(1, 1)
    [row] = rig.source.reserve(rig.lane(1), 10, HOUR)
    return row


def test_lanes_are_those_with_open_rows(rig: Rig) -> None:
    rig.insert(1, 2)
    rig.insert(2, 1)
    assert {lane.key for lane in rig.source.lanes()} == {rig.lane(1).key, rig.lane(2).key}
    for row in rig.source.reserve(rig.lane(2), 1, HOUR):
        rig.source.finish(claimed(rig.source, row), {"answer": "x"})
    assert [lane.key for lane in rig.source.lanes()] == [rig.lane(1).key]


def test_reserve_takes_no_more_than_asked_and_none_twice(rig: Rig) -> None:
    rig.insert(1, 5)
    first = rig.source.reserve(rig.lane(1), 3, HOUR)
    second = rig.source.reserve(rig.lane(1), 3, HOUR)
    assert (len(first), len(second)) == (3, 2)
    assert len({str(row.row_id) for row in [*first, *second]}) == 5
    assert rig.source.in_flight([rig.lane(1)]) == {rig.lane(1): 5}


def test_rows_whose_time_has_passed_do_not_count_as_in_flight(rig: Rig) -> None:
    row = one(rig)
    assert rig.source.in_flight([rig.lane(1)]) == {rig.lane(1): 1}
    claimed(rig.source, row, 0.0)
    assert rig.source.in_flight([rig.lane(1)]) == {rig.lane(1): 0}


def test_oldest_rows_are_reserved_first(rig: Rig) -> None:
    ids = rig.insert(1, 5)
    assert [row.row_id for row in rig.source.reserve(rig.lane(1), 3, HOUR)] == ids[:3]


def test_a_reservation_is_claimed_once(rig: Rig) -> None:
    row = one(rig)
    claim = claimed(rig.source, row)
    assert claim.fields["text"] == "zażółć"
    assert claim.attempts == 0
    assert rig.source.claim(row.address, row.row_id, row.token, HOUR) is None
    assert rig.row(row.row_id)["status"] == "processing"


def test_a_wrong_token_claims_nothing(rig: Rig) -> None:
    row = one(rig)
    assert rig.source.claim(row.address, row.row_id, "0" * 32, HOUR) is None
    assert rig.row(row.row_id)["status"] == "pending"


def test_finish_writes_result_and_lets_go(rig: Rig) -> None:
    row = one(rig)
    claim = claimed(rig.source, row)
    assert rig.source.finish(claim, {"answer": "zrobione {braces} \x00 %s"})
    stored = rig.row(row.row_id)
    assert stored["status"] == "done"
    assert stored["answer"] == "zrobione {braces} \x00 %s"
    assert (stored["due_at"], stored["lease_token"]) == (None, None)
    assert not rig.source.finish(claim, {"answer": "again"})
    assert rig.row(row.row_id)["answer"] == "zrobione {braces} \x00 %s"


def test_a_message_that_may_be_lost_is_sent_again_and_either_of_the_two_counts_once(rig: Rig) -> None:
    rig.insert(1, 1)
    [late] = rig.source.reserve(rig.lane(1), 1, 0.0)
    [again] = rig.source.reserve(rig.lane(1), 1, HOUR)
    assert again == late
    assert rig.source.reserve(rig.lane(1), 1, HOUR) == []
    claim = claimed(rig.source, late)
    assert rig.source.claim(again.address, again.row_id, again.token, HOUR) is None
    rig.source.give_back(claim, StoreUnavailable("away"), 0.0)
    assert rig.source.claim(again.address, again.row_id, again.token, HOUR) is None
    [retry] = rig.source.reserve(rig.lane(1), 1, HOUR)
    assert retry.token != late.token


def test_reservations_whose_messages_are_lost_are_requeued_with_their_token(rig: Rig) -> None:
    rig.insert(1, 4)
    held = rig.source.reserve(rig.lane(1), 3, HOUR)
    claim = claimed(rig.source, held.pop())
    assert rig.source.requeue([rig.lane(1)], HOUR - 60) == 0, "too young"
    assert rig.source.requeue([rig.lane(1)], HOUR) == 2
    again = rig.source.reserve(rig.lane(1), 2, HOUR)
    assert sorted((str(row.row_id), row.token) for row in again) == sorted(
        (str(row.row_id), row.token) for row in held
    )
    assert rig.source.finish(claim, {"answer": "x"})


def test_the_lease_of_an_owner_that_has_ended_ends_with_it_and_no_other(rig: Rig) -> None:
    rig.insert(1, 2)
    killed, living = rig.source.reserve(rig.lane(1), 2, HOUR)
    claimed(rig.source, killed)
    claim = claimed(rig.source, living)
    # The process with the highest id that there can be, at this place: none has it.
    rig.set(killed.row_id, lease_token=f"{owner.place()}3ffffe0000{'0' * 14}")
    assert rig.source.end_leases_of_the_gone([]) == 0
    assert rig.source.end_leases_of_the_gone([rig.lane(1)]) == 1
    assert rig.source.end_leases_of_the_gone([rig.lane(1)]) == 0
    [again] = rig.source.reserve(rig.lane(1), 2, HOUR)
    assert (str(again.row_id), again.lost) == (str(killed.row_id), 1)
    assert rig.source.finish(claim, {"answer": "x"})


def test_a_vanished_owner_is_replaced_and_counted_apart_from_attempts(rig: Rig) -> None:
    row = one(rig)
    vanished = claimed(rig.source, row, 0.0)
    [again] = rig.source.reserve(rig.lane(1), 1, HOUR)
    assert again.lost == 1
    assert claimed(rig.source, again).attempts == 0
    for write in (
        lambda: rig.source.finish(vanished, {"answer": "late"}),
        lambda: rig.source.fail(vanished, BadRequest("late")),
    ):
        assert not write()
    assert not rig.source.give_back(vanished, NotNow("late", retry_after=0), 0)
    assert rig.row(row.row_id)["status"] == "processing"


def test_a_row_lost_too_often_is_given_up(rig: Rig) -> None:
    row = one(rig)
    for expected in range(1, LOST_FOR_GOOD):
        claimed(rig.source, row, 0.0)
        [row] = rig.source.reserve(rig.lane(1), 1, HOUR)
        assert row.lost == expected
    claimed(rig.source, row, 0.0)
    assert rig.source.reserve(rig.lane(1), 1, HOUR) == []
    stored = rig.row(row.row_id)
    assert (stored["status"], stored["error_class"], stored["lost"]) == (
        "failed",
        "worker_lost",
        LOST_FOR_GOOD,
    )
    assert stored["lease_token"] is None


def test_rows_of_vanished_owners_are_told_with_their_fate(rig: Rig) -> None:
    told: list[Fates] = []
    rig.source.on_lost = told.append
    row = one(rig)
    for _ in range(LOST_FOR_GOOD):
        claimed(rig.source, row, 0.0)
        row = next(iter(rig.source.reserve(rig.lane(1), 1, HOUR)), row)
    assert [{fate: rows for fate, rows in fates.items() if rows} for fates in told] == [
        {"again": 1},
        {"quarantine": 1},
        {"final": 1},
    ]
    rig.insert(1, 1)
    [fresh] = rig.source.reserve(rig.lane(1), 1, HOUR)
    rig.source.give_back(claimed(rig.source, fresh), NotNow("later", retry_after=0), 0.0)
    assert rig.source.reserve(rig.lane(1), 1, HOUR) != []
    assert len(told) == LOST_FOR_GOOD, "a retry is no lost row"


def test_the_oldest_late_row_and_lease_are_known_by_their_age(rig: Rig) -> None:
    assert rig.source.overdue() == {"due": 0.0, "lease": 0.0}
    rig.insert(1, 2)
    first, second = rig.source.reserve(rig.lane(1), 2, HOUR)
    assert rig.source.overdue() == {"due": 0.0, "lease": 0.0}, "both are held"
    rig.source.give_back(claimed(rig.source, first), NotNow("later", retry_after=0), -30.0)
    claimed(rig.source, second, -90.0)
    found = rig.source.overdue()
    assert 29 < found["due"] < 60
    assert 89 < found["lease"] < 120
    late = rig.source.late(5)
    assert [(row.row_id, row.leased) for row in late] == [(second.row_id, True), (first.row_id, False)]
    assert [row.lane for row in late] == [rig.lane(1)] * 2
    assert late[0].seconds > 89
    assert [row.row_id for row in rig.source.late(1)] == [second.row_id]


def test_a_live_lease_is_left_alone_and_renewal_keeps_it(rig: Rig) -> None:
    row = one(rig)
    claim = claimed(rig.source, row, HOUR)
    assert rig.source.reserve(rig.lane(1), 1, HOUR) == []
    assert rig.source.renew([claim], 0.0) == 1
    # A source knows the store's time to within a few milliseconds.
    wait_until(lambda: rig.row(row.row_id)["due"], "it is due", seconds=2)
    assert rig.source.renew([claim], HOUR) == 1
    assert not rig.row(row.row_id)["due"]
    rig.source.finish(claim, {"answer": "x"})
    assert rig.source.renew([claim], HOUR) == 0


def test_give_back_counts_what_uses_an_attempt(rig: Rig) -> None:
    row = one(rig)
    claim = claimed(rig.source, row)
    assert rig.source.give_back(claim, StoreUnavailable("away"), 0.0)
    stored = rig.row(row.row_id)
    assert (stored["status"], stored["attempts"], stored["lease_token"]) == ("pending", 1, None)
    assert stored["error_class"] == "store_unavailable"
    [again] = rig.source.reserve(rig.lane(1), 1, HOUR)
    second = claimed(rig.source, again)
    assert second.attempts == 1
    assert second.age_seconds >= 0
    assert rig.source.give_back(second, NotNow("limited", retry_after=HOUR), HOUR)
    stored = rig.row(row.row_id)
    assert (stored["attempts"], stored["due"]) == (1, False)
    assert rig.source.reserve(rig.lane(1), 1, HOUR) == []


def test_fail_is_final_and_says_why(rig: Rig) -> None:
    row = one(rig)
    error = BadRequest("no such placeholder {x}")
    error.record["answer"] = "half"
    assert rig.source.fail(claimed(rig.source, row), error)
    stored = rig.row(row.row_id)
    assert (stored["status"], stored["error_class"], stored["error"]) == (
        "failed",
        "bad_request",
        "no such placeholder {x}",
    )
    assert (stored["attempts"], stored["answer"], stored["due_at"]) == (1, "half", None)


def test_a_row_reset_by_hand_starts_anew(rig: Rig) -> None:
    row = one(rig)
    rig.source.fail(claimed(rig.source, row), BadRequest("first time"))
    rig.set(row.row_id, status="pending")
    [again] = rig.source.reserve(rig.lane(1), 1, HOUR)
    assert claimed(rig.source, again).attempts == 0


def test_processing_without_a_due_time_belongs_to_somebody_else(rig: Rig) -> None:
    [row_id] = rig.insert(1, 1)
    rig.set(row_id, status="processing")
    assert rig.source.reserve(rig.lane(1), 1, HOUR) == []
    assert rig.row(row_id)["status"] == "processing"


def test_rows_asked_for_by_name_are_reserved_unless_somebody_has_them(rig: Rig) -> None:
    ids = rig.insert(1, 3)
    rig.set(ids[2], status="processing")
    rows = rig.source.reserve_rows(rig.lane(1).address, ids, HOUR)
    assert [row.row_id for row in rows] == ids[:2]
    assert rig.source.reserve_rows(rig.lane(1).address, ids, HOUR) == []


def test_retries_that_are_due_come_before_new_rows(rig: Rig) -> None:
    row = one(rig)
    rig.source.give_back(claimed(rig.source, row), StoreUnavailable("away"), 0.0)
    rig.insert(1, 3)
    assert rig.source.reserve(rig.lane(1), 1, HOUR)[0].row_id == row.row_id


def test_eight_scanners_at_once_reserve_every_row_once(rig: Rig) -> None:
    rig.insert(1, 400)
    barrier = threading.Barrier(8)

    def scanner() -> list[str]:
        source = rig.another_source()
        barrier.wait()
        found: list[str] = []
        while rows := source.reserve(rig.lane(1), 25, HOUR):
            found += [str(row.row_id) for row in rows]
        return found

    with ThreadPoolExecutor(8) as threads:
        found = [
            row_id
            for share in [future.result() for future in [threads.submit(scanner) for _ in range(8)]]
            for row_id in share
        ]
    # A scanner may leave while another's transaction still holds rows; whoever holds them reserves them.
    assert sorted(found) == sorted(set(found))
    assert len(found) == 400


def test_a_message_delivered_three_times_at_once_is_claimed_once(rig: Rig) -> None:
    row = one(rig)
    barrier = threading.Barrier(3)

    def deliver() -> bool:
        source = rig.another_source()
        barrier.wait()
        return source.claim(row.address, row.row_id, row.token, HOUR) is not None

    with ThreadPoolExecutor(3) as threads:
        assert sorted(future.result() for future in [threads.submit(deliver) for _ in range(3)]) == [
            False,
            False,
            True,
        ]


def test_a_claim_has_a_token_of_its_own(rig: Rig) -> None:
    row = one(rig)
    assert claimed(rig.source, row).token != row.token


def test_a_row_reset_by_its_status_alone_is_not_written_by_its_old_owner(rig: Rig) -> None:
    row = one(rig)
    old = claimed(rig.source, row)
    rig.set(row.row_id, status="pending")
    [again] = rig.source.reserve_rows(row.address, [row.row_id], HOUR) or [row]
    new = rig.source.claim(again.address, again.row_id, rig.row(row.row_id)["lease_token"], HOUR)
    assert new is not None
    assert not rig.source.finish(old, {"answer": "of the old owner"})
    assert rig.source.finish(new, {"answer": "of the new owner"})


def test_failed_rows_are_pending_again_those_of_one_class_or_all(rig: Rig) -> None:
    rig.insert(1, 3)
    for row, error in zip(
        rig.source.reserve(rig.lane(1), 3, HOUR), (BadRequest("no"), NotStorable("no"), None), strict=True
    ):
        if error:
            rig.source.fail(claimed(rig.source, row), error)
    assert rig.source.reset_failed([rig.lane(1)], "not_storable") == 1
    assert rig.source.reset_failed([rig.lane(2)]) == 0
    assert rig.source.reset_failed([rig.lane(1)]) == 1
    assert len(rig.source.reserve(rig.lane(1), 10, HOUR)) == 2
