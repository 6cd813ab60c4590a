"""Numbers of documents and accounts that only the word before them gives away."""

import re
from collections.abc import Iterator

from stdnum.cn import ric

from ai_worker.llm.redaction.recognisers.signs import Signs, digits_in
from ai_worker.llm.redaction.spans import Span

_BETWEEN = (
    r"[^\n\w]{0,4}(?:(?:nr|no|number|numer|num|n°|№|č|номер|серия|seria|serie|i|и|та|серії|osobist\w+"
    r"|osobowy|osobistego|on\sthe|for|is|to|lautet|je|die|der|ist|mit|mám|card|id|driver'?s|jazdy|dl"
    r"|vrácení|pro|kauce|na|mój|mojego|moje|moja|my|mein|meine|můj|moje|мой|моя|мій|запис|записи)(?!"
    r"[^\W\d_])[^\n\w]{0,4}){0,4}"
)
_DOCUMENT = re.compile(
    rf"(?<!\w)(?:paszport\w*|passport|reisepass\w*|personalausweis\w*|ausweis\w*|dow(?:ód|odu|odzie|odem"
    rf"|\.)"
    rf"|prawo\sjazdy|prawa\sjazdy|legitym\w*|id\s?card|identity\scard|driver'?s\slicen[cs]e"
    rf"|driving\slicen[cs]e|licen[cs]e|führerschein\w*"
    rf"|občansk\w+\sprůkaz\w*|op|řidičsk\w+\sprůkaz\w*|pas(?:u|em)?|průkaz\w*|паспорт\w*|загранпаспорт\w*"
    rf"|водительское\sудостоверение|удостоверени\w*|военный\sбилет|свидетельство\sо\sрождении"
    rf"|посвідченн\w+(?:\sводія)?|id-картк\w*|закордонний\sпаспорт"
    rf")(?![^\W\d_]){_BETWEEN}(?P<value>(?-i:(?:[A-ZА-ЯІЇЄ]{{1,5}}[\s-]?(?:[A-ZА-ЯІЇЄ]{{1,2}}\s?)?)?"
    rf"(?:№\s?)?[0-9][0-9A-Z]{{0,15}}(?:[\s/-]{{1,2}}(?:№\s?)?[0-9][0-9A-Z]{{1,6}}){{0,3}}))(?!\w)",
    re.IGNORECASE,
)
_CHINESE = re.compile(
    r"(?:护照(?:号码?)?|通行证(?:号码?)?|居住证(?:编号)?|驾驶证(?:号码?)?"
    r"|档案编号)[：:\s为是]{0,2}(?P<value>[A-Z]{0,2}[0-9]{6,17}[0-9Xx])(?![0-9A-Za-z])"
)
_SERIES = re.compile(
    rf"(?:seria|serie|серия|серії|серія)(?:\s(?:i|и|та)\s(?:numer"
    rf"|номер))?{_BETWEEN}(?P<value>[A-ZА-ЯІЇЄ]{{2,3}}\s?(?:№\s?)?[0-9]{{6}}"
    rf"|[0-9]{{2}}\s?[0-9]{{2}}\s?(?:№\s?)?[0-9]{{6}})(?!\w)"
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
    r"(?<!\w)[0-9]{2}\s?(?:0[1-9]|[12][0-9]|3[01]|[4-9][0-9])(?:0[1-9]"
    r"|1[0-2])[0-9]{2}\s?[A-Z]\s?[0-9]{3}(?!\w)"
)
_NINO_LABEL = re.compile(
    r"(?:NI|NINO|insurance)\b[^\n]{0,20}?(?P<value>[A-Z]{2}\s?[0-9]{2}\s?[0-9]{2}\s?[0-9]{2}\s?[A-D])(?!\w)"
)
_CHINESE_ID = re.compile(
    r"(?<![0-9])[1-9][0-9]{5}(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]"
    r"|3[01])[0-9]{3}[0-9Xx](?![0-9A-Za-z])"
)
_CZECH_ACCOUNT = re.compile(r"(?<![\w/-])(?:[0-9]{1,6}-)?[0-9]{6,10}\s?/\s?[0-9]{4}(?![\w/-])")
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
_SORT_CODE = re.compile(
    r"(?:sort\scode|sort-code)[^\n\d]{0,12}(?P<value>[0-9]{2}[-\s][0-9]{2}[-\s][0-9]{2})", re.IGNORECASE
)
_ACCOUNT = re.compile(
    r"(?<!\w)(?:account(?:\snumber|\sno\.?)?|acc(?:t)?\.?(?:\sno\.?)?|routing(?:\snumber)?|kontonummer"
    r"|kto\.?(?:-nr\.?)?|blz|лицевой\sсч[её]т|особовий\sрахунок|账户|账号|对公账户)[^\n\w]{0,5}(?:"
    r"(?:number|is|nr|no"
    r"|ist|und|and)[^\n\w]{1,3}){0,2}(?P<value>[0-9][0-9 -]{4,22}[0-9])(?!\w)",
    re.IGNORECASE,
)
_LIKE_DOCUMENT = re.compile(r".*[0-9].*[0-9].*[0-9].*[0-9]", re.DOTALL)


_DOCUMENT_SIGNS = Signs(
    "paszport passport reisepass ausweis dow praw legitym card licen führerschein občansk op řidičsk"
    " pas průkaz паспорт удостоверени билет свидетельство посвідченн картк"
)
_IDENTITY_SIGNS = Signs(
    "pan ni ssn sv-nummer svnummer svnr versicher ust-id ustid vat dič запис tax steuernummer"
)
_LEAST = 4
_LEAST_OF_OTHERS = 6


class LabelledDocuments:
    """Finds passports, licences, tax and insurance numbers, sort codes and accounts beside their labels,
    and Chinese resident ids."""

    def find(self, text: str) -> Iterator[Span]:
        """Every such number in the text."""
        digits = digits_in(text)
        if digits >= _LEAST:
            yield from _beside_labels(text)
        if digits >= _LEAST_OF_OTHERS:
            yield from _others(text)


def _beside_labels(text: str) -> Iterator[Span]:
    """Those that may be as short as four digits."""
    if _DOCUMENT_SIGNS.within(text):
        for match in _DOCUMENT.finditer(text):
            if _LIKE_DOCUMENT.match(match["value"]) and not re.fullmatch(
                r"(?:19|20)[0-9]{2}", match["value"]
            ):
                yield Span(*match.span("value"), "DOCUMENT")
    if _IDENTITY_SIGNS.within(text):
        yield from _values(text, "ID", _IDENTITY, _LEAST)


def _others(text: str) -> Iterator[Span]:
    for kind, pattern in (
        ("DOCUMENT", _SERIES),
        ("DOCUMENT", _CHINESE),
        ("NINO", _NINO_LABEL),
        ("SORTCODE", _SORT_CODE),
        ("ACCOUNT", _ACCOUNT),
    ):
        yield from _values(text, kind, pattern, _LEAST_OF_OTHERS)
    for match in _GERMAN_INSURANCE.finditer(text):
        yield Span(*match.span(), "SVNR")
    for match in _CHINESE_ID.finditer(text):
        if ric.is_valid(match.group().upper()) or "证" in text[max(0, match.start() - 12) : match.start()]:
            yield Span(*match.span(), "ID")
    for match in _CZECH_ACCOUNT.finditer(text):
        if match.group()[-4:] in _CZECH_BANKS:
            yield Span(*match.span(), "ACCOUNT")


def _values(text: str, kind: str, pattern: re.Pattern[str], least: int) -> Iterator[Span]:
    for match in pattern.finditer(text):
        if sum(map(str.isdigit, match["value"])) >= least:
            yield Span(*match.span("value"), kind)
