"""The distance of two words, which is measured between their equal ends alone."""

from hypothesis import example, given
from hypothesis import strategies as st

from ai_worker.pipelines.corrections.diff.resemblance import _differences


def by_definition(first: str, second: str) -> int:
    """The edit distance with swaps of neighbours (optimal string alignment), as its recursion reads."""
    if not first or not second:
        return len(first) + len(second)
    ways = [
        by_definition(first[:-1], second) + 1,
        by_definition(first, second[:-1]) + 1,
        by_definition(first[:-1], second[:-1]) + (first[-1] != second[-1]),
    ]
    if len(first) > 1 and len(second) > 1 and first[-1] == second[-2] and first[-2] == second[-1]:
        ways.append(by_definition(first[:-2], second[:-2]) + 1)
    return min(ways)


@given(first=st.text("abc", max_size=5), second=st.text("abc", max_size=5))
@example("aab", "aba")
@example("abab", "baba")
def test_equal_ends_do_not_change_the_distance(first: str, second: str) -> None:
    assert _differences(first, second) == by_definition(first, second)
