"""Control of a correction task: the same words on the command line and over HTTP do the same to its rows."""

import re
from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from ai_worker.cli.main import cli
from ai_worker.engine.contract.pipeline import Outcome
from ai_worker.engine.contract.row import Lane
from ai_worker.engine.sources.table_rows import HERE
from ai_worker.engine.worker.work import work
from ai_worker.errors import Conflict, NotFound
from ai_worker.pipelines.corrections.lanes import open_lanes
from ai_worker.pipelines.corrections.statuses import ItemStatus, TaskStatus
from ai_worker.pipelines.corrections.tasks import CORRECT
from tests.integration.web.deployment import Deployment
from tests.offline_model import OfflineModel

Say = Callable[..., int | None]
"""Says a word about a group; returns the number of rows where the word has one."""


@pytest.fixture(params=["command line", "http"])
def say(request: pytest.FixtureRequest, http: TestClient) -> Say:
    return _by_command_line if request.param == "command line" else lambda *word: _by_http(http, *word)


def _by_command_line(word: str, group: object, error_class: str | None = None) -> int | None:
    options = [] if error_class is None else ["--class", error_class]
    done = CliRunner().invoke(cli, [word, "--task", str(group), *options])
    if done.exception:
        raise done.exception
    counted = re.search(r"(\d+) (?:open )?rows?", done.output)
    return int(counted[1]) if counted else None


def _by_http(http: TestClient, word: str, group: object, error_class: str | None = None) -> int | None:
    chosen = {} if error_class is None else {"error_class": error_class}
    answer = http.post(f"/pipelines/corrections/groups/{group}/{word}", params=chosen)
    if answer.status_code == 404:
        raise NotFound(answer.text)
    if answer.status_code == 409:
        raise Conflict(answer.text)
    assert answer.status_code == 200, answer.text
    rows: int | None = answer.json().get("rows")
    return rows


@pytest.fixture
def id_task(deployment: Deployment) -> int:
    id_task = deployment.add_task(["He go home.", "She go home.", "They goes home."])
    open_lanes([Lane(HERE, id_task)])
    return id_task


def test_a_paused_task_starts_nothing_until_it_is_resumed(
    say: Say, deployment: Deployment, model: OfflineModel, id_task: int
) -> None:
    say("pause", id_task)
    assert deployment.task(id_task)["paused_at"] is not None
    assert open_lanes([Lane(HERE, id_task)]) == []
    say("resume", id_task)
    assert [lane.value for lane in open_lanes([Lane(HERE, id_task)])] == [id_task]
    [row, *_] = deployment.reserve(id_task, 1)
    done = work(CORRECT, row.address, row.row_id, row.token)
    assert done is not None and done[1] is Outcome.FINISHED


def test_a_stopped_task_keeps_what_is_under_way_and_starts_no_more(
    say: Say, deployment: Deployment, id_task: int
) -> None:
    [row, *_] = deployment.reserve(id_task, 1)
    claim = CORRECT.source.claim(row.address, row.row_id, row.token, 3600.0)
    assert claim is not None
    say("stop", id_task)
    statuses = sorted(deployment.statuses(id_task))
    assert statuses == sorted([ItemStatus.PROCESSING, ItemStatus.CANCELLED, ItemStatus.CANCELLED])
    assert CORRECT.source.finish(claim, {"text_corrected": "He goes home."}), "its answer is kept"


def test_a_cancelled_task_drops_what_is_under_way(say: Say, deployment: Deployment, id_task: int) -> None:
    [row, *_] = deployment.reserve(id_task, 1)
    claim = CORRECT.source.claim(row.address, row.row_id, row.token, 3600.0)
    assert claim is not None
    assert say("cancel", id_task) == 3
    assert deployment.statuses(id_task) == [ItemStatus.CANCELLED] * 3
    assert deployment.task(id_task)["status_id"] == TaskStatus.CANCELLED
    assert not CORRECT.source.finish(claim, {"text_corrected": "He goes home."})


def test_retry_takes_the_failures_of_one_class_or_all(say: Say, deployment: Deployment, id_task: int) -> None:
    for item, error_class in zip(
        deployment.items(id_task), ("timeout", "timeout", "bad_answer"), strict=True
    ):
        deployment.pool.execute(
            "UPDATE task_item SET status_id = %s, error_class = %s WHERE id_task_item = %s",
            (ItemStatus.ERROR, error_class, item["id_task_item"]),
        )
    assert say("retry", id_task, "timeout") == 2
    assert sorted(deployment.statuses(id_task)) == sorted(
        [ItemStatus.PENDING, ItemStatus.PENDING, ItemStatus.ERROR]
    )
    assert say("retry", id_task) == 1
    assert deployment.statuses(id_task) == [ItemStatus.PENDING] * 3


@pytest.mark.parametrize("word", ["pause", "resume", "stop", "cancel", "retry"])
def test_an_unknown_task_is_not_found(say: Say, word: str) -> None:
    with pytest.raises(NotFound):
        say(word, 987654)


@pytest.mark.parametrize("word", ["pause", "resume", "stop", "retry"])
def test_what_its_state_forbids_is_a_conflict(say: Say, word: str, id_task: int) -> None:
    assert say("cancel", id_task) == 3
    with pytest.raises(Conflict):
        say(word, id_task)
