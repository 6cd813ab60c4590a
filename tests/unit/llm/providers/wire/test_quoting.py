"""Whatever a provider quotes of a prompt or a key is cut out of its words."""

import json

from hypothesis import given
from hypothesis import strategies as st

from ai_worker.llm.providers.wire.quoting import quoted

WORDS = st.text(st.characters(categories=("L", "Nd"), include_characters=" ⟦⟧"), min_size=16, max_size=60)


@given(secret=WORDS, before=st.text(max_size=40), after=st.text(max_size=40))
def test_no_piece_of_a_prompt_is_quoted(secret: str, before: str, after: str) -> None:
    shown = quoted(f"{before}{secret}{after}", [], [f"Please correct: {secret}!"])
    flat = " ".join(secret.split())
    assert not any(
        flat[start : start + 12] in shown
        for start in range(max(1, len(flat) - 11))
        if len(flat[start : start + 12]) == 12
    )


@given(
    key=st.text(min_size=8, max_size=80).filter(lambda key: "…" not in key),
    before=st.text(max_size=300),
    after=st.text(max_size=300),
)
def test_no_key_is_quoted(key: str, before: str, after: str) -> None:
    assert key not in quoted(before + key + after, [key], [])


def test_short_prompts_are_cut_out_whole() -> None:
    assert quoted("cannot parse 'PIN 1234'", [], ["PIN 1234", ""]) == "cannot parse '…'"


def test_other_words_stay() -> None:
    assert (
        quoted("Invalid value at\n generation_config", ["k"], ["a prompt about cats"])
        == "Invalid value at generation_config"
    )


def test_a_prompt_that_is_quoted_as_json_is_cut_out() -> None:
    prompt = "Jań Kowalski mówi:\n„dzień dobry” 🦊"
    said = f"bad request: {json.dumps(prompt)} is not good"
    assert quoted(said, [], [prompt]) == 'bad request: "…" is not good'
