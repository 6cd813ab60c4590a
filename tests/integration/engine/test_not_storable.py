"""An answer that its store refuses ends its row at once, final and named: no loss, no second call."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from pymongo.collection import Collection
from pymongo.errors import OperationFailure

from ai_worker.engine.contract.pipeline import Kind, Outcome, Pipeline
from ai_worker.engine.contract.row import Claim
from ai_worker.engine.sources.collection_owning import LARGEST_DOCUMENT
from ai_worker.engine.worker import local
from ai_worker.engine.worker.work import work
from tests.integration.engine.sources import Rig, TableRig

HOUR = 3600.0


class Retries:
    """A Celery task's declaration."""

    max_retries, retry_backoff, retry_backoff_max = 5, 2, 600


@pytest.fixture
def kind_of(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> Callable[[Callable[[Claim], Mapping[str, Any]]], Kind]:
    monkeypatch.setattr(
        "ai_worker.engine.worker.retry.current_app", type("App", (), {"tasks": {"odd.work": Retries}})
    )

    def made(do: Callable[[Claim], Mapping[str, Any]]) -> Kind:
        kind = Kind("work", lambda: rig.source, do)
        Pipeline("odd", [kind], stores=[])
        return kind

    return made


def unstorable(rig: Rig) -> dict[str, Any]:
    """Values that the store refuses for good."""
    return {"attempts": 10**9} if isinstance(rig, TableRig) else {"answer": {"k": object()}}


def test_it_is_final_after_one_call_and_names_the_column(rig: Rig, kind_of: Callable[..., Kind]) -> None:
    calls: list[Claim] = []

    def asked(claim: Claim) -> Mapping[str, Any]:
        calls.append(claim)
        return unstorable(rig)

    rig.insert(1, 1)
    [row] = rig.source.reserve(rig.lane(1), 1, HOUR)
    done = work(kind_of(asked), row.address, row.row_id, row.token)
    assert done is not None
    assert done[1] is Outcome.FAILED
    stored = rig.row(row.row_id)
    assert (stored["status"], stored["error_class"], stored["lost"]) == ("failed", "not_storable", 0)
    assert ("column attempts" if isinstance(rig, TableRig) else "field answer") in stored["error"]
    assert len(calls) == 1
    assert rig.source.reserve(rig.lane(1), 1, HOUR) == []


def test_a_document_over_16_mb_is_named_too(
    rig: Rig, kind_of: Callable[..., Kind], monkeypatch: pytest.MonkeyPatch
) -> None:
    """MongoDB's own refusal, which the server that stands in for it does not know."""
    if isinstance(rig, TableRig):
        pytest.skip("a limit of MongoDB's")
    real = Collection.update_one

    def limited(self: Any, fence: Any, change: Any) -> Any:
        if len(change["$set"].get("answer", "")) > LARGEST_DOCUMENT:
            raise OperationFailure("Resulting document after update is larger than 16777216", 17419)
        return real(self, fence, change)

    monkeypatch.setattr(Collection, "update_one", limited)
    rig.insert(1, 1)
    [row] = rig.source.reserve(rig.lane(1), 1, HOUR)
    work(kind_of(lambda _: {"answer": "x" * (LARGEST_DOCUMENT + 1)}), row.address, row.row_id, row.token)
    stored = rig.row(row.row_id)
    assert stored["error_class"] == "not_storable"
    assert "field answer" in stored["error"]


def test_a_run_survives_any_single_row(rig: Rig, kind_of: Callable[..., Kind]) -> None:
    """`ai-worker run` works rows here and now: rows that the store refuses, or that our code trips over,
    stop none of the others.
    """
    ids = rig.insert(1, 12)

    def asked(claim: Claim) -> Mapping[str, Any]:
        number = ids.index(claim.row_id)
        if number % 4 == 0:
            return unstorable(rig)
        return {"answer": "fine"}

    told: list[Outcome] = []
    tally = local.run_lanes(kind_of(asked), [rig.lane(1)], None, lambda _, outcome: told.append(outcome))
    assert (tally[Outcome.FINISHED], tally[Outcome.FAILED], len(told)) == (9, 3, 12)
    assert rig.count("processing") == 0
