"""Forms of a date in seven languages, as regular expressions."""

import re

_MONTHS = (
    "stycz|lut|mar|kwie|maj|czerw|lip|sierp|wrze|paźdz|pazdz|listop|grud|jan|feb|mär|maer|apr|may|jun|jul"
    "|aug|sep|oct|okt|nov|dec|dez|mai|jän"
    "|led|únor|unor|březn|brezn|dub|květ|kvet|červ|cerv|srp|září|zari|říj|rij|prosin"
    "|янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек|січ|лют|берез|квіт|трав|черв|лип|серп|верес|жовт"
    "|листоп|груд"
)
YEAR = r"(?:1[89]|20)[0-9]{2}"
_HAN_YEAR = rf"(?:{YEAR}|[一二〇零○三四五六七八九十]{{4}}|民国\s?[0-9一二三四五六七八九十]{{1,4}})年\s?"
_HAN_DAY = (
    r"(?:[农阴公]历)?(?:[0-9]{1,2}|正|冬|腊|[一二三四五六七八九十]{1,3})月"
    r"(?:\s?(?:初|廿|卅)?(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})[日号]?)?"
)
DATE = (
    rf"{YEAR}\s?[-./]\s?[0-9]{{1,2}}\s?[-./]\s?[0-9]{{1,2}}(?![0-9])"
    rf"|[0-9]{{1,2}}\s?[-./]\s?[0-9]{{1,2}}\s?[-./]\s?(?:{YEAR}|[0-9]{{2}})(?![0-9])"
    rf"|(?:the\s)?[«\"„]?[0-9]{{1,2}}[»\"“]?(?:st|nd|rd|th"
    rf"|-?го)?\.?\s(?:of\s)?(?:{_MONTHS})\w*\.?,?\s{YEAR}(?:-?го|\s?(?:року|года))?"
    rf"|[0-9]{{1,2}}\.?\s(?:{_MONTHS})\w*\.?,?\s[’']?[0-9]{{2}}(?![0-9:.,]|\s?(?:Uhr|h\b|a\.m|p\.m))"
    rf"|(?:{_MONTHS})\w*\.?\s[0-9]{{1,2}}(?:st|nd|rd|th)?,?\s{YEAR}"
    rf"|[0-9]{{1,2}}\.?[\s/.-]{{1,2}}[IVX]{{1,4}}[\s/.-]{{1,2}}{YEAR}|{_HAN_YEAR}{_HAN_DAY}"
    rf"|{YEAR}(?=\s?(?:г\.?\s?р|року\sн|года\sр))"
)
"""A day of a year; a year alone where the words behind it say that it is one of birth."""
DAY = (
    rf"[0-9]{{1,2}}(?:st|nd|rd|th|-?го)?\.?\s(?:of\s)?(?:{_MONTHS})\w*"
    rf"|(?:{_MONTHS})\w*\s[0-9]{{1,2}}(?:st|nd|rd|th)?(?![0-9])|[0-9]{{1,2}}月[0-9]{{1,2}}[日号]"
    r"|(?:[农阴]历)?(?:正|冬|腊|[一二三四五六七八九十]{1,2})月(?:初|廿|卅)?[一二三四五六七八九十]{1,3}[日号]?"
)
"""A day without its year."""
DATE_LIKE = re.compile(
    rf"{YEAR}|[0-9]\s?[-./]\s?[0-9]{{1,2}}\s?[-./]\s?[0-9]{{2}}|[一二〇零○三四五六七八九十]{{4}}年|民国"
)
"""A part of every date with a year."""
