"""Telephone numbers by the numbering plans of libphonenumber.

Its own `PhoneNumberMatcher` takes 0.1 ms for a sentence and region even where there is no number, and six
regions take six times that. So the numbers are cut out as all others are, and asked here whether they are
valid in the sense of the library's leniency `VALID`: by the same patterns, compiled once a country.
"""

import re
from functools import cache

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata

from ai_worker.llm.redaction.recognisers.digits.digit_groups import Run, Shape

_TYPES = (
    "fixed_line",
    "mobile",
    "toll_free",
    "premium_rate",
    "shared_cost",
    "personal_number",
    "voip",
    "pager",
    "uan",
    "voicemail",
)
_SHORTEST = 8
_LEAST_OF_UNKNOWN, _MOST_OF_UNKNOWN = 10, 13
"""Digits of a number whose range may not be in use, behind a + or an opening bracket."""
_LONGEST = 15
_DATE = re.compile(
    r"[0-9]{1,2}([./-])[0-9]{1,2}\1(?:[0-9]{4}|[0-9]{2})(?![0-9]|\1[0-9])"
    r"|[0-9]{4}([./-])[0-9]{1,2}\2[0-9]{1,2}(?![0-9]|\2[0-9])|[01][0-9]/(?:19|20)[0-9]{2}(?![0-9])"
)

_TWO_PARTS = re.compile(r"[0-9]+\.[0-9]+")
_FRACTION = re.compile(r"[0-9]\.\Z")

_COUNTED = frozenset({"123456789", "1234567890", "0123456789", "987654321"})
"""Digits in their order are an example."""
_CHINESE = re.compile(r"1[3-9][0-9]{9}")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_WITH_ZERO = ("GB", "DE", "UA", "PL", "AT", "CH", "CN", "TW")
"""Regions whose national form begins with 0, in Poland until 2009: any grouping."""
_POLISH_SHAPES = frozenset({(9,), (3, 3, 3), (2, 3, 2, 2), (2, 7), (3, 6), (3, 2, 2, 2), (2, 2, 2, 3)})
_AMERICAN_SHAPES = frozenset({(10,), (3, 3, 4), (3, 7), (1, 3, 3, 4), (1, 10), (11,)})
_RUSSIAN_SHAPES = frozenset({(3, 3, 2, 2), (3, 3, 4), (3, 7)})
_SHAPES = _POLISH_SHAPES | _AMERICAN_SHAPES | _RUSSIAN_SHAPES
_CZECH = re.compile("[ěřůťďĚŘŮŤĎ]")
_AREA_CODE = re.compile(r"\((?!19|20)[0-9]{3,5}\)")
_LEAST_IN_BRACKETS, _MOST_IN_BRACKETS = 9, 12
_AROUND = 300
_BELARUSIAN = 11
"""Digits of a number of Belarus with its trunk prefix 80."""
_NO_PREFIX: tuple[str, ...] = ("0",)
_PREFIXES = {11: ("0", "7", "8", "48"), 12: ("0", "380", "44", "49")}
"""By the number of digits: what a number of unusual grouping begins with."""


def is_international(digits: str) -> bool:
    """Return whether the digits after a + are a country code and a valid number of that country, a bracketed
    trunk 0 between them allowed.
    """
    if not _SHORTEST <= len(digits) <= _LONGEST + 1:
        return False
    for length in (1, 2, 3):
        code = int(digits[:length])
        if code in COUNTRY_CODE_TO_REGION_CODE:
            national = digits[length:]
            valid = _of_code(code)
            return valid.fullmatch(national) is not None or (
                national[:1] == "0" and valid.fullmatch(national[1:]) is not None
            )
    return False


def may_be_international(digits: str) -> bool:
    """Return whether the digits after a + are a country code and as many more as numbers have, be their range
    in use or not.
    """
    return _LEAST_OF_UNKNOWN <= len(digits) <= _MOST_OF_UNKNOWN and any(
        int(digits[:length]) in COUNTRY_CODE_TO_REGION_CODE for length in (1, 2, 3)
    )


def may_be_national(text: str, start: int, shape: Shape) -> bool:
    """Return whether a number of that shape, at that index of the text, is worth a call of `is_national`."""
    length = sum(shape)
    if shape == (3, 4, 4) or (shape == (11,) and text.startswith("1", start)):
        return True
    return (shape in _SHAPES and length <= 11) or (
        9 <= length <= 14 and text.startswith(_PREFIXES.get(length, _NO_PREFIX), start)
    )


def is_national(text: str, run: Run) -> bool:
    """Return whether the run is a number as it is dialled within Poland, Russia, the USA, Great Britain,
    Germany or Ukraine.

    Regions with a trunk prefix need it, Russia only where the grouping is not Russian and the number no
    mobile one; without a prefix the grouping must be a usual one. Their country codes are understood without
    a +.
    """
    digits, shape = run.digits, run.shape
    if digits in _COUNTED:
        return False
    if not may_be_national(text, run.start, shape) or _is_date_or_fraction(text, run):
        return False
    if _AREA_CODE.match(text, run.start - 1) and _LEAST_IN_BRACKETS <= len(digits) <= _MOST_IN_BRACKETS:
        return True
    if digits.startswith("00"):
        return is_international(digits[2:])
    if digits[0] == "0":
        return _of_regions(*_WITH_ZERO).fullmatch(digits[1:]) is not None
    if len(digits) == 9:
        return shape in _POLISH_SHAPES and (
            _of_regions("PL").fullmatch(digits) is not None
            or (
                shape == (3, 3, 3)
                and _is_czech(text, run)
                and _of_regions("CZ").fullmatch(digits) is not None
            )
        )
    if len(digits) == 10:
        russian = shape in _RUSSIAN_SHAPES or (len(shape) == 1 and digits[0] == "9")
        return (shape in _AMERICAN_SHAPES and _of_regions("US").fullmatch(digits) is not None) or (
            russian and _of_regions("RU").fullmatch(digits) is not None
        )
    if digits.startswith("80") and len(digits) == _BELARUSIAN:
        return _of_regions("BY").fullmatch(digits[2:]) is not None
    if digits[0] in "78":
        return len(digits) == 11 and _of_regions("RU").fullmatch(digits[1:]) is not None
    if _CHINESE.fullmatch(digits) and (
        shape == (3, 4, 4) or _HAN.search(text, max(0, run.start - 30), run.end + 30)
    ):
        return True
    if digits[0] == "1":
        return shape in _AMERICAN_SHAPES and _of_regions("US").fullmatch(digits[1:]) is not None
    return (len(shape) == 1 or shape[1:] in _POLISH_SHAPES or len(digits) == 12) and is_international(digits)


def _is_czech(text: str, run: Run) -> bool:
    return _CZECH.search(text, max(0, run.start - _AROUND), run.end + _AROUND) is not None


def _is_date_or_fraction(text: str, run: Run) -> bool:
    if len(run.shape) > 1:
        return (
            _DATE.match(text, run.start) is not None
            or _TWO_PARTS.fullmatch(text, run.start, run.end) is not None
        )
    return _FRACTION.search(text, max(0, run.start - 2), run.start) is not None


@cache
def _of_code(code: int) -> re.Pattern[str]:
    """The numbers of every region that shares the country code, without it."""
    regions = COUNTRY_CODE_TO_REGION_CODE[code]
    if regions == ("001",):
        return _pattern(PhoneMetadata.metadata_for_nongeo_region(code))
    return _of_regions(*regions)


@cache
def _of_regions(*regions: str) -> re.Pattern[str]:
    """The numbers of the regions, without country code and trunk prefix."""
    return _pattern(*(PhoneMetadata.metadata_for_region(region) for region in regions))


def _pattern(*plans: PhoneMetadata | None) -> re.Pattern[str]:
    sorts = [getattr(plan, name) for plan in plans if plan is not None for name in _TYPES]
    return re.compile(
        "|".join(
            sort.national_number_pattern
            for sort in sorts
            if sort is not None and sort.national_number_pattern
        )
    )
