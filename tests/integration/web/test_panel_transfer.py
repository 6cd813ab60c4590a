"""Texts in and out through the panel: preview of an export with its conflicts, the export, an upload."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from ai_worker.pipelines.corrections.panel import transfer_pages
from tests.integration.corrections.source import Shop
from tests.integration.web.deployment import Deployment

TEXT, ANSWER = "I recieve alot of mail.", "I receive a lot of mail."
SOURCE = {"source_connection": "shop", "source_table": "article", "source_pk": "id", "source_column": "body"}


@pytest.fixture
def shop(mysql_database: dict[str, str], tmp_path: Path) -> Iterator[Shop]:
    shop = Shop(mysql_database, tmp_path)
    yield shop
    shop.pool.close()


@pytest.fixture
def deployment(deploy: Callable[..., Deployment], shop: Shop) -> Deployment:
    return deploy(sources_file=str(shop.file))


@pytest.fixture
def token(http: TestClient) -> str:
    sessions = http.app.state.sessions  # type: ignore[attr-defined]
    return str(sessions.csrf("key:local"))


@pytest.fixture
def task(deployment: Deployment, shop: Shop) -> int:
    """Three accepted articles; the source of the second has changed since."""
    shop.add(TEXT, "somebody's new words", TEXT)
    task = deployment.add_task([TEXT] * 3, **SOURCE)
    deployment.pool.execute(
        "UPDATE task_item SET status_id = 4, text_corrected = %s, source_id = id_task_item, "
        "operation_uuid = UUID() WHERE id_task = %s",
        (ANSWER, task),
    )
    return task


def test_an_export_is_previewed_and_then_written(
    http: TestClient, deployment: Deployment, shop: Shop, task: int, token: str
) -> None:
    seen = http.get(f"/panel/corrections/tasks/{task}/export").text
    assert "2 accepted texts would be written" in seen
    assert "1 are in conflict" in seen
    assert "somebody&#39;s new words" in seen
    assert [shop.body(number) for number in (1, 2, 3)] == [TEXT, "somebody's new words", TEXT]
    assert deployment.statuses(task) == [4, 4, 4]
    done = http.post(f"/panel/corrections/tasks/{task}/export", data={"csrf": token})
    assert done.status_code == 200
    assert [shop.body(number) for number in (1, 2, 3)] == [ANSWER, "somebody's new words", ANSWER]
    assert deployment.statuses(task) == [6, 9, 6]


def test_a_long_export_pauses_with_all_that_is_done_kept(
    http: TestClient, deployment: Deployment, task: int, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transfer_pages, "PORTION", 1)
    monkeypatch.setattr(transfer_pages, "EXPORT_SECONDS", -1.0)
    paused = http.post(f"/panel/corrections/tasks/{task}/export", data={"csrf": token}).text
    assert "More accepted texts are left" in paused
    assert deployment.statuses(task) == [6, 9, 6], "the portion under way was ended"


def test_a_task_without_a_source_says_so(http: TestClient, deployment: Deployment) -> None:
    task = deployment.add_task([TEXT])
    assert "names no source" in http.get(f"/panel/corrections/tasks/{task}/export").text


def test_a_file_that_does_not_fit_makes_no_task(http: TestClient, deployment: Deployment, token: str) -> None:
    deployment.add_task([])
    before = deployment.pool.query("SELECT COUNT(*) AS tasks FROM task")[0]["tasks"]
    for content, said in (
        (b"name\nx\n", "there is no column"),
        (b"text\n\xff\xfe\n", "not UTF-8"),
        (b"", "no column"),
    ):
        answer = http.post(
            "/panel/corrections/import",
            data={"csrf": token, "model": "1"},
            files={"file": ("x.csv", content, "text/csv")},
        )
        assert answer.status_code == 422
        assert said in answer.text
    wrong_model = http.post(
        "/panel/corrections/import",
        data={"csrf": token, "model": "99"},
        files={"file": ("x.csv", b"text\nx\n", "text/csv")},
    )
    assert "choose a model" in wrong_model.text
    assert deployment.pool.query("SELECT COUNT(*) AS tasks FROM task")[0]["tasks"] == before
