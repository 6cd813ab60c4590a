"""A tested question as metrics see it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One row of `single_jump_result` whose test has ended.

    Args:
        question_id, question: what was asked.
        failed: the test ended with an error: neither a miss nor a recall.
        found: items that the knowledge base gave.
        file_rank, chunk_rank: places of the first acceptable ones among the first `top_k`; None: not there.
        file_known, chunk_known: False for a question whose origin is not known; it is left out of the rates.
    """

    question_id: str
    question: str
    file_name: str
    headers: str
    round_number: int
    failed: bool
    found: int
    file_rank: int | None
    chunk_rank: int | None
    file_known: bool = True
    chunk_known: bool = True
    top_k: int = 64
