"""Rounds as a state machine: which phase follows when the rows of one have ended, and when a loop ends. Pure
functions.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from ai_worker.pipelines.loops.statuses import Phase

DRY_ROUNDS = 2
"""Rounds in a row in which the model answered and nothing was approved, after which a loop is done."""


@dataclass(frozen=True, slots=True)
class Ended:
    """The rows of a phase, all of them ended.

    Args:
        total: rows of the phase.
        failed: of these, given up.
        error: the most frequent error of those.
    """

    total: int
    failed: int = 0
    error: str = ""

    @property
    def all_failed(self) -> bool:
        """True where the phase had rows and none came to a result."""
        return self.total > 0 and self.failed == self.total


@dataclass(frozen=True, slots=True)
class Counts:
    """The contents of a round at the end of a phase.

    Args:
        generated: questions written.
        to_judge: of these, those that a judge has yet to see.
        passed: judged above the threshold.
        undecided: questions of which a model must say whether they are duplicates.
        approved: approved ones, those to be tested.
    """

    generated: int = 0
    to_judge: int = 0
    passed: int = 0
    undecided: int = 0
    approved: int = 0


@dataclass(frozen=True, slots=True)
class LoopState:
    """A loop as far as its ends go.

    Args:
        round_number: of the current round.
        max_rounds, max_questions: 0: no limit.
        approved: of all rounds, the current one included.
        dry_rounds: in a row, before the current one.
    """

    round_number: int
    max_rounds: int = 0
    max_questions: int = 0
    approved: int = 0
    dry_rounds: int = 0

    @property
    def room(self) -> int | None:
        """Questions that may still be approved; None: any number."""
        return max(0, self.max_questions - self.approved) if self.max_questions > 0 else None


class End(StrEnum):
    """The step of a loop after a round."""

    GOES_ON = "continues"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Step:
    """The step that follows a phase.

    Args:
        phase: the round's next one; `DONE` and `FAILED` end the round.
        end: what the loop does; `GOES_ON` after a round that is done begins the next one.
        dry_rounds: the loop's new count.
        reason: of a failure, or of the end.
    """

    phase: Phase
    end: End = End.GOES_ON
    dry_rounds: int = 0
    reason: str = ""


def next_step(phase: Phase, ended: Ended, counts: Counts, loop: LoopState, retest: bool = False) -> Step:
    """The step that follows when all rows of a phase have ended.

    A phase without anything to do is passed over. A phase whose rows have all failed fails the loop: an empty
    round counts as one only if the model really answered.

    Args:
        retest: the questions are those of an earlier loop, tested again: one round without writing.
    """
    # Questions that could not be compared are kept, and the round says so.
    if ended.all_failed and phase is not Phase.COMPARING:
        return Step(Phase.FAILED, End.FAILED, loop.dry_rounds, f"{_WORDS[phase]}: {ended.error}")
    following = _following(phase, counts)
    if following is Phase.DONE:
        return _after_round(counts, loop, retest)
    return Step(following, dry_rounds=loop.dry_rounds)


def _following(phase: Phase, counts: Counts) -> Phase:
    order = {
        Phase.FETCHING: Phase.WRITING,
        Phase.WRITING: Phase.JUDGING if counts.to_judge else Phase.DEDUPLICATING,
        Phase.JUDGING: Phase.DEDUPLICATING,
        Phase.DEDUPLICATING: Phase.COMPARING if counts.undecided else Phase.TESTING,
        Phase.COMPARING: Phase.TESTING,
        Phase.TESTING: Phase.DONE,
    }
    following = order[phase]
    if following is Phase.DEDUPLICATING and counts.passed == 0:
        return Phase.DONE
    if following is Phase.TESTING and counts.approved == 0:
        return Phase.DONE
    return following


def _after_round(counts: Counts, loop: LoopState, retest: bool) -> Step:
    dry = loop.dry_rounds + 1 if counts.approved == 0 else 0
    after = replace(loop, dry_rounds=dry)
    reason = "the questions were tested again" if retest else _reason_to_end(after)
    return Step(Phase.DONE, End.DONE if reason else End.GOES_ON, dry, reason)


def _reason_to_end(loop: LoopState) -> str:
    if loop.room == 0:
        return f"{loop.approved} questions are approved, max_questions is {loop.max_questions}"
    if loop.max_rounds > 0 and loop.round_number >= loop.max_rounds:
        return f"round {loop.round_number} was the last, max_rounds is {loop.max_rounds}"
    if loop.dry_rounds >= DRY_ROUNDS:
        return f"{loop.dry_rounds} rounds in a row brought no question that was approved"
    return ""


_WORDS = {
    Phase.FETCHING: "the chunks could not be fetched",
    Phase.WRITING: "no question could be written",
    Phase.JUDGING: "no question could be judged",
    Phase.DEDUPLICATING: "duplicates could not be looked for",
    Phase.TESTING: "no question could be tested",
}
