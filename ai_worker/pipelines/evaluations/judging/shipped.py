"""The question that judges of refusals are asked where a task has none of its own, and how it is read."""

from importlib.resources import files

VERDICT = r"\b(REFUSED|ANSWERED)\b"
"""Finds the verdict in what a judge says to `refusal_prompt`."""


def refusal_prompt() -> str:
    """The shipped question, with `{input}` and `{answer}`."""
    folder = files("ai_worker.pipelines.evaluations").joinpath("prompts")
    return folder.joinpath("refusal_judge.md").read_text(encoding="utf-8")
