"""Dates of birth, telephone numbers and codes in words, behind a word that says what they are."""

import re
from collections.abc import Iterator

from ai_worker.llm.redaction.recognisers.spoken.numerals import (
    CARDINALS_CYRILLIC,
    CARDINALS_LATIN,
    DATED_CYRILLIC,
    DATED_LATIN,
)
from ai_worker.llm.redaction.spans import Span

_GAP = r"(?:[\s,.–-]{1,3}(?:(?:of|and|the|a|und|i)\s)?)"
_YEAR_IN_DIGITS = r"(?:\s(?:roku|року|рік|года|r\.))?\s[0-9]{4}(?![0-9])"
_HAN_DIGITS = r"[零〇○一二三四五六七八九幺两]"


def _run(word: str, fewest: int, most: int) -> str:
    return rf"(?<!\w)(?:{word})(?!\w)(?:{_GAP}(?:{word})(?!\w)){{{fewest - 1},{most - 1}}}"


_BORN = re.compile(
    r"(?<!\w)(?:urodz\w*|ur\.|born|birth\w*|dob|narod\w*|naroz\w*|nar\.|geb\.|geboren\w*|geburt\w*"
    r"|рожд\w*|родил\w*|народ[иж]\w*)(?!\w)",
    re.IGNORECASE,
)
_PHONE = re.compile(
    r"(?<!\w)(?:tel\w*|phone|mobile|number|ring|call|text|numer\w*|dzwo[nń]\w*|zadzwo[nń]\w*|komórk\w*"
    r"|čísl\w+|volej\w*|zavol\w*"
    r"|mobil\w*|nummer|handy\w*|rückruf\w*|ruf\w*|тел\w*|номер\w*|звон\w*|позвон\w*|набер\w*|мобильн\w*"
    r"|мобільн\w*|дзвон\w*)(?!\w)"
    r"|手机|电话|号码",
    re.IGNORECASE,
)
_CODE = re.compile(
    r"(?<!\w)(?:code|pin|passcode|kod\w{0,3}|kód\w{0,3}|код\w{0,3}|пин\w{0,3}|пін\w{0,3}"
    r"|парол\w{1,2})(?!\w)|密码",
    re.IGNORECASE,
)
_BEGINNING_WORDS = (
    "zero null eins zwei zwo drei vier fünf sech sieb acht neun zehn elf zwöl zwan einu two thre "
    "four five fif six seve eigh nine ten twen twel thir fort hund doub oh ohh one firs seco nint "
    "tent elev jede dwa trzy czte czwa pięć piąt sześ szós sied siód osie ósm dwud dzie dwan jedn "
    "nula dva dvě dvac druh tři třic třet čtyř čtvr pět pate pát šest šede sedm osm osmé devě devá "
    "dese desá prvn pade osmd nult ноль нуль один одна одно два две дваж двад двен двух три трин "
    "трид трис трет четы четв пять пято пятн пяти пятс пяте шест семь семн семи семс седь восе вось "
    "девя деся соро сто двес перв втор дві двіс друг чоти п'ят п’ят шіст шост сім сімд сьом вісі "
    "дев' дев’ перш ті тися тыся fift sixt elft drit erst taus dvan třin čtrn patn osmn deva sept "
    "dece"
)
_MONTH_WORDS = (
    "janu febr marc apri may june july augu octo nove jänn märz mai juni juli okto deze styc lute "
    "kwie maja czer lipc sier wrze paźd list grud ledn únor břez dubn květ červ srpn září říjn pros "
    "янва февр март апре мая июня июля авгу сент октя нояб дека січн люто бере квіт трав черв липн "
    "серп вере жовт груд лист"
)
_BEGINNINGS = frozenset(_BEGINNING_WORDS.split())
_MONTHS = frozenset(_MONTH_WORDS.split())
"""The first four letters of words for numbers and months."""
_FEWEST = 3
_BEGINNING = 4
_HAN_NUMBER = re.compile(rf"{_HAN_DIGITS}(?:[，,、\s-]?{_HAN_DIGITS}){{7}}")
_DATE = re.compile(
    rf"(?<!\w)(?:{DATED_LATIN}){_GAP}(?:{DATED_LATIN}){_YEAR_IN_DIGITS}"
    rf"|(?<!\w)(?:{DATED_CYRILLIC}){_GAP}(?:{DATED_CYRILLIC}){_YEAR_IN_DIGITS}"
    rf"|{_run(f'{DATED_LATIN}|{CARDINALS_LATIN}', 3, 9)}"
    rf"|{_run(f'{DATED_CYRILLIC}|{CARDINALS_CYRILLIC}', 3, 9)}",
    re.IGNORECASE,
)
_DATED = re.compile(rf"(?<!\w)(?:{DATED_LATIN}|{DATED_CYRILLIC})(?!\w)", re.IGNORECASE)
_LONG = re.compile(
    rf"{_run(CARDINALS_LATIN, 6, 16)}|{_run(CARDINALS_CYRILLIC, 5, 16)}"
    rf"|{_HAN_DIGITS}(?:[，,、\s-]?{_HAN_DIGITS}){{7,13}}",
    re.IGNORECASE,
)
_SHORT = re.compile(
    rf"(?:{_run(CARDINALS_LATIN, 3, 8)}|{_run(CARDINALS_CYRILLIC, 3, 8)})"
    r"(?:\s(?:решётка|решетка|решітка|звёздочка|звездочка|зірочка|hash|star|raute|stern|hvězdička|křížek"
    r"|gwiazdka|krzyżyk))?",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r"one\W+two\W+three|eins\W+zwei\W+drei|jeden\W+dwa\W+trzy|jedna\W+dvě\W+tři|один\W+(?:два|дві)\W+три",
    re.IGNORECASE,
)
_LONGEST = 150
_REACH_OF_BIRTH, _REACH_OF_NUMBER, _REACH_OF_CODE = 90, 70, 60
"""Characters between label and number; a question and its answer may stand on two lines."""


class Spoken:
    """Finds what was dictated behind `date of birth`, `ring me on`, `код на воротах` and their like."""

    def find(self, text: str) -> Iterator[Span]:
        """Every such number in the text."""
        if not _may_be_dictated(text):
            return
        for kind, label, form, reach in (
            ("BIRTH", _BORN, _DATE, _REACH_OF_BIRTH),
            ("PHONE", _PHONE, _LONG, _REACH_OF_NUMBER),
            ("SECRET", _CODE, _SHORT, _REACH_OF_CODE),
        ):
            read = 0
            for match in label.finditer(text):
                first, last = match.end(), match.end() + reach
                value = form.search(text, max(first, read), last + _LONGEST)
                if (
                    value is not None
                    and value.start() <= last
                    and _is_meant(kind, text[first : value.start()], value.group())
                ):
                    read = value.end()
                    yield Span(*value.span(), kind)


def _may_be_dictated(text: str) -> bool:
    """Return whether three words begin like numbers or months, or Chinese digits stand in a row."""
    numbers = months = years = 0
    for word in text.lower().split():
        beginning = word[:_BEGINNING].rstrip(",.")
        numbers += beginning in _BEGINNINGS
        months += beginning in _MONTHS
        years += len(beginning) == _BEGINNING and beginning.isdigit()
        if numbers >= _FEWEST or (numbers and months and numbers + months + years >= _FEWEST):
            return True
    return _HAN_NUMBER.search(text) is not None


def _is_meant(kind: str, between: str, value: str) -> bool:
    """Return whether the label is that of the value, and the value is of its kind."""
    if any(map(str.isdigit, between)) or _COUNTED.search(value):
        return False
    if kind == "BIRTH" and _DATED.search(value) is None:
        return False
    return between.count("\n") <= (0 if kind == "SECRET" else 1)
