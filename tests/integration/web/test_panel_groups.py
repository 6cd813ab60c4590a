"""The page of a task whose pipeline brings no page for it."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from ai_worker.app import PIPELINES
from ai_worker.engine.contract.pipeline import Pipeline
from ai_worker.engine.contract.progress import TaskProgress
from ai_worker.web import progress
from tests.integration.web.deployment import Deployment


class Recorded:
    """A control that notes what it is asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[object, ...]] = []

    def knows(self, group: str) -> bool:
        return group == "lane <1>"

    def pause(self, group: str, reason: str) -> None:
        self.asked.append(("pause", group, reason))

    def resume(self, group: str) -> None:
        self.asked.append(("resume", group))

    def stop(self, group: str) -> None:
        self.asked.append(("stop", group))

    def cancel(self, group: str) -> int:
        self.asked.append(("cancel", group))
        return 3

    def retry(self, group: str, error_class: str | None = None) -> int:
        self.asked.append(("retry", group, error_class))
        return 2


@pytest.fixture
def control(monkeypatch: pytest.MonkeyPatch, deployment: Deployment) -> Iterator[Recorded]:
    """A pipeline `reviews` with two tasks, of which it controls the first."""
    control = Recorded()
    tasks = [
        TaskProgress("reviews", name, "IN_PROGRESS", {"pending": 4}, done=1, failed=2, in_flight=0, waiting=4)
        for name in ("lane <1>", "another")
    ]
    made = Pipeline(name="reviews", kinds=[], stores=["mysql"], progress=lambda: tasks, control=control)
    monkeypatch.setitem(PIPELINES, "reviews", made)
    yield control
    progress._sampled.cache_clear()


def test_what_the_control_offers_is_a_button(http: TestClient, control: Recorded) -> None:
    page = http.get("/panel/groups/reviews", params={"group": "lane <1>"})
    assert page.status_code == 200
    assert "lane &lt;1&gt;" in page.text
    token = http.app.state.sessions.csrf("key:local")  # type: ignore[attr-defined]
    for action in ("pause", "resume", "stop", "cancel", "retry"):
        assert f'action="/panel/groups/reviews/{action}"' in page.text
        form = {"csrf": token, "group": "lane <1>", "error_class": "timeout"}
        answer = http.post(f"/panel/groups/reviews/{action}", data=form, follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (
            303,
            "/panel/groups/reviews?group=lane+%3C1%3E",
        )
    assert control.asked == [
        ("pause", "lane <1>", "by local"),
        ("resume", "lane <1>"),
        ("stop", "lane <1>"),
        ("cancel", "lane <1>"),
        ("retry", "lane <1>", "timeout"),
    ]


def test_what_it_does_not_know_has_no_button(http: TestClient, control: Recorded) -> None:
    page = http.get("/panel/groups/reviews", params={"group": "another"})
    assert page.status_code == 200
    assert "/panel/groups/reviews/pause" not in page.text
    token = http.app.state.sessions.csrf("key:local")  # type: ignore[attr-defined]
    form = {"csrf": token, "group": "another"}
    assert http.post("/panel/groups/reviews/cancel", data=form).status_code == 404
    assert control.asked == []
    assert http.get("/panel/groups/reviews", params={"group": "gone"}).status_code == 404
    assert http.get("/panel/groups/nowhere", params={"group": "x"}).status_code == 404
