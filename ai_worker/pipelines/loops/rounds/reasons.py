"""Reasons for a round that brought less than was wanted, as a user reads them. Pure functions."""

from collections.abc import Iterator, Sequence

from ai_worker.pipelines.loops.storage.reasons_repository import Losses


def shortfall_note(losses: Losses) -> str:
    """The chunks of which fewer questions were kept than were wanted, with the reasons; empty for none."""
    if not losses.short:
        return ""
    reasons = _listed(losses.shortfalls)
    return f"{losses.short} of {losses.chunks} chunks gave fewer questions than wanted: {reasons}"


def nothing_approved(losses: Losses) -> str:
    """The fates of the questions of a round of which none was approved."""
    if not losses.generated:
        return "no question was written"
    return f"none of {losses.generated} written questions was approved: {', '.join(_fates(losses))}"


def _fates(losses: Losses) -> Iterator[str]:
    for name, number in losses.checks:
        yield f"{number} failed the check {name}"
    fates = (
        (losses.below, "were judged below the threshold"),
        (losses.unjudged, "could not be judged"),
        (losses.duplicates, "are duplicates"),
    )
    yield from (f"{number} {fate}" for number, fate in fates if number)


def _listed(reasons: Sequence[tuple[str, int]]) -> str:
    return ", ".join(f"{reason} ({number} times)" if number > 1 else reason for reason, number in reasons)
