"""Disguised data is found on a normalised copy and hidden in the original; what surrounds it stays."""

import sys
import unicodedata

import pytest

from ai_worker.llm.redaction import redact
from ai_worker.llm.redaction.normal import normal


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Biuro: 22 123 45 67, tel. 123 45 67", "Biuro: ⟦PII_PHONE_1⟧, tel. ⟦PII_PHONE_2⟧"),
        ("PESEL 44051401359, kom. 501 234 567", "PESEL ⟦PII_PESEL_1⟧, kom. ⟦PII_PHONE_1⟧"),
        ("REGON 123456785, NIP 526-000-12-46", "REGON ⟦PII_REGON_1⟧, NIP ⟦PII_NIP_1⟧"),
        ("tel. ５０１　２３４　５６７", "tel. ⟦PII_PHONE_1⟧"),
        ("tel. ٥٠١ ٢٣٤ ٥٦٧", "tel. ⟦PII_PHONE_1⟧"),
        (
            "mail ola＠firma.pl, ola%40firma.pl, ola&#64;firma.pl, ola\\u0040firma.pl",
            "mail " + ", ".join(f"⟦PII_EMAIL_{n}⟧" for n in (1, 2, 3, 4)),
        ),
        ("tel. 501\u200b234\u200b567", "tel. ⟦PII_PHONE_1⟧"),
        ("<b>Jan&nbsp;Kowalski</b>", "<b>⟦PII_NAME_1⟧</b>"),
        ("tel. 501<b>234</b>567", "tel. ⟦PII_PHONE_1⟧"),
        ("Kontakt: ola (at) firma.pl", "Kontakt: ⟦PII_EMAIL_1⟧"),
        ("hasło: Burek2019!", "hasło: ⟦PII_SECRET_1⟧"),
    ],
)
def test_disguised(text: str, expected: str) -> None:
    redacted = redact([text])
    assert redacted.texts == (expected,)
    assert redacted.restore(redacted.texts[0], required=redacted.texts[0]) == text


@pytest.mark.parametrize(
    "text", ["", "a&b; 100% of <x", "\u200b\u200b", "<b></b>", "&nbsp;", "x\u0301" * 5, "\\u0041\\u12"]
)
def test_every_place_of_the_copy_lies_in_the_original(text: str) -> None:
    copy = normal(text)
    for place in range(len(copy.text)):
        start, end = copy.original(place, place + 1)
        assert 0 <= start < end <= len(text)


@pytest.mark.parametrize(
    "text",
    [
        "::1, 127.0.0.1, 192.0.2.7, 2001:db8::7, version 1.2.3.4",
        "zamówienie 123456789, order 501234567, ISBN 978-83-240-1234-5",
        '<img src="/img/2023/501234567.png" width="1200">',
        "`501 234 567`, https://example.com/a/501234567, /var/log/501234567.log",
        "299 792 458 m/s, 6,62607015e-34, 180 ms. Bei 500 Anfragen",
    ],
)
def test_things_keep_their_numbers(text: str) -> None:
    assert redact([text]).texts == (text,)


def test_a_loopback_address_does_not_hide_every_1() -> None:
    assert redact(["listen on ::1", "1 of 1"]).texts == ("listen on ::1", "1 of 1")


def test_forms_of_a_name_are_one_person() -> None:
    redacted = redact(["Jan Kowalski pisze. Nie ma Jana Kowalskiego."])
    assert redacted.texts == ("⟦PII_NAME_1⟧ pisze. Nie ma ⟦PII_NAME_1B⟧.",)


def test_a_long_text_yields_and_finds_what_a_cut_runs_through() -> None:
    text = "Zwykłe zdanie bez danych osobowych. " * 400
    letter = f"{text}Nazywam się Jan Kowalski, tel. 501 234 567. {text}"
    redacted = redact([letter])
    assert "Kowalski" not in redacted.texts[0] and "501" not in redacted.texts[0]
    assert redacted.restore(redacted.texts[0]) == letter


def test_the_digits_of_every_script_are_known() -> None:
    unknown = [code for code in range(0x20000, sys.maxunicode + 1) if unicodedata.category(chr(code)) == "Nd"]
    assert unknown == []
