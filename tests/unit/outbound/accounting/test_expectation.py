"""Answers' lengths are learned, both ways, and a cap is no estimate."""

from ai_worker.outbound.accounting.expectation import BASE, FIRST, Expectation


def test_a_cap_is_no_estimate() -> None:
    assert Expectation().output("new", 4, 65_536) == FIRST
    assert Expectation().output("new", 4000, 65_536) == 4000 + BASE
    assert Expectation().output("new", 4, 100) == 100


def test_it_learns_longer_and_shorter_answers() -> None:
    expectation = Expectation()
    for _ in range(50):
        expectation.learn("thinks", 100, 9000)
    assert 8900 < expectation.output("thinks", 100) < 9100
    for _ in range(100):
        expectation.learn("thinks", 100, 20)
    assert expectation.output("thinks", 100) <= 21
    assert expectation.output("another kind", 100) == FIRST


def test_one_dear_call_counts_before_enough_is_known() -> None:
    expectation = Expectation()
    expectation.learn("kind", 100, 9000)
    assert expectation.output("kind", 100) == 9000


def test_a_high_quantile_is_reserved() -> None:
    expectation = Expectation()
    for number in range(100):
        expectation.learn("mixed", 1000 - BASE, number * 10)
    assert 930 <= expectation.output("mixed", 1000 - BASE) <= 950


def test_texts_twice_as_long_are_expected_to_give_answers_twice_as_long() -> None:
    expectation = Expectation()
    for _ in range(20):
        expectation.learn("corrects", 10_000, 10_000)
    assert 1.9 < expectation.output("corrects", 20_000) / expectation.output("corrects", 10_000) < 2.1


def test_kinds_do_not_grow_without_bound() -> None:
    expectation = Expectation()
    for number in range(2000):
        expectation.learn(str(number), 1, 1)
    assert len(expectation._samples) <= 512


def test_thoughts_beyond_the_bound_are_learned() -> None:
    expectation = Expectation()
    expectation.learn("thinks", 300, 4400)
    assert expectation.output("thinks", 300, 500) == 4400
    assert expectation.output("does not", 300, 500) == 500
