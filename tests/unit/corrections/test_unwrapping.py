import pytest
from hypothesis import given

from ai_worker.llm.errors import Refused
from ai_worker.outbound.errors import BadAnswer
from ai_worker.pipelines.corrections.asking.prompt import build
from ai_worker.pipelines.corrections.asking.unwrapping import unwrapped
from tests.unit.corrections.texts import TEXTS

TEXT = "Teh cat sat on teh mat."
RIGHT = "The cat sat on the mat."

WRAPPED = {
    "phrase on the same line": f"Here is the corrected text: {RIGHT}",
    "phrase on its own line": f"Sure! Here's the corrected version:\n\n{RIGHT}",
    "phrase with certainty": f"Certainly! Below is the revised text with all errors fixed:\n{RIGHT}",
    "label": f"Corrected text: {RIGHT}",
    "bold label": f"**Corrected version:** {RIGHT}",
    "translation label": f"Translation: {RIGHT}",
    "label with language": f"Translation (Polish): {RIGHT}",
    "polish phrase": f"Oto poprawiony tekst: {RIGHT}",
    "polish label": f"Poprawiony tekst:\n{RIGHT}",
    "russian phrase": f"Вот исправленный текст: {RIGHT}",
    "german phrase": f"Hier ist der korrigierte Text:\n\n{RIGHT}",
    "quotes": f'"{RIGHT}"',
    "typographic quotes": f"“{RIGHT}”",
    "polish quotes": f"„{RIGHT}”",
    "guillemets": f"«{RIGHT}»",
    "phrase and quotes": f'Here is the corrected text: "{RIGHT}"',
    "json": f'{{"text": "{RIGHT}"}}',
    "json of another key": f'{{"corrected_text": "{RIGHT}", "changes": ["teh -> the"]}}',
    "json with one string": f'{{"whatever": "{RIGHT}"}}',
    "json string": f'"{RIGHT}"',
    "json list": f'["{RIGHT}"]',
    "json in a fence": f'```json\n{{"corrected": "{RIGHT}"}}\n```',
    "fence": f"```\n{RIGHT}\n```",
    "fence with a language": f"```markdown\n{RIGHT}\n```",
    "fence of tildes": f"~~~text\n{RIGHT}\n~~~",
    "phrase and fence": f"Here is the corrected text:\n\n```text\n{RIGHT}\n```\n\nLet me know.",
    "chatml": f"{RIGHT}<|im_end|>",
    "chatml whole": f"<|im_start|>assistant\n{RIGHT}<|im_end|>\n<|im_start|>user\nThanks",
    "llama": f"{RIGHT}<|eot_id|>",
    "mistral": f"{RIGHT}</s>",
    "mistral start": f"<s> {RIGHT} </s>",
    "gemma": f"{RIGHT}<end_of_turn>\n",
    "gemma start": f"<start_of_turn>model\n{RIGHT}<end_of_turn>",
    "deepseek": f"{RIGHT}<｜end▁of▁sentence｜>",
    "inst": f"[/INST] {RIGHT}",
    "thoughts": f"<think>\nThe user wants a correction.\n</think>\n\n{RIGHT}",
    "answer tags": f"<answer>{RIGHT}</answer>",
    "byte order mark": f"\ufeff{RIGHT}",
    "zero width": f"\u200b{RIGHT[:5]}\u200b{RIGHT[5:]}\u2060",
    "note": f"{RIGHT}\n\nNote: I corrected the spelling of 'the'.",
    "changes": f"{RIGHT}\n\n**Changes made:**\n- teh → the",
    "rule and changes": f"{RIGHT}\n\n---\n\nChanges:\n1. teh → the",
    "offer": f"{RIGHT}\n\nLet me know if you need anything else!",
    "polish note": f"{RIGHT}\n\nUwagi: poprawiono literówki.",
}


@pytest.mark.parametrize("answer", WRAPPED.values(), ids=WRAPPED)
def test_wrappings_are_taken_off(answer: str) -> None:
    assert build("correction", "", TEXT).read(answer) == RIGHT


@given(TEXTS)
def test_a_faithful_answer_has_no_wrapping(text: str) -> None:
    assert unwrapped(text, text.strip()) == text.strip()


KEPT = [
    ('"Teh end," he said.', '"The end," he said.'),
    ('"Teh end"', '"The end"'),
    ('{"a": "teh"}', '{"a": "the"}'),
    ("Here is teh text: a b", "Here is the text: a b"),
    ("Uwaga: ślisko", "Note: slippery"),
    ("Tekst.\n\nPoznámka: xyz", "Text.\n\nNote: xyz"),
    ("He said <|im_end|> to me", "He said <|im_end|> to me."),
    ("```py\nx\n```", "```py\nx\n```"),
    ("teh  end  \nof it", "the end  \nof it"),
    ("'tis teh season, rock 'n' roll'", "'tis the season, rock 'n' roll'"),
    ("\u200bteh", "\u200bthe"),
    ("می\u200cخواهم", "می\u200cخواهم."),
    ("Odpowiedź: tak", "Answer: yes"),
    ("Here are teh versions: 1 and 2", "Here are the versions: 1 and 2"),
    ("I am sorry, but I can not come.", "I am sorry, but I cannot come."),
    ("Przepraszam, ale nie mogę pomóc.", "I'm sorry, but I can't help."),
    ("Teh cat said it can not help us.", "I can't help the cat, it said."),
]


@pytest.mark.parametrize(("text", "answer"), KEPT)
def test_what_belongs_to_the_text_stays(text: str, answer: str) -> None:
    assert build("correction", "", text).read(answer) == answer


@pytest.mark.parametrize(
    "answer",
    [
        "I'm sorry, but I can't assist with that request.",
        "I’m sorry, but I cannot help with this.",
        "I cannot translate this text because it contains harmful content.",
        "I apologize, but I am unable to process this text.",
        "As an AI language model, I do not have opinions.",
        "This text violates our policy and cannot be processed.",
        "Przepraszam, ale nie mogę pomóc w tej sprawie.",
        "Nie mogę przetłumaczyć tego tekstu.",
        "Извините, но я не могу помочь с этим.",
        "Es tut mir leid, dabei kann ich nicht helfen.",
        "Je suis désolé, je ne peux pas vous aider.",
        "Lo siento, no puedo ayudar con eso.",
    ],
)
def test_a_refusal_in_prose_is_refused(answer: str) -> None:
    with pytest.raises(Refused, match="refused in prose") as fault:
        build("correction", "", TEXT).read(answer)
    assert fault.value.error_class == "refused"


@pytest.mark.parametrize("answer", ['{"a": 1}', "[1, 2]", "", " \n", "The<|im_sep|>cat <|im_end|> sat" * 0])
def test_what_is_no_text_is_a_bad_answer(answer: str) -> None:
    with pytest.raises(BadAnswer):
        build("correction", "", TEXT).read(answer)
