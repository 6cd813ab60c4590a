"""One odd collection or document is left out, logged once and shown; the others are worked."""

from collections.abc import Iterator

import pytest
from pymongo.errors import OperationFailure

from ai_worker.engine.contract.row import Lane
from ai_worker.engine.sources.collection_source import CollectionSource
from ai_worker.stores.mongo import MongoRefused
from tests.integration.engine.sources import CollectionRig

HOUR = 3600.0


@pytest.fixture
def rig(mongodb_uri: str, mongo_database: str) -> Iterator[CollectionRig]:
    rig = CollectionRig(mongodb_uri, mongo_database)
    yield rig
    rig.client.close()


def source_of(rig: CollectionRig, *odd: str) -> CollectionSource:
    database = rig.address[0]
    return CollectionSource(rig.client, lambda: [*((database, name) for name in odd), rig.address])


@pytest.mark.parametrize(
    ("code", "why"), [(166, "a view"), (85, "an index conflict"), (13, "missing rights")]
)
def test_a_collection_that_the_server_refuses_stops_no_other(
    rig: CollectionRig,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    code: int,
    why: str,
) -> None:
    source = source_of(rig, "queue_odd")
    real = source._ensure_indexes

    def refusing(address: tuple[str, ...], collection: object) -> None:
        if address[1] == "queue_odd":
            raise OperationFailure(f"refused: {why}", code)
        real(address, collection)  # type: ignore[arg-type]

    monkeypatch.setattr(source, "_ensure_indexes", refusing)
    rig.insert(1, 3)
    for _ in range(3):
        assert source.lanes() == [rig.lane(1)]
    assert len(source.reserve(rig.lane(1), 3, HOUR)) == 3
    [(name, reason)] = source.left_out.items()
    assert name.endswith(".queue_odd")
    assert reason
    assert len([record for record in caplog.records if "queue_odd" in record.getMessage()]) == 1


def test_a_refused_password_is_no_odd_collection(rig: CollectionRig, monkeypatch: pytest.MonkeyPatch) -> None:
    source = source_of(rig)

    def refusing(*_: object) -> None:
        raise OperationFailure("Authentication failed", 18)

    monkeypatch.setattr(source, "_ensure_indexes", refusing)
    with pytest.raises(MongoRefused):
        source.lanes()


def test_a_name_that_no_collection_can_have_is_left_out(rig: CollectionRig) -> None:
    source = source_of(rig, "queue_$odd")
    rig.insert(1, 1)
    assert source.lanes() == [rig.lane(1)]
    assert source.outstanding(10) == []
    assert source.processing() == 0
    assert len(source.left_out) == 1


def test_a_document_with_texts_for_numbers_keeps_none_of_the_others_back(rig: CollectionRig) -> None:
    odd, *others = rig.insert(1, 4)
    rows = rig.source.reserve(rig.lane(1), 4, HOUR)
    for row in rows:
        assert rig.source.claim(row.address, row.row_id, row.token, 0.0) is not None
    rig.set(odd, lost="twice", attempts="many", first_attempt_at="yesterday")
    again = rig.source.reserve(Lane(rig.address, "model-1"), 4, HOUR)
    worked = {str(row.row_id) for row in again}
    assert {str(row_id) for row_id in others} <= worked
    for row in again:
        claim = rig.source.claim(row.address, row.row_id, row.token, HOUR)
        assert claim is not None
        assert rig.source.finish(claim, {"answer": "x"})
    assert rig.count("done") >= 3


def test_documents_that_no_lane_takes_are_left_out_once_and_shown(
    rig: CollectionRig, caplog: pytest.LogCaptureFixture
) -> None:
    odd = rig.insert(1, 5)
    for row_id, model in zip(odd, ([], {"name": "gpt"}, "m" * 4000, 2.5, None), strict=True):
        rig.set(row_id, model=model)
    rig.insert(1, 2)
    for _ in range(3):
        # A server of MongoDB's protocol may name an object as a text: a lane without rows.
        assert rig.lane(1) in rig.source.lanes()
        assert not set(rig.source.lanes()) & {Lane(rig.address, value) for value in (None, 2.5, "m" * 4000)}
    [(what, reason)] = rig.source.left_out.items()
    assert "documents by their model" in what
    for kind in ("a list", "an object", "a long text", "a fraction", "missing"):
        assert f"{kind} in " in reason
    assert len([record for record in caplog.records if "documents by their model" in record.message]) == 1


def test_documents_that_were_corrected_are_worked(
    rig: CollectionRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ai_worker.engine.sources.odd_documents.EVERY_SECONDS", 0.0)
    [odd] = rig.insert(1, 1)
    rig.set(odd, model=[])
    assert rig.source.lanes() == []
    assert len(rig.source.left_out) == 1
    rig.set(odd, model="model-1")
    assert rig.source.lanes() == [rig.lane(1)]
    assert rig.source.left_out == {}
