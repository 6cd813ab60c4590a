"""Outcomes that are written together do not harm each other."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from ai_worker.engine.contract.row import Claim
from ai_worker.errors import NotStorable
from tests.integration.engine.sources import TableRig

HOUR = 3600.0


@pytest.fixture
def rig(mysql_database: dict[str, str]) -> TableRig:
    return TableRig(mysql_database)


def test_one_that_the_database_refuses_takes_no_other_with_it(rig: TableRig) -> None:
    rig.insert(1, 40)
    claims = [
        rig.source.claim(row.address, row.row_id, row.token, HOUR)
        for row in rig.source.reserve(rig.lane(1), 40, HOUR)
    ]

    def finish(number_and_claim: tuple[int, Claim | None]) -> str:
        number, claim = number_and_claim
        assert claim is not None
        fields = {"answer": "fine"} if number % 4 else {"attempts": 10**9}
        try:
            return str(rig.source.finish(claim, fields))
        except NotStorable as fault:
            return type(fault).__name__

    with ThreadPoolExecutor(40) as threads:
        results = list(threads.map(finish, enumerate(claims)))
    assert results == ["NotStorable" if number % 4 == 0 else "True" for number in range(40)]
    assert (rig.count("done"), rig.count("processing")) == (30, 10)


def test_statements_beside_an_outcome_are_written_only_with_it(rig: TableRig) -> None:
    rig.pool.execute("CREATE TABLE beside (id_work BIGINT)")
    rig.insert(1, 2)
    rows = rig.source.reserve(rig.lane(1), 2, HOUR)
    claims = [rig.source.claim(row.address, row.row_id, row.token, HOUR) for row in rows]
    rig.set(rows[1].row_id, lease_token="0" * 32)
    for claim in claims:
        assert claim is not None
        rig.source.finish(claim, {"answer": "x"}, [("INSERT INTO beside VALUES (%s)", (claim.row_id,))])
    assert rig.pool.query("SELECT * FROM beside") == [{"id_work": rows[0].row_id}]
