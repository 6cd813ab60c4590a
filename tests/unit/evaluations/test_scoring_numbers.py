import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ai_worker.pipelines.evaluations.scoring.numbers import only_number, whole_number


@pytest.mark.parametrize(
    ("written", "readings"),
    [
        ("42", ["42"]),
        ("**42**", ["42"]),
        ("3.14.", ["3.14"]),
        ("−5", ["-5"]),
        ("+7", ["7"]),
        (".5", ["0.5"]),
        ("$1,234.50", ["1234.50"]),
        ("-$5", ["-5"]),
        ("50 %", ["50"]),
        ("1.234,5", ["1234.5"]),
        ("1 234,5", ["1234.5"]),
        ("1\u00a0234\u202f567", ["1234567"]),
        ("1'000", ["1000"]),
        ("1_000", ["1000"]),
        ("1,000,000", ["1000000"]),
        ("1.000.000", ["1000000"]),
        ("1,234", ["1234", "1.234"]),
        ("0,125", ["0.125"]),
        ("3,14", ["3.14"]),
        ("1e5", ["1e5"]),
        ("6.02e-23", ["6.02e-23"]),
        ("٣", ["3"]),
        ("1.2.3", []),
        ("1,23,4", []),
        ("5 km", []),
        ("three", []),
        ("", []),
        ("1e9999", []),
    ],
)
def test_a_text_that_is_one_number(written: str, readings: list[str]) -> None:
    assert list(whole_number(written)) == [Decimal(reading) for reading in readings]


@pytest.mark.parametrize(
    ("written", "reading"),
    [("The answer is 3.14.", "3.14"), ("5km", "5"), ("pi≈3.14", "3.14"), ("ровно 12,5 кг", "12.5"), ("gpt-4o says 7", "7")],
)
def test_the_one_number_in_a_text(written: str, reading: str) -> None:
    assert only_number(written) == (Decimal(reading),)


@pytest.mark.parametrize("written", ["GPT4", "gpt-4o", "3-5", "2020-05-01", "either 2 or 3", "10x20", "none", "5 ± 1"])
def test_no_number_or_several(written: str) -> None:
    assert only_number(written) == ()


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9))
def test_numbers_as_python_writes_them_are_read_back(number: Decimal) -> None:
    for written in (f"{number:f}", f"{number:,f}", f"**{number:f}**."):
        assert whole_number(written) == (number,)
        assert only_number(f"so it is {written} then") == (number,)


@given(st.text(alphabet="0123456789.,-+' _e$a", max_size=40))
def test_whatever_is_one_number_holds_one_number(text: str) -> None:
    if whole_number(text):
        assert only_number(text) == whole_number(text)


@pytest.mark.parametrize("text", ["1" * 100_000 + "a1", "1 000 " * 20_000, "1," * 50_000, "1.-" * 40_000])
def test_long_runs_of_digits_cost_no_more_than_their_length(text: str) -> None:
    begun = time.process_time()
    assert only_number(text) == () and whole_number(text) == ()
    assert time.process_time() - begun < 2
