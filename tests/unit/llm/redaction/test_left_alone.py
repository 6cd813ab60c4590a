"""What looks like personal data and is none stays readable for the model."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import isbn

from ai_worker.llm.redaction import redact


@pytest.mark.parametrize(
    "text",
    [
        "Cena 1 234,56 zł, 12 500 000 zł, 1.234.567,89 EUR, $1,234,567.00, 123 456 789 zł, 1 234 567 890 PLN",
        "€ 123.456.789, USD 1 234 567 890, PLN 501234567",
        "501 234 567 zł, 501 234 567,00 PLN, USD 501 234 567, 501 234 567 руб., 501 234 567 ₽, 501234567 грн",
        "8 045 311 447 osób, 146 447 424 человека, 331 449 281 people",
        "Dnia 12.05.2024 o 14:30, 2024-05-12 14:30:00, 05/12/2024, "
        "12.05.2024-15.05.2024, 31.12.1999, 20240512, 05.12.24",
        "2024-05-12T14:30:00Z 2024-05-12T14:30:00.123456+00:00 12:30:45",
        "w latach 1939-1945 i 2000–2024 r., strona 123, § 12 ust. 3 pkt 4, rozdział 1.2.3",
        "Zamówienie 12/2024, FV/2024/05/123, FV/100/09/2003, 123/456/789, 289/100 000",
        "faktura 1234/2024, nr 2024/000123, ZAM-2024-00123, SKU-000123456",
        "ISBN 978-83-240-1234-5, ISBN 83-240-1234-5, 9788324012341, ISBN 0306406152, ISSN 1234-5678",
        "wersja 1.2.3, 10.0.19041.1, v2.7.18, Python 3.11.4, 3.14159265358979",
        "współrzędne 52.2296756, 21.0122287",
        "std::vector<int>::iterator, a::b, ab::cd, ::",
        "przy ulicy Długiej, 02-123, kod 31-001, 00-950 Warszawa",
        "550e8400-e29b-41d4-a716-446655440000 d41d8cd98f00b204e9800998ecf8427e",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        " ".join(map(str, range(1, 40))),
        "10, 20, 30, 40; 5–10 %, 15°C, 100 km/h, 3 000 m n.p.m., 1e10, 0x1F4, #FFEEDD",
        "1732147201, 1732147200000, 1234567890123",
        "@media print, @property\ndef f, #tag",
        "foo@bar, 5szt@10zł, git@host:path, a @ b.pl, {email} {name_1} %s %d",
        "Windows 10, iPhone 15, A4, H2O, COVID-19, F-16, B2B, R2-D2, 4K, UTF-8, ISO 8601, ГОСТ 12345-67",
        "1 500 000 000 рублей, 24 февраля 2022, 2 млн руб.",
        "wynik 3:2, 6-4 7-5 6-3, 1/2, 50/50, 24/7",
        "PII, email_1, [1], (2), arr[0], ⟦…⟧",
        "ABC123457, AB1234567, ABCDEF12G34H567I",
        "telefon kosztował 1500 zł, karta 12 z 40, konto 5 lat, NIP od 2024, PESEL ma 11 cyfr",
        "1.3.6.1.4.1.311, 256.1.1.1, 1.2.3",
    ],
)
def test_traps(text: str) -> None:
    assert redact([text]).texts == (text,)


_YEAR = st.dates(datetime.date(1000, 1, 1), datetime.date(2199, 12, 31))
_DATES = st.one_of(
    _YEAR.map(lambda day: day.strftime("%d.%m.%Y")),
    _YEAR.map(lambda day: day.strftime("%d.%m.%y")),
    _YEAR.map(lambda day: day.strftime("%Y-%m-%d")),
    _YEAR.map(lambda day: day.strftime("%d/%m/%Y")),
    _YEAR.map(lambda day: day.strftime("%Y%m%d")),
    _YEAR.map(lambda day: f"{day.year} r."),
    st.datetimes(datetime.datetime(1900, 1, 1)).map(lambda moment: moment.isoformat(" ", "seconds")),
    st.tuples(_YEAR, _YEAR).map(lambda days: f"{days[0].year}–{days[1].year}"),
    st.tuples(_YEAR, _YEAR).map(lambda days: f"{days[0]:%d.%m.%Y}-{days[1]:%d.%m.%Y}"),
)
_PRICES = st.tuples(
    st.integers(0, 9_999_999_999), st.sampled_from([" zł", " PLN", " €", " руб.", " ₽", " грн", "zł", " USD"])
).flatmap(
    lambda price: st.sampled_from(
        [
            f"{price[0]}{price[1]}",
            f"{price[0]:,}{price[1]}".replace(",", " "),
            f"{price[0]:,},50{price[1]}".replace(",", "\u00a0", 3).replace("\u00a050", ",50"),
        ]
    )
)
_SMALL = st.integers(0, 99_999_999)
_ORDERS = st.one_of(
    st.tuples(st.integers(1, 99999), st.integers(1990, 2030)).map(lambda order: f"{order[0]}/{order[1]}"),
    st.tuples(st.integers(1, 999), st.integers(1, 12), st.integers(1990, 2030)).map(
        lambda order: "FV/{}/{:02}/{}".format(*order)
    ),
    _SMALL.map(str),
    _SMALL.map(lambda number: f"{number:,}".replace(",", " ")),
    st.integers(0, 999_999).map(lambda number: f"{number / 100:.2f} %"),
    st.tuples(st.integers(0, 99), st.integers(0, 999)).map(lambda code: f"{code[0]:02}-{code[1]:03} Kraków"),
    st.text("0123456789", min_size=9, max_size=9)
    .map(lambda body: isbn.format(f"978{body}" + isbn.ean.calc_check_digit(f"978{body}")))
    .filter(lambda number: number.count("-") == 4),
)
_ORDINARY = st.one_of(_DATES, _PRICES, _ORDERS)


@given(
    st.lists(
        st.tuples(st.sampled_from(["Dnia", "kosztuje", "nr", "Около", "about", "— это"]), _ORDINARY),
        min_size=1,
        max_size=4,
    )
)
def test_dates_prices_and_order_numbers_are_left_alone(parts: list[tuple[str, str]]) -> None:
    text = ", ".join(f"{word} {number}" for word, number in parts)
    assert redact([text]).texts == (text,)
