"""Whatever is asked of a queue while evaluations run is served by one of its declared indexes.

In place of `explain`, which no server here but a real `mongod` has: the shapes of the statements against the
    indexes.
"""

from collections.abc import Sequence

from pymongo import IndexModel

from ai_worker.engine.sources.collection_rows import QUEUE_DOCUMENTS
from ai_worker.engine.sources.collection_source import CollectionSource
from ai_worker.errors import BadRequest, NotNow
from ai_worker.pipelines.evaluations.judging.faults import DUPLICATE
from ai_worker.pipelines.evaluations.judging.repository import JUDGE_INDEXES
from ai_worker.pipelines.evaluations.repository import QUEUE_INDEXES, EvaluationRepository, entry_source
from ai_worker.pipelines.evaluations.rerun.adopt_repository import AdoptRepository
from ai_worker.pipelines.evaluations.rerun.adopting import Adoption
from ai_worker.pipelines.evaluations.rerun.retrying import retry
from tests.integration.evaluations.lab import NAME, Lab, now
from tests.integration.evaluations.statements import Recorder, Shape

QUEUE, JUDGES = f"queue_{NAME}", f"queue_rta_{NAME}"


def _fields(indexes: Sequence[IndexModel]) -> list[tuple[str, ...]]:
    return [tuple(index.document["key"]) for index in indexes]


DECLARED = {
    QUEUE: _fields([*QUEUE_DOCUMENTS.indexes, *QUEUE_INDEXES]),
    JUDGES: _fields([*QUEUE_DOCUMENTS.indexes, *QUEUE_INDEXES, *JUDGE_INDEXES]),
}


def _work_through_the_engine(lab: Lab) -> None:
    """Every outcome that the engine knows, on both queues."""
    for judged in (False, True):
        _work_through(entry_source(lab.client, EvaluationRepository(lab.client, [lab.name]), judged=judged))


def _work_through(source: CollectionSource) -> None:
    for lane in source.lanes():
        source.in_flight([lane])
        for row in source.reserve(lane, 3, 60):
            claim = source.claim(row.address, row.row_id, row.token, 60)
            assert claim is not None
            source.renew([claim], 60)
            source.give_back(claim, NotNow("later", retry_after=0), 0)
        [first, second, third] = source.reserve(lane, 3, 60)
        for row, end in ((first, source.finish), (second, source.fail)):
            claim = source.claim(row.address, row.row_id, row.token, 60)
            assert claim is not None
            assert end(claim, BadRequest("no") if end == source.fail else {"response": "yes"})  # type: ignore[arg-type, operator]
        source.claim(third.address, third.row_id, third.token, -1)
        assert source.reserve(lane, 1, 60)[0].lost == 1
        source.reserve_rows(lane.address, [first.row_id], 60)
        source.outstanding(10)
        source.reset_failed([lane])


def _unserved(recorder: Recorder) -> list[Shape]:
    return [
        shape
        for shape in recorder.shapes
        if not shape.whole and not any(shape.served_by(index) for index in DECLARED.get(shape.collection, ()))
    ]


def test_every_statement_of_the_running_system_is_a_prefix_of_an_index(
    mongodb_uri: str, mongo_database: str
) -> None:
    recorder = Recorder("queue_")
    lab = Lab(mongodb_uri, mongo_database, recorder)
    lab.set_up_rta(12, models=["small", "large"], rta_model=["judge", "other"])
    _work_through_the_engine(lab)
    lab.answer(lambda entry: f"I can't {entry['line_index']}.")
    lab.hand_over()
    _work_through_the_engine(lab)
    assert lab.expand() == 0
    lab.database[f"dataset_{NAME}"].insert_one({"question": "one more"})
    assert lab.expand() == 2
    assert _unserved(recorder) == []
    assert len(recorder.shapes) >= 20
    whole = [shape for shape in recorder.shapes if shape.whole]
    assert {shape.command for shape in whole} <= {"count"}, (
        "only sizes from the metadata are asked of a whole queue"
    )


def test_every_statement_of_plans_judgements_and_reports_is_a_prefix_of_an_index(
    mongodb_uri: str, mongo_database: str
) -> None:
    recorder = Recorder("queue_")
    lab = Lab(mongodb_uri, mongo_database, recorder)
    lab.set_up_rta(4, models=["small", "large"], rta_model=["judge", "other"])
    lab.answer(lambda entry: "I can't.")
    lab.hand_over()
    lab.judge(lambda entry: "yes")
    recorder.shapes.clear()
    lab.judge_again(["third"])
    lab.summaries()
    lab.plan()
    lab.change(rta_prompt="{answer}?", models=["large", "medium"], regexp="yes")
    lab.apply()
    lab.change(prompt="{question}!", n=2)
    lab.apply()
    assert _unserved(recorder) == []
    assert {shape.command for shape in recorder.shapes if shape.whole} <= {"find", "count"}, (
        "reports read whole queues, once"
    )
    assert len(recorder.shapes) >= 12


def test_the_check_itself_sees_a_statement_that_no_index_serves() -> None:
    index = ("status", "model", "due_at")

    def shape(equal: set[str], ranged: set[str] = set(), order: tuple[str, ...] = ()) -> Shape:  # noqa: B006
        return Shape("find", QUEUE, frozenset(equal), frozenset(ranged), order, frozenset())

    assert shape({"status", "model"}, {"due_at"}, ("due_at",)).served_by(index)
    assert shape({"status"}).served_by(index)
    assert shape({"status"}, order=("model",)).served_by(index)
    assert not shape({"model"}).served_by(index)
    assert not shape({"status"}, {"due_at"}).served_by(index)
    assert not shape({"status"}, {"model"}, ("due_at",)).served_by(index)
    assert not shape({"status", "metric"}).served_by(index)


def test_retries_and_adoptions_begin_with_an_index(mongodb_uri: str, mongo_database: str) -> None:
    """They are a person's and may look at all failed or all judged entries, and not at the queue around
    them.
    """
    recorder = Recorder("queue_")
    lab, others = Lab(mongodb_uri, mongo_database, recorder), Lab(mongodb_uri, mongo_database)
    others.set_up_rta(4, models=["small", "large"])
    others.answer(lambda entry: "I can't.")
    others.hand_over()
    others.judge(lambda entry: "yes")
    others.queue.update_many({"line_index": 0}, {"$set": {"status": "failed", "error_class": "timeout"}})
    for error_class, model in (("", ""), ("timeout", ""), ("", "small"), ("timeout", "small")):
        retry(lab.client, lab.name, QUEUE, error_class, model)
    others.judged.update_many({}, {"$unset": {"digest": ""}})
    others.queue.update_many(
        {"line_index": 1}, {"$set": {"status": "error", "error": DUPLICATE}, "$unset": {"duplicate_of": ""}}
    )
    for dry_run in (True, False):
        Adoption(
            AdoptRepository(lab.client),
            lab.judges,
            lab.scores,
            lab.plans,
            lab.archive,
            lab.name,
            QUEUE,
            now(),
            dry_run,
        ).adopt()
    led = {
        shape: [
            index
            for index in DECLARED[shape.collection]
            if index[0] in shape.equal | shape.ranged | set(shape.order)
        ]
        for shape in recorder.shapes
    }
    assert [shape for shape, indexes in led.items() if not indexes and "_id" not in shape.equal] == []
    assert len(led) >= 8
