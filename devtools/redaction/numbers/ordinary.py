"""Ordinary numbers drawn by lot: dates, prices, orders, versions and their like behind ordinary words."""

import datetime
import random
from collections.abc import Callable, Iterator

_TEXTS = 1200
_WORDS = (
    "Dnia",
    "kosztuje",
    "nr",
    "strona",
    "Около",
    "цена",
    "от",
    "№",
    "близько",
    "від",
    "about",
    "on",
    "costs",
    "see",
    "no.",
    "total",
    "dne",
    "cena",
    "č.",
    "am",
    "etwa",
    "Nr.",
    "Seite",
    "— это",
    "共",
    "第",
    "约",
    "于",
)
_CURRENCIES = ("zł", "PLN", "€", "EUR", "USD", "руб.", "₽", "грн", "Kč", "元", "kg", "km", "szt.", "%")


def ordinary_texts() -> Iterator[str]:
    """The same texts each time."""
    lot = random.Random(1)
    for _ in range(_TEXTS):
        yield ", ".join(
            f"{lot.choice(_WORDS)} {lot.choice(_SORTS)(lot)}" for _ in range(lot.choice((1, 1, 2, 3, 4)))
        )


def _day(lot: random.Random) -> datetime.date:
    first, last = lot.choice(((1000, 2199), (1890, 2010), (2005, 2030)))
    return datetime.date(lot.randint(first, last), lot.randint(1, 12), lot.choice((1, lot.randint(1, 28))))


def _date(lot: random.Random) -> str:
    form = lot.choice(("%d.%m.%Y", "%d.%m.%y", "%Y-%m-%d", "%d/%m/%Y", "%Y%m%d", "%Y", "%Y-%m-%d %H:%M:%S"))
    return datetime.datetime.combine(_day(lot), datetime.time(lot.randint(0, 23))).strftime(form)


def _dates(lot: random.Random) -> str:
    first, last = sorted((_day(lot), _day(lot)))
    return lot.choice((f"{first.year}–{last.year}", f"{first:%d.%m.%Y}-{last:%d.%m.%Y}", f"{first.year} r."))


def _amount(lot: random.Random) -> str:
    number = lot.randint(0, 10 ** lot.randint(3, 10))
    written = lot.choice(
        (f"{number}", f"{number:,}".replace(",", " "), f"{number:,},50".replace(",", " ", 2))
    )
    return f"{written} {lot.choice(_CURRENCIES)}"


def _order(lot: random.Random) -> str:
    number, year = lot.randint(1, 99999), lot.randint(1990, 2030)
    return lot.choice(
        (
            f"{number}/{year}",
            f"FV/{number % 1000}/{lot.randint(1, 12):02}/{year}",
            f"{year}/{number:06}",
            f"SKU-{number:06}",
            f"ZAM-{year}-{number:05}",
            f"{number % 1000}/{number}/{lot.randint(100, 999)}",
        )
    )


def _number(lot: random.Random) -> str:
    number = lot.randint(0, 10 ** lot.randint(4, 8) - 1)
    return lot.choice((str(number), f"{number:,}".replace(",", " "), f"{number / 100:.2f} %"))


def _post_code(lot: random.Random) -> str:
    return f"{lot.randint(0, 99):02}-{lot.randint(0, 999):03} {lot.choice(('Kraków', 'Toruń', 'Opole'))}"


def _book(lot: random.Random) -> str:
    body = [9, 7, 8, *(lot.randint(0, 9) for _ in range(9))]
    check = -sum(digit * (3 if place % 2 else 1) for place, digit in enumerate(body)) % 10
    digits = "".join(map(str, [*body, check]))
    return f"{digits[:3]}-{digits[3:5]}-{digits[5:9]}-{digits[9:12]}-{digits[12]}"


def _version(lot: random.Random) -> str:
    parts = lot.choice((3, 3, 4))
    written = ".".join(str(lot.randint(0, 10 ** lot.randint(1, 4) - 1)) for _ in range(parts))
    name = lot.choice(
        ("parselib7", "acme-core3", "Acme", "libfoo2-dev", "http5", "Version:", "wersja", "版本")
    )
    return lot.choice(("", "v", f"{name} ", f"{name}>=", f"{name}\n", f"{name}!=")) + written


def _licence(lot: random.Random) -> str:
    return lot.choice(
        ("Apache-2.0", "BSD-3-Clause", "PSF-2.0", "LGPL-2.1+", "MPL-2.0", "C++ 2017", "ISO-8859-2")
    )


def _digest(lot: random.Random) -> str:
    return "".join(lot.choice("0123456789abcdef") for _ in range(lot.choice((7, 8, 12, 32, 40))))


def _place(lot: random.Random) -> str:
    return f"{lot.uniform(-90, 90):.4f}, {lot.uniform(-180, 180):.4f}"


_SORTS: tuple[Callable[[random.Random], str], ...] = (
    _date,
    _date,
    _dates,
    _amount,
    _amount,
    _order,
    _order,
    _number,
    _post_code,
    _book,
    _version,
    _digest,
    _place,
    _licence,
    _version,
)
