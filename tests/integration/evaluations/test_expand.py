"""Expanding streams, resumes, races without doubling, and costs what is new."""

import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from pymongo.errors import OperationFailure

from ai_worker.engine.dispatch.fair_share import fair_share
from ai_worker.engine.dispatch.top_up import BATCH
from ai_worker.pipelines.evaluations import budgets
from ai_worker.pipelines.evaluations import expand as expanding
from ai_worker.pipelines.evaluations.control.fences import to_expand
from ai_worker.pipelines.evaluations.reports.task_list import task_lines
from ai_worker.pipelines.evaluations.repository import EvaluationRepository, entry_source
from tests.integration.evaluations.lab import NAME, Lab, now
from tests.integration.evaluations.statements import Recorder

MEGABYTE = 1024 * 1024


def _rows(first: int, last: int) -> list[dict[str, Any]]:
    return [
        {"question": f"q{number}", "right": str(number), "more": "x" * 500} for number in range(first, last)
    ]


def _needs(lab: Lab) -> bool:
    return expanding.needs_expanding(lab.tasks, lab.name, lab.document, now())


def _keys(lab: Lab) -> list[tuple[int, str]]:
    return sorted(
        (entry["line_index"], entry["model"]) for entry in lab.queue.find({}, {"line_index": 1, "model": 1})
    )


def test_nothing_new_costs_three_statements_however_much_is_there(
    mongodb_uri: str, new_mongo_database: Any
) -> None:
    counted = []
    for rows in (10, 1500):
        recorder = Recorder("queue_", "dataset_", "ai_worker_", "tasks")
        lab = Lab(mongodb_uri, new_mongo_database(), recorder)
        lab.set_up(_rows(0, rows))
        document = lab.document
        recorder.commands.clear()
        assert not expanding.needs_expanding(lab.tasks, lab.name, document, now())
        counted.append(list(recorder.commands))
    assert counted[0] == counted[1]
    assert (
        counted[0]
        == [("count", f"dataset_{NAME}"), ("count", f"queue_{NAME}"), ("find", "ai_worker_expansions")]
        or len(counted[0]) == 3
    )


def test_a_dataset_that_has_grown_costs_what_is_new(mongodb_uri: str, mongo_database: str) -> None:
    recorder = Recorder("queue_")
    lab = Lab(mongodb_uri, mongo_database, recorder)
    lab.set_up(_rows(0, 1500), models=["small", "large"])
    lab.database[f"dataset_{NAME}"].insert_many(_rows(1500, 1503))
    assert _needs(lab)
    recorder.commands.clear()
    assert lab.expand() == 6
    assert [command for command, _ in recorder.commands].count("insert") == 1
    # What is there of these rows, and answers to the same questions.
    assert [command for command, _ in recorder.commands].count("find") == 2
    assert _keys(lab) == [(line, model) for line in range(1503) for model in ("large", "small")]
    assert not _needs(lab)


def test_entries_that_somebody_has_deleted_are_made_again(lab: Lab) -> None:
    lab.set_up(_rows(0, 700))
    lab.queue.delete_many({"line_index": {"$in": [3, 650]}})
    assert _needs(lab)
    assert lab.expand() == 2
    assert [line for line, _ in _keys(lab)] == list(range(700))


def test_an_expansion_that_was_killed_goes_on_where_it_stopped(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    add, portions = EvaluationRepository.add_entries, []

    def killed(*arguments: Any) -> int:
        portions.append(len(arguments[3]))
        if len(portions) == 3:
            raise KeyboardInterrupt
        return add(*arguments)

    monkeypatch.setattr(EvaluationRepository, "add_entries", killed)
    with pytest.raises(KeyboardInterrupt):
        lab.set_up(_rows(0, 2200))
    assert portions == [500, 500, 500]
    assert not _needs(lab), "somebody may still be at it"
    assert expanding.needs_expanding(
        lab.tasks, lab.name, lab.document, now() + timedelta(seconds=expanding.BUSY_SECONDS + 1)
    )
    assert lab.expand() == 1200
    assert portions[3:] == [500, 500, 200]
    assert [line for line, _ in _keys(lab)] == list(range(2200))
    assert not _needs(lab)


def test_what_was_deleted_before_an_expansion_was_killed_is_not_forgotten(lab: Lab) -> None:
    lab.set_up(_rows(0, 600))
    lab.database.ai_worker_expansions.update_one(
        {}, {"$set": {"expanded_rows": 600}, "$unset": {"dataset_rows": "", "queue_entries": ""}}
    )
    lab.queue.delete_one({"line_index": 5})
    assert lab.expand() == 1
    assert len(_keys(lab)) == 600


def test_four_expanders_at_once_make_every_entry_once(mongodb_uri: str, mongo_database: str) -> None:
    labs = [Lab(mongodb_uri, mongo_database) for _ in range(4)]
    labs[0].database[f"dataset_{NAME}"].insert_many(_rows(0, 600))
    labs[0].database.tasks.insert_one(
        {
            "_id": 1,
            "task_name": NAME,
            "dataset_name": NAME,
            "prompt": "{question}",
            "variables_cols": ["question"],
            "models": ["a", "b"],
            "metric": "accuracy",
        }
    )
    with ThreadPoolExecutor(4) as threads:
        added = list(threads.map(lambda lab: lab.expand(), labs))
    assert sum(added) == 1200
    assert _keys(labs[0]) == [(line, model) for line in range(600) for model in ("a", "b")]
    # Each counted its own entries alone: one more look finds them all.
    assert labs[0].expand() == 0
    assert not _needs(labs[0])


def test_memory_does_not_grow_with_the_dataset(lab: Lab) -> None:
    lab.set_up(_rows(0, 1000), models=["small", "large"])
    peaks = []
    for first, last in ((1000, 1000), (1000, 3000)):
        if first < last:
            lab.database[f"dataset_{NAME}"].insert_many(_rows(first, last))
        lab.database.ai_worker_expansions.delete_many({})
        lab.queue.drop()
        tracemalloc.start()
        assert lab.expand() == 2 * last
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.3, f"{[round(peak / MEGABYTE, 1) for peak in peaks]} MB"
    assert peaks[1] < 20 * MEGABYTE


def test_a_small_task_is_not_stuck_behind_a_large_one_nor_behind_forty_others(lab: Lab) -> None:
    def entries(count: int) -> list[dict[str, Any]]:
        return [
            {"line_index": line, "model": "m", "status": "pending", "prompt": "?"} for line in range(count)
        ]

    lab.database.queue_a_large.insert_many(entries(2000))
    for number in range(40):
        lab.database[f"queue_small_{number:02}"].insert_many(entries(3))
    source = entry_source(lab.client, lab.tasks, judged=False)
    lanes = source.lanes()
    assert len(lanes) == 41
    shares = fair_share(200, dict.fromkeys(lanes, 0))
    taken = {
        lane.address[1]: len(source.reserve(lane, min(places, BATCH), 60)) for lane, places in shares.items()
    }
    assert {name: count for name, count in taken.items() if name != "queue_a_large"} == {
        f"queue_small_{number:02}": 3 for number in range(40)
    }


def test_rows_that_come_while_a_task_is_expanded_get_their_entries(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    add, late = EvaluationRepository.add_entries, [_rows(700, 800), _rows(800, 801)]

    def grown(*arguments: Any) -> int:
        if late:
            lab.database[f"dataset_{NAME}"].insert_many(late.pop())
        return add(*arguments)

    monkeypatch.setattr(EvaluationRepository, "add_entries", grown)
    lab.set_up(_rows(0, 700))
    assert _needs(lab), "rows came after the dataset was counted"
    lab.expand()
    assert [line for line, _ in _keys(lab)] == list(range(801))
    assert not _needs(lab)


def test_rows_that_come_behind_the_last_portion_get_their_entries(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    remember, late = EvaluationRepository.remember_expansion, [_rows(10, 12)]

    def grown(*arguments: Any) -> None:
        if late and "dataset_rows" in arguments[3]:
            lab.database[f"dataset_{NAME}"].insert_many(late.pop())
        remember(*arguments)

    monkeypatch.setattr(EvaluationRepository, "remember_expansion", grown)
    lab.set_up(_rows(0, 10))
    assert _needs(lab)
    assert lab.expand() == 2
    assert not _needs(lab)


def _named(lab: Lab) -> list[Any]:
    return [document["_id"] for document in to_expand(lab.tasks, lab.name, now())]


def _fault(lab: Lab, task_id: Any) -> Any:
    return (lab.tasks.expansion(lab.name, task_id) or {}).get("error")


@pytest.mark.parametrize(
    ("awkward", "told"),
    [
        ({"task_name": "a$b"}, "task_name: String should match"),
        ({"task_name": "a", "dataset_name": "x\x00"}, "dataset_name: String should match"),
        ({"task_name": "a", "models": []}, "models: List should have at least 1 item"),
        ({"task_name": ["a"]}, "task_name: Input should be a valid string"),
        ({}, "dataset_name: Field required"),
    ],
)
def test_an_awkward_document_stops_no_other_and_is_named(
    lab: Lab, awkward: dict[str, Any], told: str
) -> None:
    whole = {"dataset_name": "d", "prompt": "p", "models": ["m"], "metric": "accuracy"} if awkward else {}
    lab.database.tasks.insert_one({"_id": 0, **whole, **awkward})
    lab.set_up(_rows(0, 3))
    lab.database.ai_worker_expansions.delete_one({"_id": 1})
    assert _named(lab) == [1]
    assert told in _fault(lab, 0)
    lines = {line.task: line.state for line in task_lines(lab.tasks, lab.name, {})}
    assert told in lines[str(awkward.get("task_name", 0))] and len(lines) == 2
    assert _named(lab) == [1]


def test_a_store_that_refuses_one_collection_is_no_fault_of_the_others(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = EvaluationRepository.size

    def refused(repository: EvaluationRepository, database: str, collection: str) -> int:
        if "my-task" in collection:
            raise OperationFailure("near '-': syntax error")
        return size(repository, database, collection)

    monkeypatch.setattr(EvaluationRepository, "size", refused)
    lab.database.tasks.insert_one(
        {
            "_id": 0,
            "task_name": "my-task",
            "dataset_name": "my-task",
            "prompt": "p",
            "models": ["m"],
            "metric": "f1",
        }
    )
    lab.set_up(_rows(0, 3))
    lab.database[f"dataset_{NAME}"].insert_many(_rows(3, 4))
    assert _named(lab) == [1]
    assert "syntax error" in _fault(lab, 0)
    assert next(iter(task_lines(lab.tasks, lab.name, {}))).state == _fault(lab, 0)


def test_two_documents_of_one_name_are_named_and_neither_is_expanded(lab: Lab) -> None:
    lab.set_up(_rows(0, 3))
    twin = {**lab.document, "_id": 2, "prompt": "{question}?"}
    lab.database.tasks.insert_one(twin)
    assert _named(lab) == []
    assert (
        _fault(lab, 1)
        == _fault(lab, 2)
        == f"2 documents of tasks have the task_name {NAME!r}: give each a name of its own"
    )
    lab.database.tasks.update_one({"_id": 2}, {"$set": {"task_name": "other"}})
    assert _named(lab) == [1, 2]
    assert lab.expand() == 0 and _fault(lab, 1) is None and not _needs(lab)


def test_an_absent_or_empty_budget_is_none_and_never_zero(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budgets, "mongo", lambda: lab.client)
    budgets_of = {
        "absent": {},
        "null": {"budget": None},
        "empty": {"budget": ""},
        "zero": {"budget": 0},
        "some": {"budget": "1.5"},
    }
    lab.database.tasks.insert_many([{"task_name": name, **budget} for name, budget in budgets_of.items()])  # type: ignore[dict-item]
    assert budgets._read(lab.name) == {"zero": 0, "some": Decimal("1.5")}


def test_a_queue_that_the_store_refuses_stops_no_other(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    lab.set_up(_rows(0, 2))
    queues = EvaluationRepository.queues_of
    monkeypatch.setattr(
        EvaluationRepository, "queues_of", lambda of, database: ["queue_a$b", *queues(of, database)]
    )
    lanes = entry_source(lab.client, lab.tasks, judged=False).lanes()
    assert [lane.address for lane in lanes] == [(lab.name, f"queue_{NAME}")]
