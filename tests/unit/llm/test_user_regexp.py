import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ai_worker.llm import user_regexp
from ai_worker.llm.user_regexp import (
    BadPattern,
    LongText,
    PatternFault,
    SlowPattern,
    search,
)


def test_finds_the_first_match_with_its_groups() -> None:
    found = search(r"Answer: (?P<answer>\w+)", "Answer: Supports. Answer: Refutes.")
    assert found is not None and found["answer"] == "Supports"


def test_no_match_is_none() -> None:
    assert search("yes", "no") is None


@pytest.mark.parametrize("pattern", [r"(a+)+$", r"(a|aa)+$", r"(?:a|a)*$"])
def test_a_catastrophic_pattern_ends_in_time_and_is_named(pattern: str) -> None:
    begun = time.perf_counter()
    with pytest.raises(SlowPattern) as caught:
        search(pattern + "(?#one)", "a" * 5000 + "b", seconds=0.05)
    assert time.perf_counter() - begun < 3
    assert (
        pattern in str(caught.value) and caught.value.error_class == "bad_regexp" and not caught.value.retry
    )


def test_a_pattern_that_keeps_timing_out_gets_less_time_and_still_reads_what_it_can() -> None:
    pattern, slow = r"(a+)+$(?#two)", "a" * 5000 + "b"
    for _ in range(user_regexp.PATIENCE):
        with pytest.raises(SlowPattern, match=r"within 0\.02 s"):
            search(pattern, slow, seconds=0.02)
    with pytest.raises(SlowPattern, match=r"within 0\.005 s"):
        search(pattern, slow, seconds=0.02)
    assert search(pattern, "aaa") is not None


@pytest.mark.parametrize(
    "pattern",
    [
        "(",
        "[",
        "*",
        "\\",
        "(?P<a>",
        "(" * 900 + ")" * 900,
        "a{99999999999}",
        "((a{1000}){1000}){1000}",
        "(?:a?){4000000}b",
        "a" * 2001,
        "\\p{Foo}",
        "(?V0)(?V1)a",
        "a{" + "9" * 1900 + "}",
    ],
)
def test_what_cannot_be_compiled_is_a_typed_fault_at_once(pattern: str) -> None:
    begun = time.perf_counter()
    with pytest.raises(BadPattern) as caught:
        search(pattern, "text")
    assert time.perf_counter() - begun < 3
    assert ascii(pattern)[1:20] in str(caught.value) and len(str(caught.value)) < 700


@pytest.mark.parametrize(
    "pattern",
    [
        r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
        r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}",
        r"(?:^\W*([01]).*)|(?:.*([01])\W*$)",
        "|".join(f"I am sorry, but I cannot {number}" for number in range(50)),
    ],
)
def test_ordinary_patterns_are_within_the_bounds(pattern: str) -> None:
    assert search(pattern, "nothing of it") is None


def test_a_text_beyond_the_bound_is_refused_and_not_cut() -> None:
    assert search("b$", "a" * (user_regexp.LONGEST_TEXT - 1) + "b") is not None
    with pytest.raises(LongText):
        search("b$", "a" * user_regexp.LONGEST_TEXT + "b")


def test_compiled_patterns_are_kept_and_bounded() -> None:
    for number in range(600):
        search(f"kept{number}", "text")
    assert user_regexp._compiled.cache_info().currsize == 256


@given(st.text(max_size=40), st.text(max_size=200))
def test_whatever_the_pattern_the_outcome_is_a_match_none_or_a_named_fault(pattern: str, text: str) -> None:
    try:
        search(pattern, text, seconds=0.02)
    except PatternFault as fault:
        assert fault.pattern == pattern


@given(st.text(min_size=1, max_size=20), st.text(max_size=60))
def test_a_literal_is_found_where_re_finds_it(needle: str, text: str) -> None:
    ours, theirs = search(re.escape(needle), text + needle), re.search(re.escape(needle), text + needle)
    assert ours is not None and theirs is not None and ours.span() == theirs.span()
