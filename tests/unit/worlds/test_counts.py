from hypothesis import given
from hypothesis import strategies as st

from ai_worker.pipelines.worlds.answers.counts import (
    batches_of,
    cut,
    distributed,
    extra_batches,
    may_continue,
    next_batch,
    share_of,
)
from ai_worker.pipelines.worlds.limits import Limits, default_limits, need

wishes = st.lists(st.integers(-5, 300), min_size=1, max_size=40)


@given(st.integers(0, 300), wishes)
def test_the_posts_add_up_whatever_was_wished(total: int, wished: list[int]) -> None:
    shares = distributed(total, wished)
    assert sum(shares) == total
    assert all(share >= (1 if total >= len(wished) else 0) for share in shares)
    assert distributed(total, wished) == shares


def test_a_sum_that_is_right_stays_as_wished() -> None:
    assert distributed(6, [1, 3, 2]) == [1, 3, 2]


def test_too_many_are_taken_from_those_with_most() -> None:
    assert distributed(6, [1, 9, 2]) == [1, 3, 2]


def test_too_few_are_spread_the_remainder_to_the_first() -> None:
    assert distributed(7, [1, 1, 1]) == [3, 2, 2]


@given(st.integers(1, 60), st.integers(0, 300), st.integers(1, 10))
def test_the_shares_of_batches_add_up(users: int, posts: int, made: int) -> None:
    left, rest, total = users, posts, 0
    while left > 0:
        now = min(made, left)
        share = share_of(rest, now, left)
        total, rest, left = total + share, rest - share, left - now
    assert total == posts


def test_batches() -> None:
    assert [batches_of(total) for total in (0, 1, 10, 11, 40)] == [0, 1, 1, 2, 4]
    assert [next_batch(left) for left in (-1, 0, 3, 10, 250)] == [0, 0, 3, 10, 10]
    assert cut([1, 2, 3], 2) == [1, 2]
    assert extra_batches(23, 1) == 2
    assert extra_batches(5, 0) == 0


def test_batches_come_to_an_end() -> None:
    assert [may_continue(30, depth, 50) for depth in (1, 5, 6)] == [True, True, False]
    assert not may_continue(10_000, 31, 30)


def test_the_needs_of_a_complete_world() -> None:
    """The worked examples of the platform's own counts: 10/50 and 25/150."""
    assert need(10, 50) == Limits(llm=133, images=62)
    assert need(25, 150) == Limits(llm=2 + 3 + 75 + 300, images=177)
    assert default_limits(10, 50) == Limits(llm=167, images=78)
