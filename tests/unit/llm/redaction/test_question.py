"""A question without personal data: numeric fields, recognisers of one's own, and what a mismatch names."""

import re
import sys
from pathlib import Path

import pytest
from pydantic import BaseModel

from ai_worker.errors import ConfigurationError
from ai_worker.llm.errors import RedactionMismatch
from ai_worker.llm.redaction import configured, redact, redacting
from ai_worker.llm.redaction.configured import recognisers
from ai_worker.llm.redaction.question import hide
from ai_worker.llm.redaction.typed import loosened, numbers_back
from ai_worker.llm.request import Request
from ai_worker.outbound.errors import BadAnswer
from ai_worker.settings import settings


class Card(BaseModel):
    phone: int
    text: str
    others: list[int] = []


def test_a_numeric_field_gets_its_number_back() -> None:
    hidden = hide(Request(prompt="Tel. 501 234 567, order 17", schema=Card))
    assert hidden.request.schema is None and hidden.request.json_schema is not None
    assert hidden.restore_data(
        {"phone": "⟦PII_PHONE_1⟧", "text": "⟦PII_PHONE_1⟧", "others": ["⟦PII_PHONE_1⟧", 17]}
    ) == Card(phone=501234567, text="501 234 567", others=[501234567, 17])


@pytest.mark.parametrize(
    ("text", "name"),
    [("Hello, \ud800Peter Müller called.", "Müller"), ("我叫李雷\ud800，你好。", "李雷")],
)
def test_names_are_hidden_beside_half_a_character(text: str, name: str) -> None:
    """As JSON may hold one, of a text that was cut in the middle."""
    hidden = hide(Request(prompt=text))
    assert name not in hidden.request.prompt and hidden.restore(hidden.request.prompt) == text


def test_the_same_for_a_json_schema() -> None:
    schema = {
        "type": "object",
        "properties": {"order": {"type": "integer"}, "who": {"type": "string"}},
        "required": ["order"],
    }
    hidden = hide(Request(prompt="PESEL 44051401359", json_schema=schema))
    assert hidden.request.json_schema == loosened(schema) and hidden.request.json_schema["properties"][
        "order"
    ]["type"] == ["integer", "string"]
    assert hidden.restore_data({"order": "⟦PII_PESEL_1⟧", "who": "⟦PII_PESEL_1⟧"}) == {
        "order": 44051401359,
        "who": "44051401359",
    }
    with pytest.raises(BadAnswer, match="does not fit"):
        hidden.restore_data({"order": "unknown"})


def test_a_schema_without_hidden_numbers_stays() -> None:
    hidden = hide(Request(prompt="Pisze Jan Kowalski", schema=Card))
    assert hidden.request.schema is Card


def test_references_are_followed() -> None:
    schema = {
        "$defs": {"n": {"type": "integer"}},
        "anyOf": [{"type": "object", "properties": {"a": {"$ref": "#/$defs/n"}}}],
    }
    assert numbers_back({"a": "12 345", "b": "12 345"}, schema) == {"a": 12345, "b": "12 345"}


def test_a_mismatch_names_its_placeholders() -> None:
    hidden = hide(Request(prompt="x", must_return="Pisze Jan Kowalski, tel. 501 234 567"))
    with pytest.raises(RedactionMismatch) as caught:
        hidden.restore("⟦PII_NAME_1⟧ ⟦PII_NAME_1⟧ ⟦PII_NAME_7⟧")
    assert (caught.value.lost, caught.value.repeated, caught.value.invented) == (
        ("⟦PII_PHONE_1⟧",),
        ("⟦PII_NAME_1⟧",),
        ("⟦PII_NAME_7⟧",),
    )


def _set(monkeypatch: pytest.MonkeyPatch, **changed: object) -> None:
    current = settings().model_copy(update=changed)
    monkeypatch.setattr(configured, "settings", lambda: current)


OWN = """
from ai_worker.llm.redaction import Span

class Badges:
    def find(self, text):
        start = text.find("BADGE")
        return [Span(start, start + 7, "BADGE")] if start >= 0 else []
"""


def test_recognisers_of_ones_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "own_badges.py").write_text(OWN, encoding="utf-8")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    _set(monkeypatch, recognisers=["own_badges:Badges"])
    configured.recognisers.cache_clear()
    try:
        assert hide(Request(prompt="my BADGE77 is lost")).request.prompt == "my ⟦PII_BADGE_1⟧ is lost"
    finally:
        configured.recognisers.cache_clear()


@pytest.mark.parametrize("entry", ["no_such_module:X", "json:nothing", "json:dumps"])
def test_a_wrong_entry_is_named(entry: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _set(monkeypatch, recognisers=[entry])
    configured.recognisers.cache_clear()
    try:
        with pytest.raises(ConfigurationError, match="RECOGNISERS"):
            configured.recognisers()
        assert "RECOGNISERS" in (configured.check_recognisers() or "")
    finally:
        configured.recognisers.cache_clear()


def test_a_missing_names_file_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    _set(monkeypatch, redact_names_file="none.txt")
    configured.recognisers.cache_clear()
    try:
        assert "REDACT_NAMES_FILE" in (configured.check_recognisers() or "")
    finally:
        configured.recognisers.cache_clear()


FRAME = (
    "Source language: pl\nCode: abcdefabcdefabcd\n\nList: {}\n\n"
    "<text-abcdefabcdefabcd>\n{}\n</text-abcdefabcdefabcd>"
)


@pytest.mark.parametrize(
    "text",
    [
        "Dziękuję, zgadzam się. Kowalska",
        "pisze jan kowalski w sprawie umowy",
        "Anna\nPoniedziałek",
        "x",
        " tel. 501 234 567 ",
    ],
)
def test_a_text_is_read_as_if_it_stood_alone(text: str) -> None:
    """Whatever surrounds it in the prompt, and whatever language that is in."""
    prompt = FRAME.format("Call Maria Nowak on 601 234 567.", text)
    hidden = hide(Request(prompt=prompt, must_return=text, code="abcdefabcdefabcd"))
    alone = redact(["Maria Nowak 601 234 567", text], recognisers()).texts[1]
    assert FRAME.partition("{")[0] in hidden.request.prompt, "the frame keeps its code"
    assert "Nowak" not in hidden.request.prompt and "601" not in hidden.request.prompt
    inside = hidden.request.prompt.partition("abcd>\n")[2].rpartition("\n</text")[0]
    assert _bare(inside) == _bare(alone)
    assert hidden.restore(inside) == text


def _bare(text: str) -> str:
    """The text with all placeholders of a kind alike: their numbers count those around it, too."""
    return re.sub(r"_[0-9]+[B-Z]?⟧", "⟧", text)


def test_what_stands_around_texts_is_read_once() -> None:
    hide(Request(prompt=FRAME.format("", "a"), must_return="a", code="abcdefabcdefabcd"))
    before = redacting._recognised.cache_info().misses
    for number in range(20):
        code = "".join("abcdef"[(number + place) % 6] for place in range(16))
        prompt = FRAME.format("", f"Text {number} of Jan Kowalski").replace("abcdefabcdefabcd", code)
        hide(Request(prompt=prompt, must_return=f"Text {number} of Jan Kowalski", code=code))
    assert redacting._recognised.cache_info().misses == before


def test_a_line_that_is_the_text_itself_is_hidden_wherever_it_stands() -> None:
    text = "Jan Kowalski"
    hidden = hide(Request(prompt=FRAME.format(f"\n{text}\n", text), must_return=text))
    assert "Kowalski" not in hidden.request.prompt
    assert hidden.restore("⟦PII_NAME_1⟧") == text
