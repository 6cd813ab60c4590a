import re

from hypothesis import given
from hypothesis import strategies as st

from ai_worker.pipelines.worlds.answers.usernames import LONGEST, numbered, username_of

VALID = re.compile(r"[a-z0-9_]{1,30}")


@given(st.text(max_size=80), st.text(max_size=80), st.integers(0, 400))
def test_every_name_is_valid(wished: str, shown: str, index: int) -> None:
    name = username_of(wished, shown, index)
    assert VALID.fullmatch(name)
    assert VALID.fullmatch(numbered(name, index))


@given(st.text(alphabet="abc_", min_size=1, max_size=40), st.integers(0, 400), st.integers(0, 400))
def test_numbers_tell_equal_names_apart(wished: str, one: int, other: int) -> None:
    name = username_of(wished, "", 0)
    assert (numbered(name, one) == numbered(name, other)) == (one == other)


def test_names_keep_what_they_can() -> None:
    assert username_of("Neural Flux!", "", 1) == "neural_flux"
    assert username_of("Ежи Żuk", "", 1) == "zuk"
    assert username_of("Мария", "世界", 4) == "user_4"
    assert len(username_of("x" * 60, "", 1)) == LONGEST
