"""Restoring what was redacted gives the texts back, whatever they hold: look-alikes of placeholders,
braces, NUL, emoji, right-to-left."""

from hypothesis import example, given
from hypothesis import strategies as st

from ai_worker.llm.redaction import DEFAULT_RECOGNISERS, NameList, redact

_LOOKALIKES = (
    "⟦",
    "⟧",
    "⟦PII_EMAIL_1⟧",
    "⟦PII_TEXT_1⟧",
    "⟦…⟧",
    "…",
    "PII",
    "PII_",
    "pii_email_1",
    "PII EMAIL 1",
    "PII\\_EMAIL\\_1",
    "_",
    "\\",
)
_DATA = ("a@b.pl", "501 234 567", "44051401359", "jan", "JAN KOWALSKI", "1", " ")
_ODD = ("{", "}", "{name}", "%s", "\x00", "👩\u200d👩\u200d👧", "\u202eשלום", "مرحبا", "\n", "x")
_PIECES = st.sampled_from(_LOOKALIKES + _DATA + _ODD)
TEXTS = st.one_of(st.text(), st.lists(_PIECES, max_size=30).map("".join))
RECOGNISERS = (*DEFAULT_RECOGNISERS, NameList(["Jan", "Jan Kowalski"]))


@given(st.lists(TEXTS, max_size=3))
@example(["⟦PII_EMAIL_1⟧ a@b.pl"])
@example(["a@b.plPII_EMAIL_1⟧", "⟦a@b.pl⟧"])
@example(["⟦⟦…⟧⟦…⟧⟧"])
def test_any_texts_come_back(texts: list[str]) -> None:
    redacted = redact(texts, RECOGNISERS)
    assert [redacted.restore(text, required=text) for text in redacted.texts] == texts


@given(TEXTS)
def test_only_exact_placeholders_of_ours_are_left(text: str) -> None:
    redacted = redact([text], RECOGNISERS)
    rest = redacted.texts[0]
    for placeholder in redacted.placeholders:
        rest = rest.replace(placeholder, "")
    rest = rest.replace("⟦…⟧", "")
    assert "⟦" not in rest
    assert "⟧" not in rest


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS,
        lambda inner: st.lists(inner, max_size=3),
    )
)
def test_any_data_comes_back_but_for_numbers_that_became_text(data: object) -> None:
    redacted = redact([], RECOGNISERS, data=data)
    assert _as_text(redacted.restore_data(redacted.data)) == _as_text(data)


@given(TEXTS, TEXTS)
def test_the_same_request_is_redacted_the_same_way(first: str, second: str) -> None:
    assert redact([first, second], RECOGNISERS).texts == redact([first, second], RECOGNISERS).texts


def _as_text(value: object) -> object:
    if isinstance(value, list):
        return [_as_text(item) for item in value]
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value
