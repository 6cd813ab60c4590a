"""Numbers that no rule knows are weighed by how they are written and what stands around them."""

from itertools import pairwise

import pytest

from ai_worker.llm.redaction import redact, spans_of
from ai_worker.llm.redaction.language import language_of
from ai_worker.llm.redaction.recognisers.digits.weighing.candidates import candidates
from ai_worker.llm.redaction.recognisers.digits.weighing.places import Places
from ai_worker.llm.redaction.recognisers.digits.weighing.shapes import shape_of
from ai_worker.llm.redaction.recognisers.digits.weighing.weighed import KINDS, Weighing
from ai_worker.llm.redaction.spans import Span
from devtools.redaction.numbers.ordinary import ordinary_texts


class Found:
    def __init__(self, *spans: Span) -> None:
        self.spans = spans

    def find(self, text: str) -> tuple[Span, ...]:
        return self.spans


def _candidates(text: str) -> list[str]:
    return [text[found.start : found.end] for found in candidates(text, language_of(text))]


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("Mr Osgood's library card is 2204 7118, please renew it", "2204 7118"),
        ("Her Medicare card reads 2951 70443 1, expiry next June. Thanks, Moira Tench", "2951 70443 1"),
        ("Passenger Ottoline Breck, Known Traveller Number TT118204X", "TT118204X"),
        ("Name: Rory Quill\nForces service number: 30217744\nUnit: stores", "30217744"),
        ("Frau Hedda Brandis, Krankenkasse-Nr. K 552 018 443", "K 552 018 443"),
        ("Der Angelschein von Ottokar Riese hat die Nummer FS-2044-917.", "FS-2044-917"),
        ("paní Ludmila Hájková, číslo pojištěnce 5562 118 204", "5562 118 204"),
        ("Посвідка на проживання Іветти Шандор № 9001 18204", "9001 18204"),
        ("Пенсионное удостоверение Агафьи Тюриной: 118-204-7", "118-204-7"),
        ("Pani Walentyna Rzepka, legitymacja emerycka nr EMR 2204711", "EMR 2204711"),
        ("学生证号20447118,持证人宋小舟", "20447118"),
    ],
)
def test_a_number_of_a_person_is_hidden_by_its_surroundings(text: str, hidden: str) -> None:
    start = text.index(hidden)
    covered = {place for span in spans_of(text) for place in range(span.start, span.end)}
    assert covered.issuperset(start + place for place, sign in enumerate(hidden) if sign.isalnum())


@pytest.mark.parametrize(
    "text",
    [
        "The warehouse ships pallet 2204 7118 on Monday, batch 8842.",
        "Version 4.18.2207 fixes 118 faults; see change 20447 and commit 9f3e2a7c.",
        "Der Fahrplan 2025 gilt ab dem 14.12.2025; Zug 1187 hält in Fulda.",
        "Podle vyhlášky č. 204/2018 Sb. se mění příloha 7, tabulka 1187.",
        "Матч закінчився 3:1, глядачів 20 447, сезон 2023/2024.",
        "Заседание состоится 14 марта 2025 года, протокол № 118/20.",
        "Średnica 1187 mm, masa 2044 kg, norma PN-EN 10204.",
        "本次会议于2025年3月14日召开,文件编号2044,页码118。",
        "Two hundred and forty-five people walked three or four miles.",
    ],
)
def test_a_number_of_a_thing_stays(text: str) -> None:
    assert redact([text]).texts == (text,)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Ring Ottoline Breck's landline, it is 0117 496 0022 in the evening", "PHONE"),
        ("Hedda Brandis, née Olsen, 14 March 1951, widow, of this parish", "BIRTH"),
    ],
)
def test_the_placeholder_says_what_it_is(text: str, kind: str) -> None:
    assert f"⟦PII_{kind}_1⟧" in redact([text]).texts[0]


def test_kinds_fit_into_placeholders() -> None:
    assert all(kind.isalpha() and kind.isupper() and len(kind) < 16 for kind in KINDS)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("am 3. Juni 1951 oder 03.06.1951", ["3. Juni 1951", "03.06.1951"]),
        ("plate LK21 WXM and KA-JF 208", ["LK21 WXM", "KA-JF 208"]),
        ("PIN 118204, DOB 30 Jan 1992", ["118204", "30 Jan 1992"]),
        ("12 500 zł, 118 kg, 20 447 Kč", []),
        ("call (0117) 496 0022, or +44 117 496 0022", ["(0117) 496 0022", "+44 117 496 0022"]),
        ("my password: Kestrel-Moor-58!", ["Kestrel-Moor-58!"]),
        ("the charset utf8mb4 and http2", []),
        ("she was born on the third of June, nineteen fifty-one", ["third of June, nineteen fifty-one"]),
        ("you can ring her on oh one one seven, four nine six", ["oh one one seven, four nine six"]),
        ("two or three", []),
        (
            "生于一九五一年六月三日,电话一三九零二一八四零四二",
            ["一九五一年六月三日", "一三九零二一八四零四二"],
        ),
    ],
)
def test_candidates(text: str, expected: list[str]) -> None:
    assert _candidates(text) == expected


def test_candidates_do_not_overlap_and_are_in_order() -> None:
    text = "1-2-3 " * 40 + "AB 12 CD 34 № 56 (78) 3 May 1951 4471# x9!y8 İ one two three four"
    found = list(candidates(text, "en"))
    assert all(first.end <= second.start for first, second in pairwise(found))


def test_a_text_without_numbers_has_no_candidates() -> None:
    assert _candidates("Dear Ottoline, come when you like. Yours, Hedda") == []


@pytest.mark.parametrize(
    ("number", "facts"),
    [
        ("4111111111111111", {"luhn"}),
        ("9780306406157", {"isbn", "ean"}),
        ("510603", {"d0"}),
        ("3 May 1951", {"old"}),
        ("31.02.2011", {"day", "noday"}),
    ],
)
def test_shapes_know_checks_and_dates(number: str, facts: set[str]) -> None:
    (found,) = candidates(number, "en")
    assert facts <= set(shape_of(number, found, "en").facts)


def test_the_head_of_a_column_is_found_from_every_row() -> None:
    text = "Name\tBadge\tRoom\nBreck\t20447\t3\nOlsen\t20448\t4"
    places = Places(text, [])
    assert {places.column_head(text.index(number)) for number in ("20447", "20448")} == {"Badge"}
    assert Places("Badge 20447", []).column_head(6) is None


def test_what_rules_find_stays_found_and_is_not_weighed_again() -> None:
    text = "Ottoline Breck, passport 118204477"
    whole = Span(25, 34, "OWN")
    assert list(Weighing(Found(whole)).find(text)) == [whole]


def test_letters_of_a_country_before_a_number_that_a_rule_found_stay() -> None:
    places = Places("PL5260001246", [Span(2, 12, "NIP")])
    assert places.is_hidden(0, 12)
    assert not Places("K5260001246", [Span(1, 11, "NIP")]).is_hidden(0, 11)


def test_ordinary_texts_for_learning_are_the_same_each_time_and_stay_whole() -> None:
    texts = list(ordinary_texts())
    assert texts == list(ordinary_texts()) and len(set(texts)) > 1000
    hidden = [text for text in texts[::4] if any(span.kind in KINDS for span in weighed_alone(text))]
    assert hidden == []


def weighed_alone(text: str) -> list[Span]:
    return list(Weighing().find(text))
