"""What a person says of a task holds when the call returns, also for items that a worker or a message in the
queue holds already.
"""

import threading

import pytest
from typer.testing import CliRunner

from ai_worker.cli.main import cli
from ai_worker.engine.contract.pipeline import Outcome
from ai_worker.engine.contract.row import Lane
from ai_worker.engine.sources.table_rows import HERE
from ai_worker.engine.worker.group_watch import close_unfinished, group_watch
from ai_worker.engine.worker.local import run_lanes
from ai_worker.engine.worker.work import work
from ai_worker.errors import BadRequest, Conflict, NotFound
from ai_worker.pipelines.corrections import service
from ai_worker.pipelines.corrections.control import control
from ai_worker.pipelines.corrections.lanes import open_lanes
from ai_worker.pipelines.corrections.statuses import ItemStatus, TaskStatus
from ai_worker.pipelines.corrections.tasks import CORRECT, GROUPS
from tests.integration.web.deployment import HOUR, Deployment
from tests.offline_model import OfflineModel
from tests.waiting import wait_until

PENDING, PROCESSED, PROCESSING, ERROR, CANCELLED = (
    ItemStatus.PENDING,
    ItemStatus.PROCESSED,
    ItemStatus.PROCESSING,
    ItemStatus.ERROR,
    ItemStatus.CANCELLED,
)


@pytest.fixture
def id_task(deployment: Deployment) -> int:
    id_task = deployment.add_task(["He go home.", "She go home.", "They goes home."])
    open_lanes([Lane(HERE, id_task)])
    return id_task


def test_pause_holds_for_items_that_wait_in_the_queue(
    model: OfflineModel, deployment: Deployment, id_task: int
) -> None:
    [first, *_] = deployment.reserve(id_task, 3)
    control.pause(id_task, "anna")
    done = work(CORRECT, first.address, first.row_id, first.token)
    assert done is not None
    assert done[1] is Outcome.LATER
    assert model.counts()["total"] == 0
    item = deployment.items(id_task)[0]
    assert (item["status_id"], item["lease_token"], item["attempts"]) == (PENDING, None, 0)
    assert deployment.task(id_task)["pause_reason"] == "by anna"
    assert open_lanes([Lane(HERE, id_task)]) == []


def test_resume_goes_on_and_asks_for_a_scan(
    model: OfflineModel, deployment: Deployment, id_task: int
) -> None:
    control.pause(id_task, "anna")
    control.resume(id_task, "anna")
    assert deployment.queued("scans") == 1
    assert deployment.task(id_task)["paused_at"] is None
    [row, *_] = deployment.reserve(id_task, 1)
    done = work(CORRECT, row.address, row.row_id, row.token)
    assert done is not None
    assert done[1] is Outcome.FINISHED
    assert model.counts()["total"] == 1


def test_a_run_here_and_now_ends_when_its_task_is_paused(
    model: OfflineModel, deployment: Deployment, id_task: int
) -> None:
    def pause_after_the_first(*_: object) -> None:
        control.pause(id_task, "anna")

    tally = run_lanes(CORRECT, [Lane(HERE, id_task)], None, pause_after_the_first)
    assert tally[Outcome.FINISHED] + tally[Outcome.LATER] == 3


def test_pause_and_resume_may_be_repeated(deployment: Deployment, id_task: int) -> None:
    control.pause(id_task, "anna")
    since = deployment.task(id_task)["paused_at"]
    control.pause(id_task, "piotr")
    assert (deployment.task(id_task)["paused_at"], deployment.task(id_task)["pause_reason"]) == (
        since,
        "by anna",
    )
    control.resume(id_task, "anna")
    control.resume(id_task, "anna")
    assert deployment.task(id_task)["status_id"] == TaskStatus.IN_PROGRESS


def test_cancel_holds_for_reserved_items_and_drops_an_answer_under_way(
    model: OfflineModel, deployment: Deployment, id_task: int
) -> None:
    in_a_workers_hands, in_the_queue = deployment.reserve(id_task, 2)
    model.tell(latency=1.0)
    ended: list[object] = []
    worker = threading.Thread(
        target=lambda: ended.append(work(CORRECT, HERE, in_a_workers_hands.row_id, in_a_workers_hands.token))
    )
    worker.start()
    wait_until(lambda: model.counts()["total"], "the question")
    assert control.cancel(id_task, "anna") == 3
    assert deployment.statuses(id_task) == [CANCELLED] * 3
    worker.join()
    assert isinstance(ended[0], tuple)
    assert ended[0][1] is Outcome.TAKEN_OVER
    assert work(CORRECT, HERE, in_the_queue.row_id, in_the_queue.token) is None
    group_watch(GROUPS).flush()
    assert deployment.statuses(id_task) == [CANCELLED] * 3
    assert [item["text_corrected"] for item in deployment.items(id_task)] == [None] * 3
    assert model.counts()["total"] == 1
    task = deployment.task(id_task)
    assert (task["status_id"], task["error"], task["records_processed"], task["records_failed"]) == (
        TaskStatus.CANCELLED,
        "cancelled by anna",
        0,
        0,
    )
    assert task["finished_at"] is not None


def test_cancel_keeps_what_is_done_and_counts_it(deployment: Deployment, id_task: int) -> None:
    [row] = deployment.reserve(id_task, 1)
    work(CORRECT, HERE, row.row_id, row.token)
    control.cancel(id_task, "anna")
    group_watch(GROUPS).flush()
    assert deployment.statuses(id_task) == [PROCESSED, CANCELLED, CANCELLED]
    task = deployment.task(id_task)
    assert (task["records_processed"], task["records_failed"], task["records_total"]) == (1, 0, 3)


def test_an_item_claimed_before_its_task_was_read_as_cancelled_is_cancelled(
    deployment: Deployment, id_task: int
) -> None:
    [row] = deployment.reserve(id_task, 1)
    deployment.pool.execute(
        "UPDATE task SET status_id = %s WHERE id_task = %s", (TaskStatus.CANCELLED, id_task)
    )
    done = work(CORRECT, HERE, row.row_id, row.token)
    assert done is not None
    assert done[1] is Outcome.FAILED
    assert deployment.statuses(id_task) == [CANCELLED, PENDING, PENDING]
    group_watch(GROUPS).flush()
    assert deployment.task(id_task)["records_failed"] == 0


def test_a_task_that_other_software_cancelled_is_cleared_by_the_next_scan(
    deployment: Deployment, id_task: int
) -> None:
    deployment.reserve(id_task, 1)
    deployment.pool.execute(
        "UPDATE task SET status_id = %s WHERE id_task = %s", (TaskStatus.CANCELLED, id_task)
    )
    assert open_lanes([Lane(HERE, id_task)]) == []
    assert deployment.statuses(id_task) == [CANCELLED] * 3


def test_cancel_may_be_repeated_and_finishes_what_a_crash_left(deployment: Deployment, id_task: int) -> None:
    control.cancel(id_task, "anna")
    deployment.pool.execute("UPDATE task_item SET status_id = 0 WHERE id_task = %s LIMIT 2", (id_task,))
    assert control.cancel(id_task, "piotr") == 2
    assert deployment.statuses(id_task) == [CANCELLED] * 3
    assert deployment.task(id_task)["error"] == "cancelled by anna"


def test_cancel_while_workers_claim_and_finish_leaves_nothing_open(
    deployment: Deployment, model: OfflineModel
) -> None:
    id_task = deployment.add_task([f"He go home {number}." for number in range(200)])
    open_lanes([Lane(HERE, id_task)])
    rows = deployment.reserve(id_task, 200)
    some_done = threading.Event()

    def worker(number: int) -> None:
        for row in rows[number::4]:
            work(CORRECT, HERE, row.row_id, row.token)
            some_done.set()

    workers = [threading.Thread(target=worker, args=(number,)) for number in range(4)]
    for thread in workers:
        thread.start()
    assert some_done.wait(20)
    control.cancel(id_task, "anna")
    asked = model.counts()["total"]
    cancelled = deployment.statuses(id_task).count(CANCELLED)
    for thread in workers:
        thread.join()
    group_watch(GROUPS).flush()
    statuses = deployment.statuses(id_task)
    assert set(statuses) <= {PROCESSED, CANCELLED}
    assert statuses.count(CANCELLED) == cancelled > 0
    assert model.counts()["total"] <= asked + 4
    assert deployment.task(id_task)["records_processed"] == statuses.count(PROCESSED)


def failed(deployment: Deployment, id_task: int, classes: list[str]) -> None:
    for item, error_class in zip(deployment.items(id_task), classes, strict=True):
        deployment.pool.execute(
            "UPDATE task_item SET status_id = %s, error_class = %s, error = 'x', attempts = 6, "
            "lost = 1 WHERE id_task_item = %s",
            (ERROR, error_class, item["id_task_item"]),
        )
    deployment.pool.execute("UPDATE task SET records_failed = %s WHERE id_task = %s", (len(classes), id_task))


def test_retry_sets_the_chosen_failures_pending_as_if_new_and_reopens_the_task(
    deployment: Deployment, id_task: int
) -> None:
    failed(deployment, id_task, ["timeout", "bad_answer", "timeout"])
    close_unfinished(CORRECT)
    assert deployment.task(id_task)["status_id"] == TaskStatus.ERROR
    assert control.retry(id_task, "anna", error_class="timeout") == 2
    assert deployment.statuses(id_task) == [PENDING, ERROR, PENDING]
    task = deployment.task(id_task)
    assert (task["status_id"], task["records_failed"], task["finished_at"]) == (
        TaskStatus.IN_PROGRESS,
        1,
        None,
    )
    first = deployment.items(id_task)[0]
    assert (first["due_at"], first["lease_token"], first["error_class"], first["error"]) == (
        None,
        None,
        None,
        None,
    )
    assert deployment.queued("scans") == 1
    [row, _] = deployment.reserve(id_task, 5)
    claim = service.items().claim(HERE, row.row_id, row.token, HOUR)
    assert claim is not None
    assert claim.attempts == 0


def test_retry_of_everything_that_failed(deployment: Deployment, id_task: int) -> None:
    failed(deployment, id_task, ["timeout", "bad_answer", "redaction_mismatch"])
    deployment.pool.execute(
        "UPDATE task_item SET status_id = %s WHERE error_class = 'redaction_mismatch'",
        (ItemStatus.REDACTION_MISMATCH,),
    )
    assert control.retry(id_task, "anna", ItemStatus.REDACTION_MISMATCH) == 1
    assert control.retry(id_task, "anna") == 2
    assert deployment.statuses(id_task) == [PENDING] * 3
    assert control.retry(id_task, "anna") == 0
    assert deployment.task(id_task)["records_failed"] == 0


def test_retry_goes_through_more_than_one_batch(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch, id_task: int
) -> None:
    monkeypatch.setattr("ai_worker.pipelines.corrections.control.repository.BATCH", 2)
    failed(deployment, id_task, ["timeout"] * 3)
    assert control.retry(id_task, "anna") == 3
    failed(deployment, id_task, ["timeout"] * 3)
    deployment.pool.execute("UPDATE task_item SET status_id = 0")
    assert control.cancel(id_task, "anna") == 3


def test_what_does_not_fit_the_state_is_a_conflict(deployment: Deployment, id_task: int) -> None:
    with pytest.raises(NotFound, match="no task 999"):
        control.pause(999, "anna")
    for step in (control.resume, control.cancel, control.retry):
        with pytest.raises(NotFound):
            step(999, "anna")
    deployment.pool.execute("UPDATE task_item SET status_id = 1")
    close_unfinished(CORRECT)
    for step in (control.pause, control.resume, control.cancel):
        with pytest.raises(Conflict, match="COMPLETED"):
            step(id_task, "anna")
    other = deployment.add_task(["x"])
    control.cancel(other, "anna")
    for step in (control.pause, control.resume, control.retry):
        with pytest.raises(Conflict, match="CANCELLED"):
            step(other, "anna")


def test_the_command_line_says_the_same(deployment: Deployment, id_task: int) -> None:
    def ai_worker(*arguments: str) -> str:
        done = CliRunner().invoke(cli, [*arguments, "--task", str(id_task)])
        if done.exception:
            raise done.exception
        return done.output

    assert f"Task {id_task} is paused." in ai_worker("pause")
    assert deployment.task(id_task)["pause_reason"] == "by hand"
    with pytest.raises(Conflict, match="resume it first"):
        ai_worker("enqueue")
    assert "is resumed" in ai_worker("resume")
    failed(deployment, id_task, ["timeout"] * 3)
    assert "0 rows" in ai_worker("retry", "--class", "bad_answer")
    with pytest.raises(BadRequest, match=r"no class 'nonsense'; .* failed with: timeout \(3\)"):
        ai_worker("retry", "--class", "nonsense")
    assert "3 rows" in ai_worker("retry", "--class", "timeout")
    assert "with 3 open rows" in ai_worker("cancel")
    with pytest.raises(Conflict, match="CANCELLED"):
        ai_worker("retry")
