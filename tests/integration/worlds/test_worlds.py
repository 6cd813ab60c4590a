"""Whole worlds, worked by a small stand-in of the engine over MongoDB and the platform's double."""

from collections.abc import Sequence
from typing import Any

import pytest

from ai_worker.errors import Conflict, NotFound
from ai_worker.llm.errors import Refused
from ai_worker.outbound.errors import BadAnswer
from ai_worker.pipelines.worlds import dag
from ai_worker.pipelines.worlds.control import WorldControl
from ai_worker.pipelines.worlds.documents.job import Job
from ai_worker.pipelines.worlds.documents.status import counters_of
from ai_worker.pipelines.worlds.events.announcing import Announcer
from ai_worker.pipelines.worlds.jobs.post import DELETED
from ai_worker.pipelines.worlds.platform.port import Platform
from ai_worker.pipelines.worlds.repository.indexes import REQUESTS
from ai_worker.pipelines.worlds.starting import Starter
from ai_worker.pipelines.worlds.view import view_of
from tests.integration.worlds.harness import Bench
from tests.worlds import answers
from tests.worlds.double import Double


def recount(bench: Bench, world: str) -> dict[str, int]:
    return counters_of(bench.repository.jobs.counts(world), bench.repository.jobs.published(world))


def counted(status: dict[str, Any]) -> dict[str, int]:
    names = ("tasks_total", "tasks_completed", "tasks_failed", "users_created", "posts_created")
    return {name: status[name] for name in names}


def test_a_world_is_filled(make_bench: Any, bound: Platform, double: Double) -> None:
    bench = make_bench(bound)
    world = bench.order(3, 6)
    bench.run()
    status = bench.status(world)
    assert status["status"] == "completed"
    assert [stage["status"] for stage in status["stages"]] == ["completed"] * 6
    assert (status["users_created"], status["posts_created"]) == (3, 6)
    assert (len(double.memory.characters), len(double.memory.posts)) == (3, 6)
    assert double.memory.worlds[world]["header"] and double.memory.worlds[world]["icon"]
    assert all(character.avatar for character in double.memory.characters.values())
    assert counted(status) == recount(bench, world)
    assert status["tasks_total"] == status["task_predicted"] == 3 + 1 + 6 + 3 + 12
    assert (status["api_calls_made_LLM"], status["api_calls_made_images"]) == (3 + 3 * 3 + 2 * 6, 2 + 3 + 6)


def test_counters_never_run_backwards_and_the_end_is_written_once(bench: Bench) -> None:
    world = bench.order(3, 6)
    bench.faults = {"model": 0.2, "images": 0.2}
    bench.run()
    for before, after in zip(bench.seen, bench.seen[1:], strict=False):
        for name in (*counted(before), "task_predicted"):
            assert before[name] <= after[name]
        assert (
            after["tasks_completed"] + after["tasks_failed"]
            <= after["tasks_total"]
            <= after["task_predicted"]
        )
    ends = [status["status"] for status in bench.seen if status["status"] in ("completed", "failed")]
    assert len(ends) == 1
    assert counted(bench.status(world)) == recount(bench, world)


@pytest.mark.parametrize("seed", [1, 4])
def test_crashes_and_faults_everywhere_make_nothing_twice(bench: Bench, double: Double, seed: int) -> None:
    """Defects 5, 6, 10: crashes between any two writes, other answers at the second try, faults outside."""
    bench.dice.seed(seed)
    bench.crashes = 0.08
    bench.faults = {"model": 0.1, "images": 0.1}
    double.tell(rate=0.2, seed=seed, faults=["500_before", "503_before", "drop_after", "500_after", "409"])
    worlds = [bench.order(4, 12), bench.order(12, 12)]
    bench.run()
    for world in worlds:
        status = bench.status(world)
        assert status["status"] == "completed"
        assert counted(status) == recount(bench, world)
        posts = [post for post in double.memory.posts.values() if post.world_id == world]
        assert len({post.media_id for post in posts}) == len(posts)
        assert status["posts_created"] <= len(posts) <= status["posts_predicted"]
        people = [one for one in double.memory.characters.values() if one.world_id == world]
        assert len({one.username for one in people}) == len(people)
        assert status["users_created"] <= len(people) <= status["users_predicted"]
        batches = bench.jobs(world, dag.CHARACTER_BATCH)
        assert len(bench.jobs(world, dag.CHARACTER)) == sum(job["result"]["characters"] for job in batches)
    assert max(bench.painted.values()) <= 4, "a picture that was paid for is kept until it is uploaded"


def test_services_that_honour_no_key_create_no_second_post(
    make_bench: Any, services: Platform, double: Double
) -> None:
    """Row 7: the post is created, then the connection drops; the look-up finds it by its medium."""
    bench = make_bench(services)
    double.tell({"call": "create_post", "times": 3, "fault": "drop_after"})
    world = bench.order(2, 3)
    bench.run()
    assert len(double.memory.posts) == 3
    assert bench.status(world)["posts_created"] == 3


def test_a_character_that_may_exist_is_left_as_unknown_outcome(
    make_bench: Any, services: Platform, double: Double
) -> None:
    bench = make_bench(services)
    double.tell({"call": "create_character", "times": 1, "fault": "drop_after"})
    world = bench.order(2, 2)
    bench.run()
    failures = bench.repository.jobs.failures(world)
    assert [job["error_class"] for job in failures] == ["unknown_outcome"]
    assert len(double.memory.characters) == 2
    assert bench.status(world)["status"] == "completed"
    assert bench.status(world)["users_created"] == 1


def test_a_refused_call_is_no_unknown_outcome(make_bench: Any, services: Platform, double: Double) -> None:
    bench = make_bench(services)
    double.tell({"call": "create_character", "times": 1, "fault": "503_before"})
    world = bench.order(2, 2)
    bench.run()
    assert bench.status(world)["users_created"] == len(double.memory.characters) == 2


def test_409_with_our_record_is_a_success(bench: Bench, double: Double) -> None:
    double.tell(
        {"call": "create_post", "times": 2, "fault": "409"}, {"call": "create_character", "fault": "409"}
    )
    world = bench.order(2, 3)
    bench.run()
    assert bench.status(world)["posts_created"] == len(double.memory.posts) == 3
    assert bench.status(world)["tasks_failed"] == 0


def test_every_try_of_a_record_carries_one_key(bench: Bench, double: Double) -> None:
    double.tell({"call": "create_post", "times": 1, "fault": "500_before"})
    world = bench.order(1, 1)
    bench.run()
    keys = [call["key"] for call in double.calls("create_post")]
    assert len(keys) >= 2
    assert set(keys) == {bench.jobs(world, dag.POST_IMAGE)[0]["_id"]}


def test_a_failed_character_leaves_the_rest(bench: Bench) -> None:
    """Defects 7, 8 and row 1: partial failure is counted, and the world ends."""

    def refused(job: Job, variables: Any) -> Any:
        if job.number("character_index") == 1:
            raise Refused("refused for good")
        return answers.character(job.number("character_index"))

    bench.answers["character"] = refused
    world = bench.order(3, 6)
    bench.run()
    status = bench.status(world)
    assert (status["status"], status["tasks_failed"]) == ("completed", 1)
    assert (status["users_created"], status["posts_created"]) == (2, 4)
    assert counted(status) == recount(bench, world)


def test_a_failed_attempt_shows_in_no_stage(bench: Bench) -> None:
    """Defect 9: the platform's stream closes at `failed`; an attempt that fails is not the end."""
    tried = iter([True, True])

    def first_fails(job: Job, variables: Any) -> Any:
        if next(tried, False):
            raise BadAnswer("half an answer")
        return answers.world()

    bench.answers["world_description"] = first_fails
    world = bench.order(1, 1)
    bench.run()
    assert bench.status(world)["status"] == "completed"
    assert all(stage["status"] != "failed" for status in bench.seen for stage in status["stages"])


def test_a_world_without_description_fails_with_its_reason(bench: Bench) -> None:
    def refused(job: Job, variables: Any) -> Any:
        raise Refused("refused for good")

    bench.answers["world_description"] = refused
    world = bench.order(1, 1)
    bench.run()
    status = bench.status(world)
    assert (status["status"], status["tasks_failed"]) == ("failed", 1)
    assert {stage["name"]: stage["status"] for stage in status["stages"]}["world_description"] == "failed"


def test_a_first_job_without_prompt_ends_its_world(bench: Bench) -> None:
    bench.repository.jobs.insert(
        [{"_id": "j", "type": dag.INIT, "world_id": "w", "parameters": {"user_prompt": " "}}]
    )
    bench.run()
    assert bench.status("w")["status"] == "failed"
    assert "user_prompt" in bench.jobs("w")[0]["error"]
    assert list(bench.groups.unfinished()) == []


def test_two_first_jobs_make_one_world(bench: Bench) -> None:
    """Defect 10 and row 8."""
    parameters = {"user_prompt": "islands", "users_count": 2, "posts_count": 2}
    rows = [{"_id": f"j{n}", "type": dag.INIT, "world_id": "w", "parameters": parameters} for n in range(3)]
    bench.repository.jobs.insert(rows)
    bench.run()
    assert len(bench.jobs("w", dag.DESCRIPTION)) == 1
    assert bench.status("w")["users_created"] == 2
    assert {job["status"] for job in bench.jobs("w", dag.INIT)} == {"completed"}


@pytest.mark.parametrize(("counts", "made"), [([2, 1], 3), ([5], 3), ([1, 1, 1], 3), ([0, 3], 3)])
def test_the_wrong_number_of_characters(bench: Bench, counts: list[int], made: int) -> None:
    """Row 15: none is asked for again, fewer are completed, more are cut; the posts' sum is right."""
    given = iter(counts)
    bench.answers["character_batch"] = lambda job, variables: answers.concepts(next(given), posts=-3)
    world = bench.order(3, 7)
    bench.run()
    status = bench.status(world)
    assert (status["users_created"], status["posts_created"]) == (made, 7)
    indexes = sorted(job["parameters"]["character_index"] for job in bench.jobs(world, dag.CHARACTER))
    assert indexes == [0, 1, 2]


def test_a_model_that_names_one_at_a_time_comes_to_an_end(bench: Bench) -> None:
    bench.answers["character_batch"] = lambda job, variables: answers.concepts(1)
    world = bench.order(30, 6)
    bench.run()
    status = bench.status(world)
    assert (status["status"], status["users_created"], status["posts_created"]) == ("completed", 6, 6)
    assert sum(job["result"]["users_missing"] for job in bench.jobs(world, dag.CHARACTER_BATCH)) == 24


def test_user_names_are_unique_in_their_world(bench: Bench, double: Double) -> None:
    bench.answers["character"] = lambda job, variables: answers.character(0, username="Ария  " + "x" * 60)
    world = bench.order(3, 3)
    bench.run()
    names = {one.username for one in double.memory.characters.values()}
    assert len(names) == 3
    assert all(len(name) <= 30 for name in names)
    assert bench.status(world)["users_created"] == 3


def test_a_limit_that_is_used_up_ends_the_rest_with_its_reason(bench: Bench) -> None:
    """Defect 12 and row 11: counted before each call, never beyond the limit."""
    world = bench.order(3, 6, api_call_limits_images=4)
    bench.run()
    status = bench.status(world)
    assert status["api_calls_made_images"] == status["api_call_limits_images"] == 4
    assert {job["error_class"] for job in bench.repository.jobs.failures(world)} == {"budget"}
    assert status["status"] == "completed"
    assert status["tasks_failed"] == 2 + 3 + 6 - 4 - (0 if _pictured(bench, world) else 1)


def _pictured(bench: Bench, world: str) -> bool:
    return bench.jobs(world, dag.WORLD_IMAGE)[0]["status"] == "completed"


def test_a_post_without_picture_is_published(bench: Bench, double: Double) -> None:
    """Defect 7."""
    bench.answers["post"] = lambda job, variables: answers.post(job.number("post_index"), image_prompt=None)
    world = bench.order(2, 4)
    bench.run()
    assert bench.status(world)["posts_created"] == len(double.memory.posts) == 4
    assert bench.jobs(world, dag.POST_IMAGE) == []


def test_a_post_without_picture_gets_a_drawn_one_where_the_platform_wants_one(
    make_bench: Any, services: Platform, double: Double
) -> None:
    bench = make_bench(services)
    bench.answers["post"] = lambda job, variables: answers.post(job.number("post_index"), image_prompt=None)
    world = bench.order(1, 2)
    bench.run()
    assert bench.status(world)["posts_created"] == 2
    assert all(post.media_id for post in double.memory.posts.values())
    assert bench.asked["post_image"] == 0


def test_a_post_that_is_refused_is_published_as_deleted(bench: Bench, double: Double) -> None:
    def refused(job: Job, variables: Any) -> Any:
        raise Refused("refused in softer words, too")

    bench.answers["post"] = refused
    world = bench.order(1, 1)
    bench.run()
    assert [post.caption for post in double.memory.posts.values()] == [DELETED]
    assert bench.status(world)["posts_created"] == 1


def test_an_upload_that_fails_paints_no_second_picture(bench: Bench, double: Double) -> None:
    double.tell({"call": "upload", "times": 1, "fault": "500_before"})
    world = bench.order(1, 1)
    bench.run()
    assert set(bench.painted.values()) == {1}
    assert bench.status(world)["tasks_failed"] == 0


def test_more_posts_than_one_batch(bench: Bench) -> None:
    world = bench.order(1, 12)
    bench.run()
    assert bench.status(world)["posts_created"] == 12
    assert len(bench.jobs(world, dag.POST_BATCH)) == 2
    indexes = sorted(job["parameters"]["post_index"] for job in bench.jobs(world, dag.POST))
    assert indexes == list(range(12))


def test_failed_jobs_tried_again_complete_the_world(bench: Bench, double: Double) -> None:
    double.tell({"call": "create_post", "times": 4, "fault": "500_before"})
    world = bench.order(1, 2)
    bench.run()
    assert bench.status(world)["posts_created"] < 2
    assert bench.repository.retry(world, None) > 0
    assert bench.status(world)["status"] == "in_progress"
    bench.run()
    status = bench.status(world)
    assert (status["status"], status["posts_created"], status["tasks_failed"]) == ("completed", 2, 0)
    assert counted(status) == recount(bench, world)


def test_a_cancelled_world_ends(bench: Bench) -> None:
    world = bench.order(2, 2)
    assert bench.repository.jobs.cancel(world, working=True) == 1
    bench.run()
    assert bench.status(world)["status"] == "failed"
    assert bench.repository.jobs.failures(world)[0]["error_class"] == "cancelled"


def test_an_unknown_kind_of_job_ends_with_the_words_that_readers_know(bench: Bench) -> None:
    bench.repository.jobs.insert([{"_id": "x", "type": "bake_bread", "world_id": "w", "parameters": {}}])
    assert bench.starter.start(["x"]) == 0
    job = bench.repository.jobs.get("x")
    assert job is not None
    assert (job["status"], job["error"]) == ("failed", "Unknown task type: bake_bread")


def test_a_world_is_shown_with_its_tree_people_and_posts(bench: Bench) -> None:
    def one_refused(job: Job, variables: Any) -> Any:
        if job.number("character_index") == 1:
            raise Refused("refused for good")
        return answers.character(job.number("character_index"))

    bench.answers["character"] = one_refused
    world = bench.order(2, 4)
    bench.run()
    shown = view_of(bench.repository, world)
    assert shown.name == "the name"
    assert [person["username"] for person in shown.people] == ["aria_0"]
    assert len(shown.posts) == 2 and all(post["image_url"] and post["content"] for post in shown.posts)
    assert shown.failures == {"refused": 1}
    (root,) = shown.roots
    (description,) = root.children
    by_type = {child.type: child for child in description.children}
    assert set(by_type) == {dag.CHARACTER_BATCH, dag.WORLD_IMAGE}
    batch = by_type[dag.CHARACTER_BATCH]
    assert sorted(child.status for child in batch.children) == ["completed", "failed"]
    assert {child.error for child in batch.children} == {"", "refused: refused for good"}
    with pytest.raises(NotFound):
        view_of(bench.repository, "unknown")


def test_control_of_a_world(bench: Bench) -> None:
    control = WorldControl(bench.repository, bench.groups)
    world = bench.order(1, 1)
    assert control.knows(world) and not control.knows("unknown")
    bench.step()
    control.pause(world, "a look first")
    assert bench.repository.statuses.paused() == {world}
    control.resume(world)
    with pytest.raises(Conflict, match="not paused"):
        control.resume(world)
    with pytest.raises(NotFound):
        control.cancel("unknown")
    assert control.cancel(world) == 1
    with pytest.raises(Conflict, match="has ended"):
        control.cancel(world)
    assert bench.status(world)["status"] == "failed"
    assert control.retry(world, "refused") == 0
    assert control.retry(world, "cancelled") == 1
    bench.run()
    assert bench.status(world)["status"] == "completed"


def test_a_world_that_was_stopped_takes_no_more_jobs(bench: Bench) -> None:
    world = bench.order(2, 2)
    bench.step(3)
    WorldControl(bench.repository, bench.groups).stop(world)
    jobs = len(bench.jobs(world))
    rows = [{"_id": "late", "type": dag.POST, "world_id": world, "parameters": {}}]
    bench.starter.insert_jobs({"jobs": rows})
    bench.run()
    assert len(bench.jobs(world)) == jobs
    assert bench.status(world)["status"] == "completed", "its description and its first people were made"


def test_worlds_at_once(bench: Bench, double: Double) -> None:
    worlds = [bench.order(1, 1) for _ in range(4)]
    bench.run()
    assert {bench.status(world)["status"] for world in worlds} == {"completed"}
    assert len(double.memory.posts) == len(double.memory.characters) == 4


def test_a_batch_that_is_tried_again_keeps_its_first_answer(bench: Bench) -> None:
    """Row 3: killed after some children were inserted; the model would answer something else."""
    given = iter([4, 7, 9])
    bench.answers["character_batch"] = lambda job, variables: answers.concepts(next(given))
    world = bench.order(4, 4)
    bench.step(3)
    batch = bench.jobs(world, dag.CHARACTER_BATCH)[0]
    children = bench.repository.jobs.of_world(world)
    assert len([job for job in children if job["type"] == dag.CHARACTER]) == 4
    bench.tasks.update_one({"_id": batch["_id"]}, {"$set": {"status": "pending"}})
    bench.tasks.delete_one({"_id": next(job["_id"] for job in children if job["type"] == dag.CHARACTER)})
    bench.run()
    assert len(bench.jobs(world, dag.CHARACTER)) == 4
    assert bench.status(world)["users_created"] == 4
    assert next(given) == 7, "the model was not asked again"


@pytest.mark.parametrize("look_up", ["503_before", "500_before", "drop_before", "401"])
def test_a_look_up_that_fails_leaves_the_outcome_unknown(bench: Bench, double: Double, look_up: str) -> None:
    double.tell(
        {"call": "create_post", "times": 1, "fault": "drop_after"},
        {"call": "find_post", "times": 1, "fault": look_up},
    )
    world = bench.order(1, 1)
    bench.run()
    assert len(double.memory.posts) == bench.status(world)["posts_created"] == 1


def test_every_call_to_the_platform_is_in_the_history(bench: Bench, double: Double) -> None:
    double.tell({"call": "create_post", "times": 1, "fault": "503_before"})
    world = bench.order(1, 1)
    bench.run()
    bench.repository.flush()
    noted = list(bench.database[REQUESTS].find({"world_id": world}))
    assert {entry["api_type"] for entry in noted} == {"service"}
    posts = [entry for entry in noted if entry["request_type"] == "post-service_CreateAIPost"]
    assert [("error" in entry, entry["response_data"] is None) for entry in posts] == [
        (True, True),
        (False, False),
    ]
    assert {entry["task_id"] for entry in posts} == {bench.jobs(world, dag.POST_IMAGE)[0]["_id"]}
    assert "signature" not in str(noted)


def test_children_of_a_paused_world_wait(bench: Bench) -> None:
    nudged: list[str] = []

    def nudge(kind: str, ids: Sequence[str]) -> int:
        nudged.append(kind)
        return len(ids)

    bench.starter = Starter(bench.repository, Announcer(None, "t", "p"), nudge)
    world = bench.order(1, 1)
    bench.step()
    assert nudged == [dag.DESCRIPTION]
    bench.repository.statuses.pause(world, "a look first")
    assert bench.starter.start([bench.jobs(world, dag.DESCRIPTION)[0]["_id"]]) == 0
    bench.step()
    assert nudged == [dag.DESCRIPTION], "the children are there, and none was started"
    assert len(bench.jobs(world, dag.CHARACTER_BATCH)) == 1
