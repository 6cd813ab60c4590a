from ai_worker.pipelines.worlds import dag
from ai_worker.pipelines.worlds.documents.stages import STAGES, current_stage, merged, stages_of
from ai_worker.pipelines.worlds.documents.status import counters_of, end_of

DONE, OPEN, WAITS, LOST = "completed", "in_progress", "pending", "failed"
BEGUN = {(dag.INIT, DONE): 1, (dag.DESCRIPTION, DONE): 1}


def test_the_stages_stand_in_the_order_of_their_readers() -> None:
    names = ("initializing", "world_description", "world_image", "characters", "posts", "finishing")
    assert names == STAGES


def test_a_world_that_begins() -> None:
    stages = stages_of({(dag.INIT, OPEN): 1})
    assert stages["initializing"] == OPEN
    assert {stages[name] for name in STAGES[1:]} == {WAITS}


def test_pictures_and_people_are_made_at_once() -> None:
    stages = stages_of({**BEGUN, (dag.WORLD_IMAGE, OPEN): 1, (dag.CHARACTER_BATCH, WAITS): 1})
    assert (stages["world_image"], stages["characters"], stages["posts"]) == (OPEN, OPEN, WAITS)
    assert current_stage(stages) == "characters"


def test_posts_are_not_done_while_a_character_may_bring_more() -> None:
    counts = {**BEGUN, (dag.CHARACTER_BATCH, DONE): 1, (dag.CHARACTER, OPEN): 1, (dag.CHARACTER, DONE): 1}
    stages = stages_of({**counts, (dag.POST_BATCH, DONE): 1, (dag.POST, DONE): 1, (dag.POST_IMAGE, DONE): 1})
    assert (stages["characters"], stages["posts"]) == (OPEN, OPEN)


def test_the_front_end_reloads_the_picture_in_the_stage_that_it_expects() -> None:
    people = {(dag.CHARACTER_BATCH, DONE): 1, (dag.CHARACTER, DONE): 1, (dag.AVATAR, DONE): 1}
    before = stages_of({**BEGUN, **people, (dag.WORLD_IMAGE, OPEN): 1, (dag.POST, OPEN): 1})
    assert current_stage(before) == "characters"
    after = stages_of({**BEGUN, **people, (dag.WORLD_IMAGE, DONE): 1, (dag.POST, OPEN): 1})
    assert current_stage(after) == "posts"


def test_a_stage_of_which_something_was_done_is_completed() -> None:
    people = {(dag.CHARACTER_BATCH, DONE): 1, (dag.CHARACTER, DONE): 1, (dag.CHARACTER, LOST): 2}
    assert stages_of({**BEGUN, **people}, ended=DONE)["characters"] == DONE
    assert stages_of({**BEGUN, (dag.WORLD_IMAGE, LOST): 1}, ended=DONE)["world_image"] == LOST


def test_no_stage_moves_back() -> None:
    later = merged([], stages_of({**BEGUN, (dag.WORLD_IMAGE, DONE): 1}))
    earlier = stages_of({(dag.INIT, OPEN): 1})
    assert merged(later, earlier) == later


def test_only_what_nothing_can_replace_fails_a_world() -> None:
    people = {(dag.CHARACTER_BATCH, DONE): 1}
    assert end_of({**BEGUN, **people, (dag.CHARACTER, LOST): 3, (dag.WORLD_IMAGE, LOST): 1}) == DONE
    assert end_of({**BEGUN, (dag.CHARACTER_BATCH, LOST): 1}) == LOST
    assert end_of({(dag.INIT, DONE): 1, (dag.DESCRIPTION, LOST): 1}) == LOST
    assert end_of({(dag.INIT, LOST): 1}) == LOST


def test_counters_are_a_recount() -> None:
    counts = {**BEGUN, (dag.CHARACTER, DONE): 2, (dag.CHARACTER, LOST): 1, (dag.POST, WAITS): 4}
    assert counters_of(counts, published=3) == {
        "tasks_total": 9,
        "tasks_completed": 4,
        "tasks_failed": 1,
        "users_created": 2,
        "posts_created": 3,
    }
