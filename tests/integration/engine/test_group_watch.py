"""Groups of rows: counted per process, closed once, and found again where a process died between."""

import threading
from collections.abc import Hashable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from ai_worker.engine.contract.pipeline import Kind, Outcome, Pipeline
from ai_worker.engine.contract.row import Claim
from ai_worker.engine.worker.group_watch import GroupWatch, close_unfinished, group_watch, watch
from ai_worker.engine.worker.retry import RetryPolicy
from ai_worker.engine.worker.upkeep import keep_up
from ai_worker.engine.worker.work import work
from ai_worker.errors import BadRequest, NotNow, StoreUnavailable
from tests.integration.engine.sources import TableRig
from tests.waiting import wait_until

HOUR = 3600.0
GROUP = 1


class ParentGroups:
    """Groups of the rig's rows by `id_task`, each with a row in `parent`."""

    def __init__(self, rig: TableRig) -> None:
        self.rig, self.away, self.closings = rig, False, 0
        rig.pool.execute(
            "CREATE TABLE parent (id INT PRIMARY KEY, finished INT DEFAULT 0, failed INT DEFAULT 0, "
            "additions INT DEFAULT 0, closed_at DATETIME(6))"
        )
        rig.pool.execute("INSERT INTO parent (id) VALUES (1), (2)")

    def of(self, claim: Claim) -> Hashable | None:
        [row] = self.rig.pool.query("SELECT id_task FROM work WHERE id_work = %s", (claim.row_id,))
        return int(row["id_task"]) if row["id_task"] in (1, 2) else None

    def add(self, group: Any, finished: int, failed: int) -> None:
        if self.away:
            raise StoreUnavailable("the store is away")
        self.rig.pool.execute(
            "UPDATE parent SET finished = finished + %s, failed = failed + %s, additions = additions + 1 "
            "WHERE id = %s",
            (finished, failed, group),
        )

    def is_closed(self, group: Any) -> bool:
        return not self.rig.pool.query(
            "SELECT 1 FROM work WHERE id_task = %s AND status_id IN (0, 2) LIMIT 1", (group,)
        )

    def close(self, group: Any) -> None:
        with self.rig.pool.connection() as database:
            closed = database.execute(
                "UPDATE parent SET closed_at = UTC_TIMESTAMP(6), "
                "finished = (SELECT COUNT(*) FROM work WHERE id_task = parent.id AND status_id = 1), "
                "failed = (SELECT COUNT(*) FROM work WHERE id_task = parent.id AND status_id = 3) "
                "WHERE id = %s AND closed_at IS NULL",
                (group,),
            )
        if closed:  # Of one thread only: others that add nothing may not write what they have read before.
            self.closings += 1

    def unfinished(self) -> Iterable[Any]:
        found = self.rig.pool.query("SELECT id FROM parent WHERE closed_at IS NULL")
        return [row["id"] for row in found if self.is_closed(row["id"])]

    def parent(self, group: int = GROUP) -> dict[str, Any]:
        return dict(self.rig.pool.query("SELECT * FROM parent WHERE id = %s", (group,))[0])


@pytest.fixture
def groups(table: TableRig) -> Iterator[ParentGroups]:
    yield ParentGroups(table)
    group_watch.cache_clear()


def _kind(groups: ParentGroups, work: Any = lambda claim: {"answer": "x"}) -> Kind:
    kind = Kind("work", lambda: groups.rig.source, work, groups=groups)
    Pipeline("things", [kind], stores=[])
    return kind


def _finish(groups: ParentGroups, count: int, lane: int = GROUP) -> list[Claim]:
    """Rows whose results are stored, by an owner that has not counted them yet."""
    claims = []
    for row in groups.rig.source.reserve(groups.rig.lane(lane), count, HOUR):
        claim = groups.rig.source.claim(row.address, row.row_id, row.token, HOUR)
        assert claim is not None
        assert groups.rig.source.finish(claim, {"answer": "x"})
        claims.append(claim)
    return claims


def test_each_process_adds_what_it_has_ended_in_one_statement(groups: ParentGroups) -> None:
    groups.rig.insert(GROUP, 5)
    _finish(groups, 4)
    processes = [GroupWatch(groups), GroupWatch(groups)]
    for number in range(4):
        processes[number % 2].ended(GROUP, failed=number == 3)
    # Each has a thread that writes by itself within a second, too; whoever writes, nothing counts twice.
    for process in processes:
        process.flush()
    parent = groups.parent()
    assert (parent["finished"], parent["failed"], parent["closed_at"]) == (3, 1, None)
    assert parent["additions"] <= 4


def test_a_watch_writes_without_being_asked(groups: ParentGroups) -> None:
    groups.rig.insert(GROUP, 2)
    _finish(groups, 1)
    GroupWatch(groups).ended(GROUP, failed=False)
    wait_until(lambda: groups.parent()["finished"] == 1, "the count is written")


def test_the_last_row_in_hand_is_written_before_its_second_is_over(
    groups: ParentGroups, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A group that ends with it would be seen to end up to a second late."""
    monkeypatch.setattr("ai_worker.engine.worker.group_watch.FLUSH_SECONDS", 3600.0)
    groups.rig.insert(GROUP, 3)
    _finish(groups, 2)
    process = GroupWatch(groups)
    process.ended(GROUP, failed=False)
    wait_until(lambda: groups.parent()["finished"] == 1, "the first count is written")
    process.ended(GROUP, failed=False, last=True)
    wait_until(lambda: groups.parent()["finished"] == 2, "the last one, too")


def test_the_last_row_closes_its_group_once_however_many_ask(groups: ParentGroups) -> None:
    groups.rig.insert(GROUP, 8)
    _finish(groups, 8)
    barrier = threading.Barrier(8)

    def process(_: int) -> None:
        mine = GroupWatch(groups)
        mine.ended(GROUP, failed=False)
        barrier.wait()
        mine.flush()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(process, range(8)))
    wait_until(lambda: groups.closings, "the group is closed")
    assert groups.closings == 1
    assert groups.parent()["closed_at"] is not None
    assert groups.parent(2)["closed_at"] is None


def test_rows_are_added_once_where_closing_finds_the_store_away(
    groups: ParentGroups, monkeypatch: pytest.MonkeyPatch
) -> None:
    groups.rig.insert(GROUP, 3)
    _finish(groups, 2)
    process = GroupWatch(groups)
    monkeypatch.setattr(process._flusher, "need", lambda: None)  # Only this test writes.
    process.ended(GROUP, failed=False)

    def away(group: Any) -> bool:
        raise StoreUnavailable("the store is away")

    with monkeypatch.context() as outage:
        outage.setattr(groups, "is_closed", away)
        with pytest.raises(StoreUnavailable):
            process.flush()
    process.flush()
    assert groups.parent()["finished"] == 1
    _finish(groups, 1)
    process.flush()
    assert groups.parent()["closed_at"] is None, "nothing new was counted here"


def test_one_odd_group_keeps_no_other_open(groups: ParentGroups, monkeypatch: pytest.MonkeyPatch) -> None:
    for group in (1, 2):
        groups.rig.insert(group, 1)
        _finish(groups, 1, group)
    close = groups.close

    def odd(group: Any) -> None:
        if group == 1:
            raise ValueError("odd")
        close(group)

    monkeypatch.setattr(groups, "close", odd)
    close_unfinished(_kind(groups))
    assert groups.parent(2)["closed_at"] is not None


def test_closing_recounts_what_a_killed_process_forgot(groups: ParentGroups) -> None:
    groups.rig.insert(GROUP, 3)
    _finish(groups, 2)  # Killed before it counted these.
    kind = _kind(groups)
    [claim] = _finish(groups, 1)
    watch(kind, claim, Outcome.FINISHED)
    group_watch(groups).flush()
    wait_until(lambda: groups.parent()["closed_at"] is not None, "the group is closed")
    assert groups.parent()["finished"] == 3


def test_a_group_whose_last_owner_died_is_found_by_the_upkeep(groups: ParentGroups) -> None:
    groups.rig.insert(GROUP, 2)
    groups.rig.insert(2, 1)
    pipeline = Pipeline("things", [_kind(groups)], stores=[])
    _finish(groups, 1)
    keep_up(pipeline)
    assert groups.parent()["closed_at"] is None, "a row of it is open"
    _finish(groups, 1)
    keep_up(pipeline)
    keep_up(pipeline)
    assert groups.parent()["closed_at"] is not None
    assert (groups.parent()["finished"], groups.closings) == (2, 1)
    assert groups.parent(2)["closed_at"] is None


def test_counts_wait_while_the_store_is_away(groups: ParentGroups) -> None:
    groups.rig.insert(GROUP, 2)
    _finish(groups, 1)
    groups.away = True
    mine = GroupWatch(groups)
    mine.ended(GROUP, failed=False)
    with pytest.raises(StoreUnavailable):
        while True:  # The watch's own thread may just have taken the count, and gives it back.
            mine.flush()
    groups.away = False
    wait_until(lambda: (mine.flush(), groups.parent()["finished"] == 1)[1], "the count is written")
    assert groups.parent()["finished"] == 1


def _not_now(claim: Claim) -> dict[str, Any]:
    raise NotNow("later", retry_after=HOUR)


def _refused(claim: Claim) -> dict[str, Any]:
    raise BadRequest("no")


@pytest.mark.parametrize(("worked", "finished", "failed"), [(None, 1, 0), (_refused, 0, 1), (_not_now, 0, 0)])
def test_rows_count_by_their_outcome_when_worked(
    groups: ParentGroups, worked: Any, finished: int, failed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "ai_worker.engine.worker.work.RetryPolicy.of", lambda task: RetryPolicy(3, 1.0, 1.0, HOUR)
    )
    kind = _kind(groups, worked) if worked else _kind(groups)
    groups.rig.insert(GROUP, 2)
    [row] = groups.rig.source.reserve(groups.rig.lane(GROUP), 1, HOUR)
    assert work(kind, row.address, row.row_id, row.token) is not None
    group_watch(groups).flush()
    wait_until(
        lambda: (groups.parent()["finished"], groups.parent()["failed"]) == (finished, failed), "the counts"
    )


def test_a_row_without_a_group_moves_none(groups: ParentGroups) -> None:
    groups.rig.insert(3, 1)
    [claim] = _finish(groups, 1, lane=3)
    watch(_kind(groups), claim, Outcome.FINISHED)
    group_watch(groups).flush()
    assert [groups.parent(one)["additions"] for one in (1, 2)] == [0, 0]
