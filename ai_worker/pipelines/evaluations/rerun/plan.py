"""The changes that applying a task's document would make, and their approximate cost. Nothing is written."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from ai_worker.llm.tokens import estimate
from ai_worker.pipelines.evaluations.entries import RTA, judges_named
from ai_worker.pipelines.evaluations.judging.faults import DUPLICATE
from ai_worker.pipelines.evaluations.repository import EvaluationRepository, judges_of
from ai_worker.pipelines.evaluations.rerun.answers import AnswerRepository
from ai_worker.pipelines.evaluations.rerun.differences import Change, Difference, portions
from ai_worker.pipelines.evaluations.rerun.estimates import USUAL_OUTPUT, Calls, price_of, question_tokens
from ai_worker.pipelines.evaluations.rerun.repository import PlanRepository
from ai_worker.pipelines.evaluations.schemas import EvaluationTask

ASKS = (Change.ADDED, Change.STALE)


@dataclass(frozen=True, slots=True)
class Planned:
    """The fate of one model's entries, or the questions to one judge.

    Args:
        changes: entries by what becomes of them; empty for a judge.
        calls: questions that are asked and were not before; those of judges at most, for answers may turn out
            the same.
        cost: None where the model has no price.
    """

    model: str
    changes: Counter[Change]
    calls: int
    cost: Decimal | None


@dataclass(frozen=True, slots=True)
class Plan:
    """The effects of applying one task's document."""

    task: str
    models: Sequence[Planned]
    judges: Sequence[Planned]

    @property
    def changes(self) -> Counter[Change]:
        """All entries by what becomes of them."""
        return sum((planned.changes for planned in self.models), Counter[Change]())

    @property
    def cost(self) -> Decimal:
        """The sum of the costs that are known."""
        return sum(
            (planned.cost for planned in (*self.models, *self.judges) if planned.cost is not None), Decimal(0)
        )

    @property
    def unpriced(self) -> list[str]:
        """Models that are asked and whose price is not known."""
        return [
            planned.model
            for planned in (*self.models, *self.judges)
            if planned.calls and planned.cost is None
        ]

    @property
    def empty(self) -> bool:
        """True if everything is as the document wants it."""
        return not set(+self.changes) - {Change.UNCHANGED, Change.DOUBLE}


@dataclass(slots=True)
class _Tally:
    changes: dict[str, Counter[Change]] = field(default_factory=dict)
    calls: dict[str, Calls] = field(default_factory=dict)
    judged: dict[str, Calls] = field(default_factory=dict)


def plan(
    tasks: EvaluationRepository,
    plans: PlanRepository,
    database: str,
    task: EvaluationTask,
    advance: Callable[[int], None] = lambda count: None,
    answers: AnswerRepository | None = None,
) -> Plan:
    """Compare a task's document and dataset with its queue.

    Args:
        advance: called with the number of further rows of the dataset that have been looked at.
    """
    tally = _Tally()
    usual: dict[str, float] = {}
    for portion in portions(tasks, plans, database, task, advance, answers):
        for difference in portion:
            if difference.model not in usual:
                usual[difference.model] = (
                    plans.usual_output(database, task.queue, difference.model) or USUAL_OUTPUT
                )
            _count(tally, difference, usual[difference.model])
    models = [
        Planned(model, changes, calls.count, calls.cost(price_of(model), usual[model]))
        for model, changes in sorted(tally.changes.items())
        for calls in [tally.calls.get(model, Calls())]
    ]
    judges = [
        Planned(judge, Counter(), calls.count, calls.cost(price_of(judge), output))
        for judge, calls in sorted(tally.judged.items())
        for output in [plans.usual_output(database, judges_of(task.queue), judge) or USUAL_OUTPUT]
    ]
    return Plan(task.task_name, models, judges)


def _count(tally: _Tally, difference: Difference, usual_output: float) -> None:
    tally.changes.setdefault(difference.model, Counter())[difference.change] += 1
    wanted = difference.wanted
    if wanted is None:
        return
    tokens = question_tokens(wanted) if difference.change in (*ASKS, Change.REJUDGED) else 0
    if difference.change in ASKS:
        tally.calls.setdefault(difference.model, Calls()).add(tokens)
    for judge in _asked_judges(difference):
        tally.judged.setdefault(judge, Calls()).add(
            estimate(wanted.get("rta_prompt") or "") + tokens + usual_output
        )


def _asked_judges(difference: Difference) -> list[str]:
    wanted, entry = difference.wanted or {}, difference.entry or {}
    if wanted.get("metric") != RTA:
        return []
    if difference.change in (*ASKS, Change.RETURNED):
        return [judge for judge in judges_named(wanted) if judge not in difference.judged]
    if difference.change is not Change.REJUDGED:
        return []
    if entry.get("status") == "failed" or entry.get("error") == DUPLICATE:
        # Shown to no judge: there is no answer, or its twin is shown to them.
        return []
    same = all(entry.get(name) == wanted.get(name) for name in ("rta_prompt", "rta_temperature", "rta_seed"))
    # Of an answer that is still to come the judges were in the plan before.
    known = judges_named(entry) if same or entry.get("status") in ("pending", "processing") else []
    known = [] if entry.get("status") == "error" else known
    return [judge for judge in judges_named(wanted) if judge not in known]
