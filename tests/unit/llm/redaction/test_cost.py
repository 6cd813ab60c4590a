"""Time grows with the length of a text, never with its square, whatever it is made of.

Each text is measured at one length and at four times that length: linear work takes four times as long,
quadratic work sixteen times.
"""

import time

import pytest

from ai_worker.llm.redaction import DEFAULT_RECOGNISERS, NameList, redact

SHORT = 5_000
RECOGNISERS = (*DEFAULT_RECOGNISERS, NameList(["a a a a", "Jan Kowalski"]))
TEXTS = {
    "digits": "1",
    "single digits": "1 ",
    "groups": "123 ",
    "zeros": "012 ",
    "dotted": "1.",
    "dashed": "1-",
    "wide gaps": "1---",
    "plus": "+1 2 3 4 5 6 7 8 ",
    "at signs": "@",
    "short addresses": "a@",
    "quotes": '"@',
    "domains": "@a.",
    "colons": ":",
    "hexadecimal": "1:ab",
    "capitals": "A1",
    "heads of accounts": "PL61 ",
    "capital letters": "A",
    "letters": "a",
    "names": "a ",
    "brackets": "⟦",
    "prefixes": "PII ",
    "Polish prose": "Zażółć gęślą jaźń, w 2024 r. 12 osób. ",
    "Russian prose": "Съешь ещё этих булок в 12:30, 5 мая. ",
    "cards": "4111 1111 1111 1111 ",
    "labels": "tel. 12-34-56 ",
    "addresses": "u1@x.pl ",
}


@pytest.mark.parametrize("piece", TEXTS.values(), ids=TEXTS)
def test_four_times_the_text_takes_about_four_times_as_long(piece: str) -> None:
    redact(["44051401359"], RECOGNISERS)
    short, long = _seconds(piece, SHORT), _seconds(piece, 4 * SHORT)
    assert long < 10 * short + 0.01


def _seconds(piece: str, length: int) -> float:
    """The best of three of the processor's time: neighbours on the machine do not count."""
    text = (piece * (length // len(piece) + 1))[: length - 1] + "@"
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        redact([text], RECOGNISERS)
        best = min(best, time.process_time() - start)
    return best
