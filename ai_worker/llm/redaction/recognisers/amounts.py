"""Amounts of money, measures and people, which look like telephone numbers when they are large."""

import re

_UNIT = (
    r"z[łl]|złot|pln|eur|euro|usd|us\$|dol|gbp|chf|czk|kč|uah|rub|byn|kzt|cny|jpy|hryvn|руб|р\.|₽|грн|грив|дол|тенге|[$€£₽₴¥₸%‰]"
    r"|os[oó]b|ludzi|mieszka|people|inhabitants|человек|людей|жител|осіб"
    r"|tys|mln|mld|million|billion|bn\b|тыс|тис|млн|млрд|szt|шт|pcs|kg|кг|km|км|m²|m2\b|м²|bytes?\b|ha\b|га\b"
)
_AFTER = re.compile(rf"(?:[.,][0-9]{{1,2}}|,[-–—]+)?\s?(?:{_UNIT})", re.IGNORECASE)
_BEFORE = re.compile(r"(?:[$€£₽₴¥₸]|\b(?:PLN|EUR|USD|GBP|CHF|CZK|UAH|RUB|BYN|KZT))\s?\Z")
_MOST_DIGITS = 10
"""Longer ones are nobody's money: they are judged by their checksum alone."""


def is_amount(text: str, start: int, end: int, digits: int) -> bool:
    """Whether a unit of money or measure, or a word for people, stands beside a number of so many digits."""
    return digits <= _MOST_DIGITS and (_AFTER.match(text, end) is not None or _BEFORE.search(text, max(0, start - 5), start) is not None)
