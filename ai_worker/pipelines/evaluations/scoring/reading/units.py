"""Words at a number that change or name its value: currencies, per cent, thousand and million."""

from dataclasses import dataclass
from decimal import Decimal

import regex

_CURRENCIES = {
    "$": ("us$", "$", "usd", "dollars", "dollar"),
    "€": ("€", "eur", "euros", "euro", "евро"),
    "£": ("£", "gbp", "pounds"),
    "¥": ("¥", "jpy", "cny", "yen", "yuan"),
    "₽": ("₽", "rub", "рублей", "рубля", "рубль", "руб"),
    "zł": ("zł", "pln", "złotych", "złote", "złoty"),
    "₴": ("₴", "uah", "гривен"),
    "₹": ("₹", "inr", "rupees"),
}
_PERCENT = (
    "%",
    "percent",
    "per cent",
    "pct",
    "процентов",
    "процента",
    "процент",
    "procent",
    "prozent",
    "por ciento",
    "pour cent",
)
_SCALES = {
    10**3: ("thousand", "тыс", "тысяч", "тысячи", "тысяча", "tys", "tysięcy", "tysiące", "tysiąc", "tausend",
    "mille", "mil", "千"),
    10**4: ("万",),
    10**6: (
        "million", "millions", "mln", "млн", "миллионов", "миллиона", "миллион", "milionów", "miliony",
        "milion",
        "millionen", "mio", "millones", "millón",
    ),
    10**8: ("亿",),
    10**9: ("billion", "billions", "bn", "млрд", "миллиардов", "миллиарда", "миллиард", "mld", "mrd",
    "milliarden", "milliards"),
}  # fmt: skip
_UNCLEAR = (
    "billionen",
    "billones",
    "bilion",
    "trillion",
    "трлн",
    "dozen",
    "hundred",
    "сто",
    "k",
    "m",
    "b",
    "bn",
    "t",
    "к",
    "м",
)
"""Scales of which people mean different ones, and letters that are a scale to one and a unit to another."""


@dataclass(frozen=True, slots=True)
class Unit:
    """The words at a number.

    Args:
        name: a currency's sign, `%`, or empty.
        scale: by which the number is multiplied; None where that is not clear.
    """

    name: str = ""
    scale: Decimal | None = Decimal(1)


_UNITS: dict[str, Unit] = {
    **{word: Unit(sign) for sign, words in _CURRENCIES.items() for word in words},
    **dict.fromkeys(_PERCENT, Unit("%")),
    "‰": Unit("‰"),
    "°": Unit("°"),
    **dict.fromkeys(_UNCLEAR, Unit(scale=None)),
    **{word: Unit(scale=Decimal(scale)) for scale, words in _SCALES.items() for word in words},
}


def _any_of(words: "list[str]") -> str:
    return "|".join(regex.escape(word) for word in sorted(words, key=len, reverse=True))


CURRENCIES = _any_of([word for words in _CURRENCIES.values() for word in words])
UNIT = rf"(?: ?(?:{_any_of([word for word, unit in _UNITS.items() if unit.name])})(?!\w))"
WORD = regex.compile(rf" ?({_any_of(list(_UNITS))})(?!\w)\.?")
"""A unit or a scale behind a number."""


def scale_of(written: str) -> Unit:
    """The unit that a word or sign is; one without name and of scale 1 where it is none."""
    return _UNITS.get(written.strip(), Unit())
