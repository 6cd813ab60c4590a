"""Guarantee 1: nothing lost, nothing doubled, under a seeded schedule of kills, flushes, restarts and a model
that fails for a fifth.

1,000 rows here; 10,000 and more, for as long as one likes: `dev.py chaos`.
"""

from tests.acceptance.chaos.load import Load
from tests.acceptance.chaos.play import short, stage
from tests.acceptance.chaos.stand import Stand

SEED = 7


def test_every_row_has_one_answer_after_every_fault(stand: Stand) -> None:
    load = Load(stand.cluster)
    load.add(items=800, entries=200)
    faults = stage(stand, SEED, slots=20)
    verdict = short(faults, load, [*faults.all(), "worker killed", "worker killed"])
    print(verdict)
    assert not verdict.wrong
    assert verdict.done + verdict.given_up + verdict.silent == verdict.rows == 1000
    assert verdict.given_up <= 2, "of six attempts, each of which fails with a chance of a fifth"
    assert verdict.silent < 20, "of 200 entries, by one of seven faults that a fifth of the calls meets"
    assert verdict.failed > 100, "the model was to fail for a fifth"
    assert faults.done.total() == 8
