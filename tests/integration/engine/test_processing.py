"""Rows in owners' hands, as the stores say: a drain is over when there are none."""

from ai_worker.engine.contract.pipeline import Kind, Pipeline
from ai_worker.engine.contract.row import Claim
from ai_worker.engine.dispatch import drain
from tests.integration.engine.sources import Rig

HOUR = 3600.0


def claimed(rig: Rig, count: int, seconds: float) -> list[Claim]:
    rows = rig.source.reserve(rig.lane(1), count, HOUR)
    claims = [rig.source.claim(row.address, row.row_id, row.token, seconds) for row in rows]
    return [claim for claim in claims if claim is not None]


def test_leases_that_are_held_count_and_no_others(rig: Rig) -> None:
    rig.insert(1, 10)
    assert rig.source.processing() == 0
    held = claimed(rig, 3, HOUR)
    claimed(rig, 2, 0.0)
    rig.source.reserve(rig.lane(1), 2, HOUR)
    assert rig.source.processing() == 3, (
        "neither a lease that has ended nor a reservation is in anybody's hands"
    )
    rig.source.finish(held[0], {"answer": "x"})
    assert rig.source.processing() == 2


def test_two_kinds_of_one_source_count_its_rows_once(rig: Rig) -> None:
    rig.insert(1, 2)
    claimed(rig, 2, HOUR)
    kinds = [Kind(name, lambda: rig.source, lambda _: {}) for name in ("ask", "judge")]
    assert drain.under_way([Pipeline("things", kinds, stores=[])]) == 2
