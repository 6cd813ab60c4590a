"""Forms of a date in seven languages, as regular expressions."""

import re
from collections.abc import Iterator

_MONTHS = (
    "stycz|lut|mar|kwie|maj|czerw|lip|sierp|wrze|paźdz|pazdz|listop|grud|jan|feb|mär|maer|apr|may|jun|jul"
    "|aug|sep|oct|okt|nov|dec|dez|mai|jän"
    "|led|únor|unor|březn|brezn|dub|květ|kvet|červ|cerv|srp|září|zari|říj|rij|prosin"
    "|янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек|січ|лют|берез|квіт|трав|черв|лип|серп|верес|жовт"
    "|листоп|груд"
)
YEAR = r"(?:1[89]|20)[0-9]{2}"
_HAN_YEAR = (
    rf"(?:{YEAR}|[0-9]{{2}}|[一二〇零○三四五六七八九十]{{2,4}}|民国\s?[0-9一二三四五六七八九十]{{1,4}})年\s?"
)
_HAN_DAY = (
    r"(?:[农阴公]历)?(?:[0-9]{1,2}|正|冬|腊|[一二三四五六七八九十]{1,3})月"
    r"(?:\s?(?:初|廿|卅)?(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})[日号]?)?"
)
_FROM_DIGIT = (
    rf"{YEAR}\s?[-./]\s?[0-9]{{1,2}}\s?[-./]\s?[0-9]{{1,2}}(?![0-9])"
    rf"|[0-9]{{1,2}}\s?[-./]\s?[0-9]{{1,2}}\s?[-./]\s?(?:{YEAR}|[0-9]{{2}})(?![0-9])"
    rf"|[0-9]{{1,2}}[»\"“]?(?:st|nd|rd|th|-?го)?\.?\s(?:of\s)?(?:{_MONTHS})\w*\.?,?\s{YEAR}"
    r"(?:-?го|\s?(?:року|года))?"
    rf"|[0-9]{{1,2}}\.?\s(?:{_MONTHS})\w*\.?,?\s[’']?[0-9]{{2}}(?![0-9:.,]|\s?(?:Uhr|h\b|a\.m|p\.m))"
    rf"|[0-9]{{1,2}}\.?[\s/.-]{{1,2}}[IVX]{{1,4}}[\s/.-]{{1,2}}{YEAR}"
    rf"|[0-9]{{1,2}}[ -]?(?:{_MONTHS})[a-z]*[ -]?(?:{YEAR}|[0-9]{{2}})(?![0-9])"
    rf"|(?:0?[1-9]|1[0-2])[./]{YEAR}(?![0-9])|{YEAR}-(?:0[1-9]|1[0-2])(?![0-9-])"
    rf"|{YEAR}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])(?![0-9])"
    rf"|{YEAR}(?=\s?(?:г\.?\s?р|року\sн|года\sр))"
)
_MONTH_FIRST = rf"(?:{_MONTHS})\w*\.?\s(?:of\s)?(?:[0-9]{{1,2}}(?:st|nd|rd|th)?,?\s)?"
_HAN = rf"{_HAN_YEAR}{_HAN_DAY}"
DATE = rf"{_FROM_DIGIT}|{_MONTH_FIRST}{YEAR}|{_HAN}"
"""A day of a year; a year alone where the words behind it say that it is one of birth."""
DAY = (
    rf"[0-9]{{1,2}}(?:st|nd|rd|th|-?го)?\.?\s(?:of\s)?(?:{_MONTHS})\w*"
    rf"|(?:{_MONTHS})\w*\s[0-9]{{1,2}}(?:st|nd|rd|th)?(?![0-9])|[0-9]{{1,2}}月[0-9]{{1,2}}[日号]"
    r"|(?:[农阴]历)?(?:正|冬|腊|[一二三四五六七八九十]{1,2})月(?:初|廿|卅)?[一二三四五六七八九十]{1,3}[日号]?"
)
"""A day without its year."""
DATE_LIKE = re.compile(
    rf"{YEAR}|[0-9]\s?[-./]\s?[0-9]{{1,2}}\s?[-./]\s?[0-9]{{2}}|[一二〇零○三四五六七八九十]{{2}}年|民国"
    rf"|[0-9]{{2}}年"
)
"""A part of every date with a year."""
_NUMBER = re.compile(r"[0-9]+")
_AT_NUMBER = re.compile(_FROM_DIGIT, re.IGNORECASE)
_YEARS = re.compile(YEAR)
_BEFORE_YEAR = re.compile(rf"(?<![^\W\d_]){_MONTH_FIRST}\Z", re.IGNORECASE)
_LONGEST_MONTH = 26
_HAN_DATES = re.compile(_HAN)


def dates(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of every date in the text. Dates are looked for where a number stands: to try their forms
    at every character takes longer.
    """
    end = 0
    for number in _NUMBER.finditer(text):
        start = number.start()
        if start < end or _is_within(text, start):
            continue
        match = _AT_NUMBER.match(text, start)
        if match is not None:
            end = match.end()
            yield start - (text[start - 1 : start] in ("«", "„", '"')), end
        elif _YEARS.fullmatch(number.group()):
            before = _BEFORE_YEAR.search(text, max(0, start - _LONGEST_MONTH), start)
            if before is not None:
                end = number.end()
                yield before.start(), end
    if "年" in text:
        for match in _HAN_DATES.finditer(text):
            yield match.span()


def _is_within(text: str, start: int) -> bool:
    """Return whether the number is a part of a word or of a longer number."""
    before = text[start - 1 : start] if start else ""
    return (before.isascii() and before.isalnum()) or (before == "." and text[max(0, start - 2)].isdigit())
