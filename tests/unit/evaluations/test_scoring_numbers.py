import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ai_worker.pipelines.evaluations.scoring.reading.numbers import UnknownFormat, decimal_mark, whole_number
from ai_worker.pipelines.evaluations.scoring.reading.one_number import only_number

SURE = [
    ("42", "42"), ("**42**", "42"), ("3.14.", "3.14"), ("−5", "-5"), ("+7", "7"), (".5", "0.5"),
    ("$1,234.50", "1234.50"),
    ("-$5", "-5"), ("5 USD", "5"), ("50 %", "50"), ("1.234,5", "1234.5"), ("1 234,5", "1234.5"),
    ("1'000", "1000"),
    ("1\u00a0234\u202f567", "1234567"), ("1_000", "1000"), ("1,000,000", "1000000"), ("1.000.000", "1000000"),
    ("0,125", "0.125"), ("0.125", "0.125"), ("3,14", "3.14"), ("1e5", "1e5"), ("6.02e-23", "6.02e-23"),
    ("٣", "3"),
    ("1.234", "1.234"), ("9{,}500", "9500"), ("$9{,}500$", "9500"), ("9\\,500", "9500"),
    ("\\boxed{42}", "42"), ("= 5", "5"),
]  # fmt: skip


@pytest.mark.parametrize(("written", "value"), SURE)
def test_a_text_that_is_one_number(written: str, value: str) -> None:
    assert whole_number(written).sure == Decimal(value)


@pytest.mark.parametrize(
    ("written", "possible"),
    [
        ("1,234", ["1234", "1.234"]),
        ("1.234", ["1234", "1.234"]),
        ("5!", ["5", "120"]),
        ("- 5", ["5", "-5"]),
        ("5%", ["5", "0.05"]),
        ("42", ["42"]),
    ],
)
def test_every_value_that_a_number_may_have(written: str, possible: list[str]) -> None:
    assert whole_number(written).possible == frozenset(map(Decimal, possible))


@pytest.mark.parametrize("written", ["1,234", "5!", "- 5"])
def test_no_value_is_sure_where_two_are_as_likely(written: str) -> None:
    assert whole_number(written).sure is None


@pytest.mark.parametrize(
    ("written", "number_format", "value"),
    [
        ("1,234", "1,234.5", "1234"), ("1,234", "1.234,5", "1.234"), ("1,234", "1 234,5", "1.234"),
        ("1,234", "1234,5", "1.234"),
        ("1,234", "en", "1234"), ("1,234", "ru", "1.234"), ("1,234", "de-DE", "1.234"),
        ("1.234", "1.234,5", "1234"),
        ("1.234", "1,234.5", "1.234"), ("1.234", "1'234.5", "1.234"), ("1.234,5", "en", "1234.5"),
        ("3,14", "en", "3.14"),
        ("9{,}500", "ru", "9.5"), ("9{,}500", "en", "9500"),
    ],
)  # fmt: skip
def test_the_task_says_how_its_numbers_are_written(written: str, number_format: str, value: str) -> None:
    assert whole_number(written, decimal_mark(number_format)).sure == Decimal(value)


@pytest.mark.parametrize("number_format", ["1,234,5", "english", "x", "1234"])
def test_a_format_that_is_none_is_named(number_format: str) -> None:
    with pytest.raises(UnknownFormat, match="number_format"):
        decimal_mark(number_format)
    assert decimal_mark(None) is None and decimal_mark("") is None


@pytest.mark.parametrize(
    "written",
    [
        "1.2.3",
        "1,23,4",
        "5 km",
        "three",
        "",
        "1e9999",
        ">5",
        "√5",
        "±5",
        "5+",
        "~5",
        "#5",
        "5²",
        "!5",
        "5/2",
        "(1,2)",
    ],
)
def test_what_is_no_number(written: str) -> None:
    assert not whole_number(written)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("$5", "5 €", False), ("$5", "5", True), ("$5", "5 dollars", True), ("5%", "5", True),
        ("5%", "0.05", None), ("5%", "5‰", False),
        ("1,000", "1", None), ("1,000", "1000", None), ("1,000", "7", False), ("1.234", "1234", None),
        ("1.234", "1,234", None),
        ("5", "5!", None), ("120", "5!", None), ("7", "5!", False), ("5", "5.0", True),
    ],
)  # fmt: skip
def test_equal_numbers(one: str, other: str, same: bool | None) -> None:
    assert whole_number(one).equals(whole_number(other)) is same
    assert whole_number(other).equals(whole_number(one)) is same


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("The answer is 3.14.", "3.14"), ("5km", "5"), ("pi≈3.14", "3.14"), ("ровно 12,5 кг", "12.5"),
        ("gpt-4o says 7", "7"),
        ("5 million", "5e6"), ("5 тыс. рублей", "5000"), ("2 mln", "2e6"), ("x = 5", "5"), ("Ответ — 5", "5"),
        ("it is -5", "-5"),
        ("5 m", "5"), ("$5 a day", "5"), ("5 - as I said", "5"), ("\\boxed{5}", "5"),
        ("9{,}500 people", "9500"), ("5%", "5"),
    ],
)  # fmt: skip
def test_the_one_number_in_a_text(written: str, value: str) -> None:
    assert only_number(written).sure == Decimal(value)


@pytest.mark.parametrize(
    "written",
    [
        "GPT4", "gpt-4o", "3-5", "2020-05-01", "either 2 or 3", "10x20", "none", "5 ± 1", "5!", "√5",
        "more than 5", "at least 5",
        "не менее 5", "not 5", "не 5", "> 5", "≥5", "5+", "5k", "2π", "2x", "x + 5", "5 + x", "x - 5", "5²",
        "f(5)", "!5", "5/x", "3½",
        "5 trillion", "a dozen of 5 dozen",
    ],
)  # fmt: skip
def test_no_number_or_several_or_one_that_is_not_meant_by_itself(written: str) -> None:
    assert not only_number(written)


def test_a_bullet_before_a_number_may_be_its_sign() -> None:
    assert only_number("- 5").sure is None and only_number("- 5").possible == {Decimal(5), Decimal(-5)}


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9))
def test_numbers_as_python_writes_them_are_read_back(number: Decimal) -> None:
    for written in (f"{number:f}", f"{number:,f}", f"**{number:f}**."):
        assert whole_number(written).sure == number
        assert only_number(f"so it is {written} then").sure == number


@pytest.mark.parametrize("text", ["1" * 100_000 + "a1", "1 000 " * 20_000, "1," * 50_000, "1.-" * 40_000])
def test_long_runs_of_digits_cost_no_more_than_their_length(text: str) -> None:
    begun = time.process_time()
    assert not only_number(text) and not whole_number(text)
    assert time.process_time() - begun < 2
