from ai_worker.pipelines.worlds import dag
from ai_worker.pipelines.worlds.jobs import WORK


def test_the_nine_kinds_and_their_attempts() -> None:
    four = {dag.INIT, dag.DESCRIPTION, dag.WORLD_IMAGE, dag.CHARACTER_BATCH}
    assert len(dag.KINDS) == len(WORK) == 9
    assert {kind.name: kind.attempts for kind in dag.KINDS} == {
        name: 4 if name in four else 2 for name in dag.BY_NAME
    }
    assert set(WORK) == set(dag.BY_NAME)


def test_every_kind_but_the_first_has_a_parent_that_exists() -> None:
    reached = {dag.INIT}
    for kind in dag.KINDS[1:]:
        assert set(kind.parents) <= set(dag.BY_NAME)
        assert reached & set(kind.parents), f"{kind.name} stands before its parents"
        reached.add(kind.name)
