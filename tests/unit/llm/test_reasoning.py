import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ai_worker.llm.reasoning import Split, split_reasoning


@pytest.mark.parametrize(
    ("text", "answer", "reasoning"),
    [
        ("B", "B", ""),
        (" B\n", " B\n", ""),
        ("<think>maybe A</think>B", "B", "maybe A"),
        ("<think>\nmaybe A\n</think>\n\nB\n", "B", "maybe A"),
        ("<THINK>a</THINK> B", "B", "a"),
        ("<thinking>a</thinking>B", "B", "a"),
        ('<reasoning effort="high">a</reasoning>B', "B", "a"),
        ("[THINK]a[/THINK]B", "B", "a"),
        ("◁think▷a◁/think▷B", "B", "a"),
        ("<|begin_of_thought|>a<|end_of_thought|><|begin_of_solution|>B<|end_of_solution|>", "B", "a"),
        ("<|channel>thought\na\n<channel|>B", "B", "a"),
        ("<|channel>thought\n<channel|>B", "B", ""),
        ("a<channel|>B", "B", "a"),
        ("[unused16]a[unused17]B", "B", "a"),
        ("<|START_THINKING|>a<|END_THINKING|><|START_RESPONSE|>B<|END_RESPONSE|>", "B", "a"),
        (
            "<|channel|>analysis<|message|>a<|end|><|start|>assistant<|channel|>final<|message|>B<|return|>",
            "B",
            "a",
        ),
        ("analysisWe weigh A.assistantfinalB", "B", "analysisWe weigh A.assistantfinal"),
        ("maybe A</think>B", "B", "maybe A"),
        ("<think></think>B", "B", ""),
        ("<think>a</think>B<think>c</think> D", "B D", "a\nc"),
        ("<think>a<think>b</think>c</think>B", "B", "a<think>b</think>c"),
        ("<think>first <think> I open</think>B", "B", "first <think> I open"),
        ("<think>I close by </think> when done</think>B", "B", "I close by </think> when done"),
        ("<think>```\ncode </think>B", "B", "```\ncode"),
        ("Sure. <think>a</think>B", "Sure. B", "a"),
        ("<think>a</think>", "", "a"),
        (
            "<think>r</think>Models write <think> and </think> around it.",
            "Models write <think> and </think> around it.",
            "r",
        ),
        (
            "<think>I write <think> and </think> tags. Done.</think>B",
            "B",
            "I write <think> and </think> tags. Done.",
        ),
        ("Okay <think>hm</think> yes", "Okay  yes", "hm"),
        ("Okay <think> it may be 4 </think> four", "Okay  four", "it may be 4"),
        ("I weigh <think> it </think> B", "I weigh  B", "it"),
        # As servers send it without a parser of their own: DeepSeek, Qwen, and what puts spaces between.
        ("3. Provide the answer briefly.</think>391", "391", "3. Provide the answer briefly."),
        ("Okay, 391\n</think>\n\nHello!", "Hello!", "Okay, 391"),
        ("so it is B </think> B", "B", "so it is B"),
        ("so it is B </think>\n\nthe answer", "the answer", "so it is B"),
        ('so it is "sad"</think>"sad"', '"sad"', 'so it is "sad"'),
        ("**Check**</think>**B**", "**B**", "**Check**"),
        ("I end by </think> and answer.\n</think>\n\nB", "B", "I end by </think> and answer."),
        (
            "<think>a</think>Models end their thoughts by </think> and answer.",
            "Models end their thoughts by </think> and answer.",
            "a",
        ),
        ("<think>hm so </think> yes", "yes", "hm so"),
    ],
)
def test_reasoning_is_split_off(text: str, answer: str, reasoning: str) -> None:
    assert split_reasoning(text) == Split(answer, reasoning)


@pytest.mark.parametrize(
    "text",
    [
        "<think>maybe A, maybe",
        "\n <think>maybe A",
        "[THINK]maybe A",
        "<|channel|>analysis<|message|>maybe A",
        "<|channel>thought\nmaybe A",
        "<|start|>assistant<|channel|>analysis<|message|>maybe A",
        "<think>a</think>B <think>or A",
        "<think>I write <think> and </think> tags then",
        "Hm.\n<think>or A",
    ],
)
def test_an_unclosed_block_is_no_answer(text: str) -> None:
    assert split_reasoning(text).answer is None and split_reasoning(text).reasoning


@pytest.mark.parametrize(
    "text",
    [
        "Close it by `</think>`.",
        "Use ```\n<think>\n``` there.",
        "Models write <think> before they answer.",
        "Models write <think> and </think> around it.",
        "Put your thoughts between <think> and </think>, then answer.",
        "The pair <think> </think> is left out.",
        "Модели пишут <think> и </think> вокруг мыслей.",
        "用 <think> 和 </think> 包住思考。",
        "A model ends its thoughts by </think> and answers.",
        "It stops at </think>, then it answers. B.",
        "Модель закрывает мысли тегом </think> и отвечает.",
        "思考由 </think> 结束。",
        'The tag "</think>" ends it; so does «</thinking>».',
        "**</think>** is the tag.",
        '{"text": "They end by </think> and answer", "tag": "it is </think>"}',
        "I think B.",
        "a < b and c > d",
        "<b>B</b>",
        "analysis shows B",
        "Analysis: B. The assistantfinal word.",
    ],
)
def test_an_answer_about_tags_stays_whole(text: str) -> None:
    assert split_reasoning(text) == Split(text)


def test_tags_of_a_text_that_is_given_back_are_its_own() -> None:
    own = "<doc><reason>he was laet</reason></doc>"
    answer = "<doc><reason>he was late</reason></doc>"
    assert split_reasoning(answer, own) == Split(answer)
    assert split_reasoning(f"<think>laet?</think>{answer}", own) == Split(answer, "laet?")
    assert split_reasoning(f"<analysis>laet?</analysis>{answer}", own) == Split(answer, "laet?")


@given(st.text(max_size=40), st.text(max_size=40))
def test_what_stands_between_tags_and_behind_them(reasoning: str, answer: str) -> None:
    if not set("<[`◁|") & set(reasoning + answer):
        assert split_reasoning(f"<think>{reasoning}</think>{answer}") == Split(
            answer.strip(), reasoning.strip()
        )


@given(st.text(alphabet="<think>/`[] \n|", max_size=60))
def test_whatever_the_text_something_comes_of_it(text: str) -> None:
    found = split_reasoning(text)
    assert found.answer is not None or found.reasoning is not None


@pytest.mark.parametrize(
    "text",
    ["<think>" * 50_000, "`" * 200_000, "</think>" * 50_000, "<think>a</think>" * 20_000, "<think" * 50_000],
)
def test_a_long_text_costs_no_more_than_its_length(text: str) -> None:
    begun = time.process_time()
    split_reasoning(text)
    assert time.process_time() - begun < 2
