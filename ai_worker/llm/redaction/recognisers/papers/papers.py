"""Numbers of documents, registers and accounts, by the label before them."""

import re
from collections.abc import Iterator

from ai_worker.llm.redaction.recognisers.dates.written import DATE
from ai_worker.llm.redaction.recognisers.digits.amounts import is_amount
from ai_worker.llm.redaction.recognisers.ordinary import without_code
from ai_worker.llm.redaction.recognisers.papers.labels import CHINESE, FAR, LONG, NEAR
from ai_worker.llm.redaction.spans import Span

_WORD = re.compile(r"[^\W\d_]+")
_CAPITAL = "A-ZА-ЯІЇЄҐ"
_NO_SERIES = (
    r"(?:PESEL|NIP|REGON|NR|NO|TEL|IBAN|OP|RČ|ID|DOB|PLZ|SSN|NHS|NINO|UTR|PIN|BLZ|BIC|ИНН|СНИЛС|ІПН"
    r"|РНОКПП|ТЕЛ)"
    r"(?![A-ZА-ЯČ])"
)
"""Capitals before a number that are a label, not its series."""
_VALUE = (
    rf"(?P<value>(?-i:(?:(?!{_NO_SERIES})[{_CAPITAL}]{{1,5}}[ ./-]{{1,2}}){{0,2}}(?:(?:№|nr|numer|номер"
    rf"|No)\.?\s?)?"
    rf"[{_CAPITAL}]{{0,8}}[0-9][0-9{_CAPITAL}]*(?:(?:[ ./–-]"
    rf"|,?\s?№\s?)(?:[{_CAPITAL}]{{2}}[ ])?[{_CAPITAL}]{{0,4}}[0-9][0-9{_CAPITAL}]*"
    rf"|[ /-][A-Z]{{1,2}}(?!\w)|\([0-9A-Z]\))*|[a-z][0-9]{{6,12}}))(?!\w|[,:]\d)"
)
_NUMBER_WORD = (
    r"nr|no|nos|num|number|numer\w*|nummer|n°|№|č|číslo\w?|čís|номер\w*|ном|серия|серия\sи|seria|serie"
    r"|série|серії|серія"
    r"|(?-i:i|a|и)|та|und|and|of|on|the|for|is|to|lautet|je|die|der|das|ist|mit|mám|card|id|ref|reference"
    r"|osobist\w+|osobow\w+|os|ztp|najmu|найма|аренды|vrácení|kauce|запис\w?"
    r"|klasse\s\w|kl|jazdy|kat\.?\s\w|dl|pro|na|mój|mojego|moje|moja|my|mein\w*|můj|мой|мо[яйе]|мій|його"
    r"|її|его|её|її"
    r"|jej|jego|mojej|code|sortcode|це|это"
)
_NEAR_GAP = rf"(?:[^\w]{{0,4}}(?:(?:{_NUMBER_WORD})(?!\w)\.?[^\w]{{0,4}}){{0,4}}(?:(?:nr|no|č)\.?(?=[0-9]))?)"
_FAR_GAP = r"(?:[^\n\d.;!?]|\.(?!\s+(?-i:[A-ZА-ЯІЇЄŚŻŁČŘŠŽ][a-zа-яіїє])|\n)){0,60}?(?<![\w])"
_OWNERS = (
    r"my his her their your mój moja moje mojego jego jej mein\w* sein\w* ihr\w* můj jeho její"
    r" мой моя моё его её мій моє його її"
)
_OWN = (
    r"(?:\s(?!order|vorgang|auftrag|artikel|kunden|zgłosz|zleceni|invoice|ticket|case|tracking|serial"
    r"|model|booking|flight|zamówie"
    r"|faktur|bestell|rechnung|objedn|заказ|замовл|account|phone|tel|mobile|handy)[\w.'’-]+){0,3}?"
    r"\s(?:number|no\.?|id|nr\.?|numer\w*|(?!vorgang|auftrag|artikel|kunden|bestell|rechnung|handy"
    r"|telefon|ticket|sendung)\w*nummer"
    r"|\w+-nr\.?|čísl\w|č\.|номер\w*|№)(?:\s(?:is|to|ist|lautet|je|це|это|была?|war))?"
)
"""`my library number is 0047 1183 529`: of whatever register it is."""
_NEAR_VALUE = re.compile(rf"(?![^\W\d_]){_NEAR_GAP}{_VALUE}", re.IGNORECASE)
_FAR_VALUE = re.compile(rf"(?![^\W\d_])(?:{_NEAR_GAP}|{_FAR_GAP}){_VALUE}", re.IGNORECASE)
_OWN_VALUE = re.compile(rf"{_OWN}(?![^\W\d_])\s?[:—–-]?\s?#?{_VALUE}", re.IGNORECASE)
_CHINESE_VALUE = re.compile(
    r"[^\n0-9A-Za-z。；;尾]{0,10}?(?:（[^）\n0-9]{0,12}）)?[:：]?\s?"
    r"(?P<value>[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]?(?:[A-Z]{1,6}["
    r" -]){0,2}[A-Z]{0,3}[0-9][0-9A-Za-z]*(?:[ -][0-9A-Z]+)*(?:\([0-9A-Z]\))?)(?![A-Za-z])"
)
_NEXT = re.compile(
    rf"\s?(?:\([^()\d\n]{{1,20}}\)\s?)?(?:,|;|/|和|及|与|、|(?:i|oraz|lub|and|or|und|oder|a|nebo|и|или"
    rf"|та|чи|або|і|й)(?=\s))\s?{_VALUE}",
    re.IGNORECASE,
)
_DATE = re.compile(DATE, re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)[0-9]{2}(?:\s?[-–/]\s?(?:19|20)?[0-9]{2})?")
_OF_A_YEAR = re.compile(r"(?:19|20)[0-9]{2}[/-][0-9]{1,5}|[0-9]{1,5}[/-](?:19|20)[0-9]{2}")
_LENGTHS = {"DOCUMENT": (5, 18), "ID": (5, 20), "ACCOUNT": (7, 28), "CARD": (13, 19)}
_LEAST_NEAR = 4
_MIXED = re.compile(r"(?=.*[A-Z].*[A-Z])[A-Z0-9]{8,11}")
_LEAST_MIXED = 3
"""Digits of a number like that of a German identity card, drawn from letters and digits."""
_LEAST_OF_AN_ORDINARY_LABEL = 6
_LEAST_OF_FIRMS = 7
_HAN = re.compile(r"[\u4e00-\u9fff]")
_CHINESE_LABEL = re.compile("|".join(rf"(?P<{kind}>{words})" for kind, words in CHINESE.items()))
_LITERAL = re.compile(r"[^\W\d_]*")
_DIGITS = re.compile(r"[0-9]+")
_KEY = 3
_REACH = 96
"""The longest label with the words behind it."""


_LICENCE = re.compile(r"[A-Z](?<!\w[A-Z])[A-Z]{1,4}9{0,3}[0-9]{6}[A-Z9]{2}[0-9][A-Z]{2}(?!\w)")
"""A British driving licence: nothing else has its form."""
_HEALTH_CARD = re.compile(r"[A-Z](?<!\w[A-Z])[0-9]{9}(?!\w)")
_INSURER = re.compile(
    r"(?<!\w)(?:\w*krankenkasse\w*|AOK|TK|Barmer|DAK|IKK|BKK|KKH|Kasse)(?!\w)[^\n]{0,40}\Z", re.IGNORECASE
)
_REACH_OF_INSURER = 60
_LEAST_OF_ONES_OWN = 5
_BESIDE_SORT_CODE = re.compile(
    r"(?<!\w)[0-9]{8}(?=[,;]?\s(?:and\s|with\s)?sort(?!\w))"
    r"|(?<=[0-9]{2}[- ][0-9]{2}[- ][0-9]{2},\s)[0-9]{8}(?!\w)",
    re.IGNORECASE,
)
_INDIAN_ACCOUNT = re.compile(r"(?<![\w.@])[\w.-]{3,40}@(?:ok[a-z]{3,8}|upi|ybl|paytm|ibl|axl|apl)(?!\w|\.\w)")
"""An address for payments in India."""
_ASIAN_ACCOUNT = re.compile(r"[0-9](?<![\w-][0-9])[0-9]{2,3}-[0-9]{2,4}-[0-9]{6,8}(?:-[0-9]{1,3})?(?![\w-])")
_BANK = re.compile(r"[汇转账户帐库银款付]|(?:bank|FPS)", re.IGNORECASE)
_REACH_OF_BANK = 60


class _Label:
    """A label, compiled.

    Args:
        kind: of the number behind it.
        words: as a regular expression.
        value: the number, with what may stand before it.
        least: digits of the number.
    """

    def __init__(self, kind: str, words: str, value: re.Pattern[str], least: int) -> None:
        self.kind = kind
        self.words = re.compile(rf"{words}(?![^\W\d_])", re.IGNORECASE)
        self.value = value
        self.least = least


def _by_beginning() -> dict[str, list[_Label]]:
    """The labels by their first letters, three or all."""
    found: dict[str, list[_Label]] = {}
    for labels, value, least in (
        (FAR, _FAR_VALUE, _LEAST_NEAR),
        (NEAR, _NEAR_VALUE, _LEAST_OF_AN_ORDINARY_LABEL),
        (LONG, _FAR_VALUE, _LEAST_OF_FIRMS),
        ({"ID": _OWNERS}, _OWN_VALUE, _LEAST_OF_ONES_OWN),
    ):
        for kind, words in labels.items():
            for label in words.split():
                beginning = _LITERAL.match(label)
                found.setdefault(beginning.group()[:_KEY] if beginning else "", []).append(
                    _Label(kind, label, value, least)
                )
    return found


_LABELS = _by_beginning()


class Papers:
    """Finds what stands behind `passport no.`, `Vers.-Nr.`, `legitymacja`, `в/у`, 学号 and their like."""

    def find(self, text: str) -> Iterator[Span]:
        """Every such number in the text."""
        cleared = without_code(text)
        for first, last in _before_digits(cleared):
            for word in _WORD.finditer(cleared, first, last):
                for label in _LABELS.get(word.group()[:_KEY].lower(), ()):
                    match = label.words.match(cleared, word.start())
                    if match is not None:
                        yield from _behind(cleared, match.end(), label)
        for match in _BESIDE_SORT_CODE.finditer(cleared) if "sort" in cleared.lower() else ():
            yield Span(*match.span(), "ACCOUNT")
        for match in _LICENCE.finditer(cleared):
            yield Span(*match.span(), "LICENCE")
        for match in _HEALTH_CARD.finditer(cleared):
            if _INSURER.search(cleared, max(0, match.start() - _REACH_OF_INSURER), match.start()):
                yield Span(*match.span(), "ID")
        for match in _INDIAN_ACCOUNT.finditer(cleared) if "@" in cleared else ():
            yield Span(*match.span(), "ACCOUNT")
        if _HAN.search(cleared):
            for match in _ASIAN_ACCOUNT.finditer(cleared):
                if _BANK.search(cleared, max(0, match.start() - _REACH_OF_BANK), match.start()):
                    yield Span(*match.span(), "ACCOUNT")
            for match in _CHINESE_LABEL.finditer(cleared):
                value = _CHINESE_VALUE.match(cleared, match.end())
                if value is not None and match.lastgroup is not None:
                    yield from _accepted(cleared, value, match.lastgroup, _LEAST_NEAR)


def _before_digits(text: str) -> Iterator[tuple[int, int]]:
    """The stretches of the text in which a label may stand: no more of it is read."""
    first = last = 0
    for digit in _DIGITS.finditer(text):
        if digit.start() - _REACH > last:
            if last > first:
                yield first, last
            first = digit.start() - _REACH
        first, last = max(first, 0), digit.start()
    if last > first:
        yield first, last


def _behind(text: str, end: int, label: _Label) -> Iterator[Span]:
    value = label.value.match(text, end)
    if value is not None:
        yield from _accepted(text, value, label.kind, label.least)


def _accepted(text: str, value: re.Match[str], kind: str, least: int) -> Iterator[Span]:
    start, end = value.span("value")
    fewest, most = _LENGTHS[kind]
    digits = _digits(value["value"])
    if _MIXED.fullmatch(value["value"]):
        fewest = _LEAST_MIXED
    elif kind in ("DOCUMENT", "ID"):
        near = start - value.start() <= 8
        fewest = max(least, _LEAST_NEAR if near else fewest)
    if (
        not fewest <= digits <= most
        or (not value["value"].isdigit() and _DATE.fullmatch(value["value"]))
        or _YEAR.fullmatch(value["value"])
        or (least == _LEAST_OF_FIRMS and _OF_A_YEAR.fullmatch(value["value"]))
        or (value["value"][-1].isdigit() and is_amount(text, start, end, digits))
    ):
        return
    yield Span(start, end, kind)
    following = _NEXT.match(text, end)
    if following is not None and abs(_digits(following["value"]) - digits) <= 1:
        yield from _accepted(text, following, kind, least)


def _digits(value: str) -> int:
    return sum(map(str.isdigit, value))
