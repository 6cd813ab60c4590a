"""The scorers by metric. One's own is one function, registered where it is defined:

@scorer("shorter_than_target")
def shorter(scored: Scored) -> Verdict:
    return Verdict.right_or_wrong(len(scored.text) < len(scored.target))
"""

from collections.abc import Callable
from dataclasses import replace

from ai_worker import __version__
from ai_worker.llm.user_regexp import BadPattern, PatternFault
from ai_worker.pipelines.evaluations.scoring.scored import Scored
from ai_worker.pipelines.evaluations.scoring.verdict import Kind, NoVerdict, Verdict

Scorer = Callable[[Scored], Verdict]

_SCORERS: dict[str, Scorer] = {}


def scorer(metric: str) -> Callable[[Scorer], Scorer]:
    """Registers a function as the scorer of a metric.

    The function gets a `Scored` whose text is never empty, and returns a `Verdict` or raises `NoVerdict`. It
    asks no model and no database, so that scores can be computed again at will.

    Args:
        metric: the name by which evaluation tasks ask for it.

    Raises:
        ValueError: the metric has another scorer already.
    """

    def register(function: Scorer) -> Scorer:
        if metric in _SCORERS:
            raise ValueError(f"metric {metric!r} is scored by {_path(_SCORERS[metric])} already")
        _SCORERS[metric] = function
        return function

    return register


def metrics() -> list[str]:
    """The metrics that have a scorer, sorted."""
    return sorted(_SCORERS)


def scored_by(metric: str) -> str:
    """The value of `scored_by` beside a score: the metric, and the code that decided.

    Returns:
        `accuracy: ai_worker 0.1.0`, or for a scorer of one's own `mine: package.module.function`.
    """
    function = _SCORERS.get(metric)
    if function is None or function.__module__.startswith("ai_worker."):
        return f"{metric}: ai_worker {__version__}"
    return f"{metric}: {_path(function)}"


def score(scored: Scored) -> Verdict:
    """Judges one text. Whatever an answer or a task holds, there is a verdict; only a scorer's own bug
    raises.
    """
    if scored.text is None or not scored.text.strip():
        return Verdict(Kind.NOT_ANSWERED, detail=scored.missing)
    function = _SCORERS.get(scored.metric)
    if function is None:
        return Verdict(
            Kind.UNSCORABLE,
            detail=f"metric {scored.metric!r} has no scorer; there are {', '.join(metrics())}",
        )
    try:
        verdict = function(scored)
    except NoVerdict as reason:
        return Verdict(reason.kind, detail=str(reason))
    except BadPattern as reason:
        return Verdict(Kind.UNSCORABLE, detail=str(reason))
    except PatternFault as reason:
        return Verdict(Kind.UNPARSABLE, detail=str(reason))
    # The whole text is the response, which the entry holds already.
    return replace(verdict, answer=None) if verdict.answer == scored.text.strip() else verdict


def _path(function: Scorer) -> str:
    return f"{function.__module__}.{getattr(function, '__qualname__', type(function).__qualname__)}"
