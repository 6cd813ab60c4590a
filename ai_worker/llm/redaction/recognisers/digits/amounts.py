"""Amounts of money, measures and people, which look like telephone numbers when they are large."""

import re

_WRITTEN = re.compile(r"[0-9]{1,3}(?:[ \u00a0\u202f.][0-9]{3})+|[0-9]+")
_UNITS = (
    "zł|zl|złot(?:y|e|ych|ego|ymi)|pln|eur|euro|usd|us\\$|dol|dolar(?:y|ów)|dollars?|gbp|chf|czk|kč|uah|rub"
    "|byn|kzt|cny|jpy"
    r"|руб|рубл(?:ь|я|ей|ями)|грн|грив(?:ен|ні|на|ня)|долл?|доллар(?:а|ов)|евро|євро|тенге"
    r"|tys|mln|mld|million|billion|bn|тыс|тис|млн|млрд|szt|шт|pcs|m/s|km/h|км/ч|км/год|м/с|м/с²|hz|khz|mhz"
    r"|ghz|гц|wh|kwh|watt|pa|kg|кг|km|км|m2|м2|m²|м²|bytes?|ha|га"
    r"|osób|osoby|ludzi|mieszkańc(?:y|ów)|people|inhabitants|человека?|людей|жител(?:и|ей)|осіб|мешканц(?:і"
    r"|ів)|zachorowań|przypadk\w+|случа\w+|учн\w+|учень|případ\w+|cases|einwohner\w*|obyvatel\w*"
)
_CHINESE = "米|千米|公里|元|人|吨|例|件|台|册"
_AFTER = re.compile(
    rf"(?:[.,][0-9]{{1,2}}|,[-–—]+)?\s?(?:[$€£₽₴¥₸%‰]|{_CHINESE}|(?:{_UNITS})(?!\w))", re.IGNORECASE
)
_BEFORE = re.compile(
    r"(?:[$€£₽₴¥₸]|\b(?:PLN|EUR|USD|GBP|CHF|CZK|UAH|RUB|BYN|KZT))\s?(?:[0-9]{1,3}[ \u00a0\u202f.]){0,2}\Z"
)
_LONGEST_BEFORE = 12
_MOST_DIGITS = 10
"""Longer ones are no amounts: their checksum alone decides."""


def is_amount(text: str, start: int, end: int, digits: int) -> bool:
    """Return whether the number at that place of the text, of `digits` digits, is written as an amount and
    has a unit or a currency beside it.
    """
    return (
        digits <= _MOST_DIGITS
        and _WRITTEN.fullmatch(text, start, end) is not None
        and (
            _AFTER.match(text, end) is not None
            or _BEFORE.search(text, max(0, start - _LONGEST_BEFORE), start) is not None
        )
    )
