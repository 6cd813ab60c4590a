"""One function reads the text of whatever response was stored."""

import pytest

from ai_worker.llm.response_text import text_of

CHAT = {
    "id": "x",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "chat"}}],
    "usage": {},
}
GEMINI = {
    "candidates": [
        {
            "content": {
                "role": "model",
                "parts": [{"text": "hm", "thought": True}, {"text": "gem"}, {"text": "ini"}],
            }
        }
    ]
}
RESPONSES = {
    "output": [
        {"type": "reasoning", "summary": []},
        {"type": "message", "content": [{"type": "output_text", "text": "new"}]},
    ]
}


@pytest.mark.parametrize(
    ("response", "text"),
    [
        ("plain", "plain"),
        ("", ""),
        ({"model": "m", "response": "seed", "usage": {"prompt_tokens": 1}}, "seed"),
        ({"response": ""}, ""),
        ({"error": {"message": "boom"}}, ""),
        ({"error": "boom", "message": "the model is not there"}, ""),
        ({"error": None, "message": "an answer"}, "an answer"),
        ({"detail": "not found"}, ""),
        ({"choices": [{"message": {"content": None, "reasoning_content": "hm"}}]}, ""),
        ({"text": "t"}, "t"),
        ({"answer": "a"}, "a"),
        ({"content": "c"}, "c"),
        ({"content": [{"type": "text", "text": "Clau"}, {"type": "text", "text": "de"}]}, "Claude"),
        ({"output": "o"}, "o"),
        ({"output": ["to", "kens"]}, "tokens"),
        ({"message": {"role": "assistant", "content": "ollama"}, "done": True}, "ollama"),
        ({"result": {"response": "nested"}}, "nested"),
        ({"data": {"text": "deep"}}, "deep"),
        ({"response": CHAT}, "chat"),
        (CHAT, "chat"),
        (GEMINI, "gemini"),
        (RESPONSES, "new"),
        ([{"generated_text": "hugging"}], "hugging"),
        ([{"choices": [{"text": "old form"}]}], "old form"),
        ({"response": "first", "text": "second", "message": "third"}, "first"),
        ({"response": None, "text": "second"}, "second"),
        ({"status": "ok", "number": 3}, ""),
        (None, ""),
        (5, ""),
        ([], ""),
        ({"choices": []}, ""),
    ],
)
def test_the_text_is_found(response: object, text: str) -> None:
    assert text_of(response) == text


def test_endless_nesting_ends() -> None:
    nested: dict[str, object] = {}
    nested["response"] = nested
    assert text_of(nested) == ""
