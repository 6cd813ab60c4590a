"""Telephone numbers are judged as libphonenumber judges them, of every country."""

import re

import phonenumbers
import pytest
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from ai_worker.llm.redaction import redact
from ai_worker.llm.redaction.recognisers.digits.phones import is_international

REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)
TYPES = (PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE, PhoneNumberType.TOLL_FREE, PhoneNumberType.VOIP)
AT_HOME = ("PL", "RU", "US", "GB", "DE", "UA")


def examples(region: str) -> list[phonenumbers.PhoneNumber]:
    found = [phonenumbers.example_number_for_type(region, sort) for sort in TYPES]
    return [
        number
        for number in found
        if number is not None and len(phonenumbers.national_significant_number(number)) >= 7
    ]


@pytest.mark.parametrize("region", REGIONS)
def test_numbers_of_every_country_in_international_form(region: str) -> None:
    for number in examples(region):
        for form in (PhoneNumberFormat.E164, PhoneNumberFormat.INTERNATIONAL):
            written = phonenumbers.format_number(number, form)
            assert redact([f"Call {written}, please."]).texts == ("Call ⟦PII_PHONE_1⟧, please.",), written


@pytest.mark.parametrize("region", AT_HOME)
def test_numbers_as_dialled_at_home(region: str) -> None:
    for number in examples(region):
        written = phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)
        assert re.fullmatch("Zadzwoń ⟦PII_[A-Z]+_1⟧ dziś", redact([f"Zadzwoń {written} dziś"]).texts[0]), (
            written
        )


def test_every_service_number_without_a_country() -> None:
    for code in phonenumbers.COUNTRY_CODES_FOR_NON_GEO_REGIONS:
        number = phonenumbers.example_number_for_non_geo_entity(code)
        assert is_international(phonenumbers.format_number(number, PhoneNumberFormat.E164)[1:])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "number", ["48123", "4850123456", "999501234567", "00000000", "15555555555555555", "7000000000"]
)
def test_what_is_no_number(number: str) -> None:
    assert not is_international(number)


@pytest.mark.parametrize("region", AT_HOME)
def test_the_verdict_is_the_library_s(region: str) -> None:
    code = phonenumbers.country_code_for_region(region)
    for national in range(100_000_000, 999_999_999, 9_173_737):
        number = phonenumbers.PhoneNumber(country_code=code, national_number=national)
        assert is_international(f"{code}{national}") == phonenumbers.is_valid_number(number), national
