import json

import pytest
from hypothesis import given

from ai_worker.pipelines.corrections.warnings.checks import Work, warnings
from tests.unit.corrections.texts import TEXTS

CORRECTION = Work("correction")


def _translation(source: str, target: str, glossary: dict[str, str] | None = None) -> Work:
    return Work("translation", source, target, json.dumps(glossary) if glossary else None)


EN_PL = _translation("en", "pl")
PL_EN = _translation("pl", "en")

SEEN = [
    (
        EN_PL,
        "It costs 1,250.50 PLN for 12 items.",
        "Kosztuje 1250,50 PLN za 21 sztuk.",
        "number",
        "missing: 12; added: 21",
    ),
    (EN_PL, "Call within 14 days.", "Zadzwoń w ciągu kilku dni.", "number", "missing: 14"),
    (
        EN_PL,
        "There were five cats in the house.",
        "W domu było sześć kotów tego dnia.",
        "number",
        "missing: 5; added: 6",
    ),
    (
        EN_PL,
        "We are open on Monday.",
        "Otwarte jest we wtorek i wtorku.",
        "date",
        "missing: Monday; added: wtorek, wtorku",
    ),
    (EN_PL, "It ends in January 2024.", "Kończy się w lutym 2024.", "date", "missing: January; added: lutym"),
    (EN_PL, "It weighs 5 kg now.", "Teraz waży 5 g.", "unit", "missing: kg; added: g"),
    (EN_PL, "It costs $5 now.", "Teraz kosztuje 5 €.", "unit", "missing: USD; added: EUR"),
    (
        EN_PL,
        "Write to Kowalski about it.",
        "Napisz w tej sprawie do pana Kovalski.",
        "name",
        "Kowalski → Kovalski",
    ),
    (EN_PL, "Order part AB-1234 now.", "Zamów część teraz.", "name", "AB-1234 missing"),
    (
        EN_PL,
        "See example.com for more.",
        "Więcej na example.org.",
        "address",
        "missing: example.com; added: example.org",
    ),
    (EN_PL, "Ask @anna_k about it.", "Zapytaj o to @ania_k.", "address", "missing: @anna_k; added: @ania_k"),
    (
        EN_PL,
        "The cat is in the garden.",
        "The cat is in the garden.",
        "unchanged",
        "the answer is the text itself",
    ),
    (
        EN_PL,
        "Kot jest w ogrodzie.",
        "Der Kater ist nicht in dem Garten und das ist gut.",
        "language",
        "seems to be in de",
    ),
    (EN_PL, "The cat is in the garden.", "Кот сейчас сидит в саду.", "language", "Cyrillic letters"),
    (
        CORRECTION,
        "Teh cat is in the garden and it is not well.",
        "Kot nie jest w ogrodzie i się źle czuje, ale do jutra mu przejdzie.",
        "language",
        "seems to be in pl, not in en",
    ),
    (
        EN_PL,
        "The weather was quite good on that day, and we walked.",
        "Ładnie.",
        "length",
        "7 characters for 54",
    ),
    (
        CORRECTION,
        "Teh weather was good on that day.",
        "The weather was good on that day. It was so good that we all went for a very long walk.",
        "length",
        "characters for 33",
    ),
    (
        _translation("en", "pl", {"invoice": "faktura"}),
        "Send the invoices.",
        "Proszę wysłać rachunki.",
        "glossary",
        "not found: invoice = faktura",
    ),
    (
        EN_PL,
        "The cat sat on the mat.",
        "Kot siedział na macie. Kot siedział na macie. Kot siedział na macie.",
        "repeated",
        "kot siedział na macie",
    ),
    (
        CORRECTION,
        "Teh end is near",
        "The end is near near near near near near near near near near",
        "repeated",
        "near",
    ),
    (EN_PL, "I like autumn.", "Lubi\\u0119 jesie\\u0144.", "escape", "\\u0119, \\u0144"),
    (EN_PL, "I like autumn.", "LubiÄ\x99 jesieÅ\x84 i zimÃ³wki.", "escape", "Ã"),
]


@pytest.mark.parametrize(("work", "source", "answer", "code", "detail"), SEEN)
def test_what_a_reviewer_must_see(work: Work, source: str, answer: str, code: str, detail: str) -> None:
    found = {remark.code: remark.detail for remark in warnings(work, source, answer)}
    assert code in found, found
    assert detail in found[code]


QUIET = [
    (EN_PL, "It costs 1,250.50 PLN for 12 items.", "Kosztuje 1 250,50 zł za dwanaście sztuk."),
    (EN_PL, "Meet me at 12:30 on 5 May 2024, Monday.", "Spotkajmy się o 12.30 w poniedziałek 5 maja 2024."),
    (EN_PL, "It weighs 5 kg and costs $7.", "Waży 5 kg i kosztuje 7 USD."),
    (EN_PL, "Write to Anna Kowalska in Warsaw.", "Napisz do Anny Kowalskiej w Warszawie."),
    (
        EN_PL,
        "See https://example.com/a?b=c and mail ala@example.com.",
        "Zob. https://example.com/a?b=c i ala@example.com.",
    ),
    (EN_PL, "OK", "OK"),
    (EN_PL, "Wi-Fi", "Wi-Fi"),
    (PL_EN, "Kot jest w ogrodzie.", "The cat is in the garden."),
    (_translation("ru", "en"), "Кот сейчас сидит в саду.", "The cat is in the garden now."),
    (
        _translation("en", "zh"),
        "The cat is sitting in the garden now, and it is well.",
        "猫现在坐在花园里，它很好。",
    ),
    (_translation("en", "ja"), "The invoice is due in 14 days.", "請求書の支払期限は14日です。"),
    (
        _translation("en", "pl", {"dog": "pies", "invoice": "faktura"}),
        "Dogs and invoices",
        "Psy i faktury, dla psa i pies",
    ),
    (
        _translation("de", "en", {"Rechnung": "invoice"}),
        "Die Rechnungen liegen bei.",
        "The invoices are enclosed.",
    ),
    (CORRECTION, "Teh cat is in the garden, isn't it?", "The cat is in the garden, isn't it?"),
    (CORRECTION, "he do not know about 3 fields , he say", "He does not know about 3 fields, he says."),
    (CORRECTION, "very very very very good", "very very very very good!"),
]


@pytest.mark.parametrize(("work", "source", "answer"), QUIET)
def test_a_right_answer_is_not_warned_of(work: Work, source: str, answer: str) -> None:
    assert warnings(work, source, answer) == []


@given(TEXTS)
def test_an_untouched_text_is_not_warned_of(text: str) -> None:
    assert warnings(CORRECTION, text, text) == []


@given(TEXTS, TEXTS)
def test_any_texts_can_be_compared(source: str, answer: str) -> None:
    for work in (CORRECTION, EN_PL):
        assert all(remark.code and remark.detail for remark in warnings(work, source, answer))
