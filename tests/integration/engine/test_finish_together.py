"""Statements that belong to a result are committed with it or not at all."""

from collections.abc import Iterator

import pytest

from ai_worker.engine.contract.row import Claim
from ai_worker.errors import NotStorable
from ai_worker.stores.mysql import Statement
from tests.integration.engine.sources import TableRig

HOUR = 3600.0


@pytest.fixture
def rig(mysql_database: dict[str, str]) -> Iterator[TableRig]:
    table = TableRig(mysql_database)
    table.pool.execute(
        "CREATE TABLE part (id_work BIGINT NOT NULL, text VARCHAR(20) NOT NULL, PRIMARY KEY (id_work, text))"
    )
    yield table
    table.pool.close()


def claimed(rig: TableRig, seconds: float = HOUR) -> Claim:
    rig.insert(1, 1)
    [row] = rig.source.reserve(rig.lane(1), 1, HOUR)
    claim = rig.source.claim(row.address, row.row_id, row.token, seconds)
    assert claim is not None
    return claim


def parts(claim: Claim, *texts: str) -> list[Statement]:
    return [("INSERT INTO part (id_work, text) VALUES (%s, %s)", (claim.row_id, text)) for text in texts]


def stored(rig: TableRig) -> list[str]:
    return [row["text"] for row in rig.pool.query("SELECT text FROM part ORDER BY text")]


def test_a_result_and_its_statements_are_written_together(rig: TableRig) -> None:
    claim = claimed(rig)
    assert rig.source.finish(claim, {"answer": "whole"}, parts(claim, "a", "b"))
    assert (rig.row(claim.row_id)["status"], rig.row(claim.row_id)["answer"]) == ("done", "whole")
    assert stored(rig) == ["a", "b"]


def test_a_row_that_was_taken_over_takes_no_statement(rig: TableRig) -> None:
    claim = claimed(rig, 0.0)
    rig.source.reserve(rig.lane(1), 1, HOUR)
    assert not rig.source.finish(claim, {"answer": "late"}, parts(claim, "a"))
    assert rig.row(claim.row_id)["answer"] is None
    assert stored(rig) == []


def test_a_statement_that_fails_leaves_nothing_of_the_result(rig: TableRig) -> None:
    claim = claimed(rig)
    with pytest.raises(NotStorable):
        rig.source.finish(claim, {"answer": "half"}, parts(claim, "a", "a"))
    assert (rig.row(claim.row_id)["status"], rig.row(claim.row_id)["answer"]) == ("processing", None)
    assert stored(rig) == []
