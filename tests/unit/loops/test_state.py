"""Rounds as a state machine: phases in their order, empty ones passed over, and every end of a loop."""

import pytest

from ai_worker.pipelines.loops.rounds.state import Counts, End, Ended, LoopState, Step, next_step
from ai_worker.pipelines.loops.statuses import Phase

ALL = Counts(generated=10, to_judge=9, passed=8, undecided=2, approved=5)
FIRST = LoopState(round_number=1, approved=5)


@pytest.mark.parametrize(
    ("phase", "following"),
    [
        (Phase.FETCHING, Phase.WRITING),
        (Phase.WRITING, Phase.JUDGING),
        (Phase.JUDGING, Phase.DEDUPLICATING),
        (Phase.DEDUPLICATING, Phase.COMPARING),
        (Phase.COMPARING, Phase.TESTING),
        (Phase.TESTING, Phase.DONE),
    ],
)
def test_phases_follow_one_another(phase: Phase, following: Phase) -> None:
    assert next_step(phase, Ended(3), ALL, FIRST) == Step(following)


def test_phases_without_work_are_passed_over() -> None:
    assert next_step(Phase.WRITING, Ended(3), Counts(generated=2), FIRST).phase is Phase.DONE
    assert next_step(Phase.DEDUPLICATING, Ended(1), Counts(10, 9, 8, 0, 5), FIRST).phase is Phase.TESTING
    assert next_step(Phase.DEDUPLICATING, Ended(1), Counts(10, 9, 8, 0, 0), FIRST).phase is Phase.DONE
    assert next_step(Phase.JUDGING, Ended(9), Counts(10, 9, 0, 0, 0), FIRST).phase is Phase.DONE


@pytest.mark.parametrize(
    "phase", [Phase.FETCHING, Phase.WRITING, Phase.JUDGING, Phase.DEDUPLICATING, Phase.TESTING]
)
def test_a_phase_of_failures_fails_the_loop_with_the_reason_and_is_no_dry_round(phase: Phase) -> None:
    step = next_step(phase, Ended(3, 3, "401: the key is wrong"), Counts(), LoopState(1))
    assert (step.phase, step.end, step.dry_rounds) == (Phase.FAILED, End.FAILED, 0)
    assert step.reason.endswith(": 401: the key is wrong")


def test_some_failures_do_not_end_a_round() -> None:
    assert next_step(Phase.WRITING, Ended(3, 2, "500"), ALL, FIRST) == Step(Phase.JUDGING)


def test_two_rounds_in_a_row_without_an_approved_question_end_the_loop() -> None:
    nothing = Counts(generated=3, to_judge=3, passed=0)
    first = next_step(Phase.JUDGING, Ended(3), nothing, LoopState(4, approved=7))
    assert (first.phase, first.end, first.dry_rounds) == (Phase.DONE, End.GOES_ON, 1)
    second = next_step(Phase.JUDGING, Ended(3), nothing, LoopState(5, approved=7, dry_rounds=1))
    assert (second.end, second.dry_rounds) == (End.DONE, 2)
    between = next_step(Phase.TESTING, Ended(3), ALL, LoopState(5, approved=12, dry_rounds=1))
    assert (between.end, between.dry_rounds) == (End.GOES_ON, 0)


def test_the_last_round_ends_the_loop() -> None:
    assert next_step(Phase.TESTING, Ended(5), ALL, LoopState(2, max_rounds=3, approved=5)).end is End.GOES_ON
    step = next_step(Phase.TESTING, Ended(5), ALL, LoopState(3, max_rounds=3, approved=5))
    assert (step.end, step.reason) == (End.DONE, "round 3 was the last, max_rounds is 3")


def test_max_questions_ends_the_loop_and_gives_the_room_that_is_left() -> None:
    assert LoopState(1, max_questions=20, approved=13).room == 7
    assert LoopState(1, max_questions=20, approved=25).room == 0
    assert LoopState(1).room is None
    assert (
        next_step(Phase.TESTING, Ended(5), ALL, LoopState(1, max_questions=20, approved=20)).end is End.DONE
    )
    assert (
        next_step(Phase.TESTING, Ended(5), ALL, LoopState(1, max_questions=20, approved=19)).end
        is End.GOES_ON
    )


def test_without_limits_a_loop_goes_on_while_questions_come() -> None:
    assert next_step(Phase.TESTING, Ended(5), ALL, LoopState(1_000, approved=5_000)).end is End.GOES_ON


def test_a_second_test_of_old_questions_is_one_round() -> None:
    assert next_step(Phase.TESTING, Ended(5), ALL, LoopState(1, approved=5), retest=True).end is End.DONE
