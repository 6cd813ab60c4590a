"""Texts of every kind for property tests, and pairs as a correction makes them."""

from hypothesis import strategies as st

_WORDS = [
    "teh",
    "the",
    "a lot",
    "alot",
    "go",
    "goes",
    "don't",
    "дом",
    "домов",
    "не",
    "zażółć",
    "gęślą",
    "日本語",
    "שלום",
    "مرحبا",
    "12",
    "1,5",
]
_ODD = [
    "e\u0301",
    "👩\u200d👩\u200d👧\u200d👦",
    "🇵🇱",
    "1\ufe0f\u20e3",
    "\u0301",
    "\u200d",
    "\x00",
    "<b>",
    "{x}",
    "⟦PII_EMAIL_1⟧",
]
_BETWEEN = ["\r\n", "\n", "\r", "\t", " ", "  ", "\u00a0", ".", ",", "!", "。"]

PIECES = st.sampled_from(_WORDS + _ODD + _BETWEEN)
TEXTS = st.one_of(
    st.text(), st.lists(PIECES, max_size=40).map("".join), st.lists(PIECES, max_size=40).map(" ".join)
)


@st.composite
def corrections(draw: st.DrawFn) -> tuple[str, str]:
    """A text, and the same one with some of its pieces replaced, dropped, doubled or swapped."""
    pieces = draw(st.lists(PIECES, max_size=30))
    corrected = list(pieces)
    for _ in range(draw(st.integers(0, 6))):
        place = draw(st.integers(0, len(corrected)))
        corrected[place : place + draw(st.integers(0, 3))] = draw(st.lists(PIECES, max_size=3))
    joint = draw(st.sampled_from(["", " "]))
    return joint.join(pieces), joint.join(corrected)


PAIRS = st.one_of(corrections(), st.tuples(TEXTS, TEXTS))
