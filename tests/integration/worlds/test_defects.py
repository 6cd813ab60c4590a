"""Defects of the system that this one replaces, and troubles of others, that no other test names."""

from typing import Any

import pytest

from ai_worker.outbound.errors import BadAnswer
from ai_worker.pipelines.worlds import dag
from ai_worker.pipelines.worlds.documents.job import Job
from ai_worker.pipelines.worlds.platform.port import Platform
from tests.integration.worlds.harness import Bench
from tests.worlds import answers
from tests.worlds.double import Double


def completed(bench: Bench, world: str, kind: str) -> list[dict[str, Any]]:
    return [job for job in bench.jobs(world, kind) if job["status"] == "completed"]


@pytest.mark.parametrize(
    ("kind", "attempts"), [(dag.DESCRIPTION, 4), (dag.CHARACTER_BATCH, 4), (dag.CHARACTER, 2), (dag.POST, 2)]
)
def test_a_job_has_the_attempts_of_its_kind(bench: Bench, kind: str, attempts: int) -> None:
    """Defect 2: the attempts existed on paper only; a failed one was never followed by another."""
    prompt = kind.removeprefix("generate_")
    tried: list[int] = []

    def bad(job: Job, variables: Any) -> Any:
        tried.append(1)
        raise BadAnswer("half an answer")

    bench.answers[prompt] = bad
    world = bench.order(1, 1)
    bench.run()
    [job] = bench.jobs(world, kind)
    assert (job["status"], job["error_class"], job["attempts"]) == ("failed", "bad_answer", attempts)
    assert len(tried) == attempts == dag.BY_NAME[kind].attempts


@pytest.mark.parametrize("call", ["create_character", "create_post"])
def test_a_job_is_not_completed_without_what_it_was_to_create(
    make_bench: Any, bound: Platform, double: Double, call: str
) -> None:
    """Defect 13: the exceptions of both calls were swallowed, and the job completed without character or
    post.
    """
    bench = make_bench(bound)
    double.tell({"call": call, "times": 1000, "fault": "500_before"})
    world = bench.order(2, 3)
    bench.run()
    created = {"create_character": double.memory.characters, "create_post": double.memory.posts}[call]
    kind = {"create_character": dag.CHARACTER, "create_post": dag.POST_IMAGE}[call]
    assert not created
    assert completed(bench, world, kind) == []
    failed = bench.jobs(world, kind)
    assert failed and all(job["error"] and job["error_class"] for job in failed)
    status = bench.status(world)
    assert status["tasks_failed"] == len(failed)
    assert status["posts_created"] == 0


def test_what_a_completed_job_names_is_at_the_platform(
    make_bench: Any, bound: Platform, double: Double
) -> None:
    """Defect 13, seen from the other side, while a fifth of the calls fails before or after it did its
    work.
    """
    bench = make_bench(bound)
    double.tell(rate=0.2, faults=["500_before", "503_before", "drop_before", "drop_after", "500_after"])
    world = bench.order(4, 12)
    bench.run()
    people = {job["result"]["character_id"] for job in completed(bench, world, dag.CHARACTER)}
    posts = {job["result"]["post_id"] for job in completed(bench, world, dag.POST_IMAGE)}
    assert people and people <= set(double.memory.characters)
    assert posts and posts <= set(double.memory.posts)
    assert (bench.status(world)["users_created"], bench.status(world)["posts_created"]) == (
        len(people),
        len(posts),
    )


def test_a_post_that_exists_already_is_found_and_counted(
    make_bench: Any, services: Platform, double: Double
) -> None:
    """Row 7, without keys: `already exists` names no id, so the post is looked up; a character cannot be."""
    bench = make_bench(services)
    double.tell(
        {"call": "create_post", "times": 2, "fault": "409"}, {"call": "create_character", "fault": "409"}
    )
    world = bench.order(2, 4)
    bench.run()
    status = bench.status(world)
    [failed] = bench.repository.jobs.failures(world)
    assert (failed["type"], failed["error_class"]) == (dag.CHARACTER, "unknown_outcome")
    assert (status["users_created"], status["posts_created"]) == (1, 2)
    assert (len(double.memory.characters), len(double.memory.posts)) == (2, 2)


def test_users_are_counted_once_their_characters_are_there(bench: Bench, double: Double) -> None:
    """Defect 14: users_created grew before the characters were made, and was never counted again."""
    counted: list[int] = []

    def outlined(job: Job, variables: Any) -> Any:
        counted.append(bench.status(world)["users_created"])
        return answers.concepts(3)

    def described(job: Job, variables: Any) -> Any:
        counted.append(bench.status(world)["users_created"] - len(completed(bench, world, dag.CHARACTER)))
        if job.number("character_index") == 2:
            raise BadAnswer("half an answer")
        return answers.character(job.number("character_index"))

    bench.answers |= {"character_batch": outlined, "character": described}
    world = bench.order(3, 3)
    bench.run()
    assert set(counted) == {0}
    assert bench.status(world)["users_created"] == len(double.memory.characters) == 2


def test_the_pictures_of_a_world_are_set_by_what_the_platform_takes(
    make_bench: Any, bound: Platform, double: Double
) -> None:
    """Defect 16: addresses were sent where ids are taken, so the job could only fail, and its stage stayed in
    progress.
    """
    bench = make_bench(bound)
    world = bench.order(1, 0)
    bench.run()
    [job] = bench.jobs(world, dag.WORLD_IMAGE)
    assert job["status"] == "completed"
    stages = {stage["name"]: stage["status"] for stage in bench.status(world)["stages"]}
    assert stages["world_image"] == "completed"
    media = {medium.id for medium in double.memory.media.values() if medium.media_type in (1, 2)}
    assert {job["result"]["header_id"].replace("-", ""), job["result"]["icon_id"].replace("-", "")} == media
    shown = double.memory.worlds[world]
    assert shown["header"] != shown["icon"]


def test_a_failed_world_picture_ends_its_stage(bench: Bench, double: Double) -> None:
    """Defect 16, too: a picture that cannot be set is a failed stage of a world that completes."""
    double.tell({"call": "set_world_pictures", "times": 1000, "fault": "500_before"})
    world = bench.order(1, 1)
    bench.run()
    status = bench.status(world)
    assert {stage["name"]: stage["status"] for stage in status["stages"]}["world_image"] == "failed"
    assert (status["status"], status["posts_created"]) == ("completed", 1)


@pytest.mark.parametrize("counts", [[2, 1], [5], [1, 1, 1], [0, 3]])
def test_the_wrong_number_of_posts(bench: Bench, counts: list[int]) -> None:
    """Row 15, of posts: none is asked for again, fewer are completed, more are cut."""
    given = iter(counts)
    bench.answers["post_batch"] = lambda job, variables: answers.ideas(next(given))
    world = bench.order(1, 3)
    bench.run()
    assert bench.status(world)["posts_created"] == 3
    assert sorted(job["parameters"]["post_index"] for job in bench.jobs(world, dag.POST)) == [0, 1, 2]


def test_batches_hold_ten_at_most(bench: Bench) -> None:
    """Row 14: a batch of 40 characters or 250 posts is more than a schema may ask for."""
    asked: list[int] = []

    def people(job: Job, variables: Any) -> Any:
        asked.append(variables["count"])
        return answers.concepts(variables["count"])

    def posts(job: Job, variables: Any) -> Any:
        asked.append(variables["count"])
        return answers.ideas(variables["count"])

    bench.answers |= {"character_batch": people, "post_batch": posts}
    world = bench.order(12, 130)
    bench.run()
    assert (bench.status(world)["users_created"], bench.status(world)["posts_created"]) == (12, 130)
    assert max(asked) == 10


@pytest.mark.parametrize("posts", [0, 1])
def test_fewer_posts_than_characters(bench: Bench, posts: int) -> None:
    """Row 15: the sum holds, though not every character can have one."""
    world = bench.order(3, posts)
    bench.run()
    status = bench.status(world)
    assert (status["status"], status["users_created"]) == ("completed", 3)
    assert status["posts_created"] >= posts
