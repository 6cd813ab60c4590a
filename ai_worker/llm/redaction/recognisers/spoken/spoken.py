"""Dates of birth, telephone numbers and codes in words, behind a word that says what they are."""

import re
from collections.abc import Iterator

from ai_worker.llm.redaction.recognisers.signs import Signs
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
_SIGNS = Signs(
    "zero null eins zwei zwo drei vier fünf sechs sieben acht neun zehn elf zwölf zwan eißig hundert two"
    " three"
    " four five fif six seven eight nine twen teen hundred double first second third eleven twel jeden"
    " dwa trzy"
    " cztery czwart pięć piąt sześć szóst siedem siódm osiem ósm dziewi dzieści dziesi pierwsz drugi trzeci"
    " nast jedna nula dva dvě druh tři třet čtyři čtvrt pět pát šest sedm osm devět devát deset desát náct"
    " dvacet prvn"
    " ноль нуль один одна два две три четыр четв пят шест сем седьм восем восьм девят десят надцат двадцат"
    " сорок сто двест перв втор трет дві друг чотир п'ят п’ят шіст сім сьом вісім дев'ят дев’ят перш"
    " 一 二 三 四 五 六 七 八 九 零 〇"
)
_FEWEST_SIGNS = 2
"""Different words for numbers that a dictated one holds, or parts of them."""
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
    rf"|{_HAN_DIGITS}(?:[，、\s-]?{_HAN_DIGITS}){{7,13}}",
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
        if _SIGNS.number_within(text) < _FEWEST_SIGNS:
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


def _is_meant(kind: str, between: str, value: str) -> bool:
    """Return whether the label is that of the value, and the value is of its kind."""
    if any(map(str.isdigit, between)) or _COUNTED.search(value):
        return False
    if kind == "BIRTH" and _DATED.search(value) is None:
        return False
    return between.count("\n") <= (0 if kind == "SECRET" else 1)
