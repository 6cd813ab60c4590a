"""Licence plates: by their form where nothing else has it, else beside a word for car or plate."""

import re
from collections.abc import Iterator

from ai_worker.llm.redaction.recognisers.signs import Signs
from ai_worker.llm.redaction.spans import Span

_CYRILLIC = "АВЕКМНОРСТУХІABEKMHOPCTYXI"
_OWN_FORMS = tuple(
    re.compile(form)
    for form in (
        r"[АВЕКМНОРСТУХABEKMHOPCTYX](?<!\w.)\s?[0-9]{3}\s?[АВЕКМНОРСТУХABEKMHOPCTYX]{2}\s?[0-9]{2,3}(?:\s?RUS)?(?!\w)",
        rf"[{_CYRILLIC}](?<!\w.)[{_CYRILLIC}]\s?[0-9]{{4}}\s?[{_CYRILLIC}]{{2}}(?!\w)",
        r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z]\s?[·・•.]?\s?[A-HJ-NP-Z0-9]{5,6}(?![A-Z0-9])",
        r"[A-Z](?<![\w-].)[A-Z][0-9]{2}\s[A-Z]{3}(?![\w-])",
        r"[A-ZÄÖÜ](?<![\w-].)[A-ZÄÖÜ]{0,2}-[A-Z]{1,2}\s[0-9]{1,4}[EH]?(?![\w-])",
    )
)
"""Of Russia, Ukraine, China, Britain and Germany. Each begins with a set of letters: to look for these is
quick.
"""
_LABEL = re.compile(
    r"(?:车牌号?码?|牌号|车号|(?<!\w)(?:rejestrac\w*|rej\.|tablic\w*|nr\srej\w*|pojazd\w*|samoch\w*|auto"
    r"|auta|autem|plate"
    r"|reg(?:o|istration)?(?!\w)|licen[cs]e\splate|number\splate|kennzeichen|nummernschild|spz|rz"
    r"|vozidl\w*|(?<!spisová\s)značk\w*"
    r"|госномер|гос\.\s?номер|номер\s(?:машины|авто\w*|автомобиля)|автомобил\w*|машин\w*|авто|номерн\w*))"
    r"[^\n.0-9]{0,22}?(?-i:(?P<plate>(?<![A-Za-z0-9А-Яа-яІЇЄіїє])(?=[A-ZА-ЯІ0-9·-]{0,5}[\s·-]?[A-ZА-ЯІ]{0,3}[\s-]?[0-9])"
    r"(?=[0-9·\s-]{0,7}[A-ZА-ЯІ])[A-ZА-ЯІ0-9京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]{1,4}[\s·-]?[A-ZА-ЯІ0-9]{1,6}"
    r"(?:[\s-][A-ZА-ЯІ0-9]{1,4})?))(?!\w)",
    re.IGNORECASE,
)
_IRISH_AND_CZECH = re.compile(
    r"[0-9](?<![\w-][0-9])(?:[0-9][12]?-(?:C|CE|CN|CW|D|DL|G|KE|KK|KY|L|LD|LH|LK|LM|LS|MH|MN|MO|OY|RN|SO|T|W"
    r"|WH|WX|WW)-[0-9]{1,6}|[0-9]{2}-[0-9]{2} [А-ЯІ]{2}|[ABCEHJKLMPSTUZ][0-9A-Z] [0-9]{4})(?![\w-])"
)
_FORM = re.compile(
    r"[A-ZÄÖÜ](?<![\w-][A-ZÄÖÜ])(?:[A-ZÄÖÜ]{0,2}[ -][A-Z]{1,2}[ -]?[0-9]{1,4}[EH]?"
    r"|[A-Z]{1,2} [0-9][A-Z0-9]{3,4}|[A-Z][0-9]{2} ?[A-Z]{3}|[A-Z]{2}[ -][0-9]{3,4}(?: [A-Z]{2})?)(?![\w-])"
)
_INDIAN = re.compile(r"[A-Z](?<![\w-][A-Z])[A-Z][ -][0-9]{1,2}[ -][A-Z]{1,2}[ -][0-9]{4}(?![\w-])")
_TAIWANESE = re.compile(r"[A-Z](?<![A-Za-z0-9-][A-Z])[A-Z]{1,2}-[0-9]{4}(?![A-Za-z0-9-])")
_CAR = re.compile(r"车[^。]{0,60}\Z", re.DOTALL)
"""Plates of Germany, Poland, Britain and others, behind the make of the car."""
_MAKES = re.compile(
    r"(?<!\w)(?:opel|corsa|astra|vw|volkswagen|golf|passat|bmw|audi|mercedes|ford|toyot\w|hilux|honda"
    r"|škod\w|skod\w|octavi\w|fabi\w|fiat|renault|peugeot|citro[eë]n|hyundai|kia|mazda|nissan|micra|volvo"
    r"|seat|dacia|suzuki|mini|car|van|lorry|wagen|pkw|lkw|dostawcz\w*|ciężarów\w*|dodávk\w)(?!\w)"
    r"[^\n.0-9]{0,24}\Z",
    re.IGNORECASE,
)
_REACH, _REACH_OF_CAR = 40, 64
_CAPITALS = re.compile(r"[^a-zа-яё]+")


_LABEL_SIGNS = Signs(
    "rej tablic pojazd samoch auto plate reg kennzeichen nummernschild spz rz vozidl značk номер"
    " автомоб машин авто 车"
)


class Plates:
    """Finds licence plates of Russia, Ukraine, China, Britain and Germany by form, others by label."""

    def find(self, text: str) -> Iterator[Span]:
        """Every plate in the text."""
        for form in _OWN_FORMS:
            for match in form.finditer(text):
                yield Span(*match.span(), "PLATE")
        for match in _IRISH_AND_CZECH.finditer(text):
            yield Span(*match.span(), "PLATE")
        for match in _INDIAN.finditer(text):
            yield Span(*match.span(), "PLATE")
        for match in _TAIWANESE.finditer(text) if "车" in text else ():
            if _CAR.search(text, max(0, match.start() - _REACH_OF_CAR), match.start()):
                yield Span(*match.span(), "PLATE")
        for match in _FORM.finditer(text):
            if _MAKES.search(text, max(0, match.start() - _REACH), match.start()):
                yield Span(*match.span(), "PLATE")
        for match in _LABEL.finditer(text) if _LABEL_SIGNS.within(text) else ():
            written = match["plate"]
            if (
                _CAPITALS.fullmatch(written)
                and sum(map(str.isdigit, written)) >= 2
                and sum(map(str.isalnum, written)) >= 5
            ):
                yield Span(*match.span("plate"), "PLATE")
