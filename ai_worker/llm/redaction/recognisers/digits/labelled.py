"""Tax, insurance and resident numbers and Czech accounts, by label or by form."""

import re
from collections.abc import Iterator

from ai_worker.llm.redaction.recognisers.signs import Signs, digits_in
from ai_worker.llm.redaction.spans import Span

_BETWEEN = (
    r"[^\n\w]{0,4}(?:(?:nr|no|number|numer|num|n°|№|č|номер|серия|seria|serie|i|и|та|серії|osobist\w+"
    r"|osobowy|osobistego|on\sthe|for|is|to|lautet|je|die|der|ist|mit|mám|card|id|driver'?s|jazdy|dl"
    r"|vrácení|pro|kauce|na|mój|mojego|moje|moja|my|mein|meine|můj|moje|мой|моя|мій|запис|записи)(?!"
    r"[^\W\d_])[^\n\w]{0,4}){0,4}"
)
_IDENTITY = re.compile(
    r"(?<!\w)(?:pan|nino|ni|national\sinsurance|ni\snumber|nin|ssn|sv-?nummer|svnr"
    r"|sozialversicherungsnummer"
    r"|rentenversicherungsnummer|versichert(?:en)?(?:nummer)?(?:\sunter)?|ust-?id(?:nr)?\.?|vat(?:\s(?:no"
    r"|number))?|dič|запис|tax\sid|steuernummer)"
    rf"(?![^\W\d_]){_BETWEEN}(?P<value>(?:[A-Z]{{1,5}}\s?)?[0-9]{{2,9}}(?:[\s/-]?[0-9]{{2,6}}){{0,3}}"
    rf"(?:[\s-]?[A-Z](?:[\s-]?[0-9]{{3}})?)?)(?!\w)",
    re.IGNORECASE,
)
_GERMAN_INSURANCE = re.compile(
    r"[0-9](?<!\w.)[0-9]\s?(?:0[1-9]|[12][0-9]|3[01]|[4-9][0-9])(?:0[1-9]"
    r"|1[0-2])[0-9]{2}\s?[A-Z]\s?[0-9]{3}(?!\w)"
)
_CHINESE_ID = re.compile(
    r"[1-9](?<![0-9].)[0-9]{5}(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]"
    r"|3[01])[0-9]{3}[0-9Xx](?![0-9A-Za-z])"
)
_OF_A_THING = re.compile(r"[单订运流][号單水]?")
"""The number of an order or a parcel begins with a date as often."""
_CZECH_ACCOUNT = re.compile(
    r"[0-9](?<![\w/-].)(?:[0-9]{0,5}-[0-9]{6,10}|[0-9]{5,9})\s?/\s?[0-9]{4}(?![\w/-])"
)
_CZECH_BANKS = frozenset(
    [
        "0100",
        "0300",
        "0600",
        "0710",
        "0800",
        "2010",
        "2020",
        "2060",
        "2070",
        "2100",
        "2200",
        "2220",
        "2250",
        "2260",
        "2275",
        "2600",
        "2700",
        "3030",
        "3050",
        "3060",
        "3500",
        "4000",
        "4300",
        "5500",
        "5800",
        "6000",
        "6100",
        "6200",
        "6210",
        "6300",
        "6700",
        "6800",
        "7910",
        "7950",
        "7960",
        "7970",
        "7990",
        "8030",
        "8040",
        "8060",
        "8090",
        "8150",
        "8190",
        "8198",
        "8220",
        "8230",
        "8250",
        "8255",
        "8265",
    ]
)


_IDENTITY_SIGNS = Signs(
    "pan ni ssn sv-nummer svnummer svnr versicher ust-id ustid vat dič запис tax steuernummer"
)
_LEAST = 4
_LEAST_OF_OTHERS = 6


class LabelledNumbers:
    """Finds tax and insurance numbers beside their labels, German insurance numbers, Chinese resident ids and
    Czech accounts."""

    def find(self, text: str) -> Iterator[Span]:
        """Every such number in the text."""
        digits = digits_in(text)
        if digits >= _LEAST and _IDENTITY_SIGNS.within(text):
            for match in _IDENTITY.finditer(text):
                if sum(map(str.isdigit, match["value"])) >= _LEAST:
                    yield Span(*match.span("value"), "ID")
        if digits >= _LEAST_OF_OTHERS:
            yield from _others(text)


def _others(text: str) -> Iterator[Span]:
    for match in _GERMAN_INSURANCE.finditer(text):
        yield Span(*match.span(), "SVNR")
    for match in _CHINESE_ID.finditer(text):
        if _OF_A_THING.search(text, max(0, match.start() - 12), match.start()) is None:
            yield Span(*match.span(), "ID")
    for match in _CZECH_ACCOUNT.finditer(text):
        if match.group()[-4:] in _CZECH_BANKS:
            yield Span(*match.span(), "ACCOUNT")
