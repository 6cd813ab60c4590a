"""Numbers and dates in words, as they are dictated: `oh one two two nine`, `sedmého ledna padesát`."""

import re
from collections.abc import Iterator
from functools import cache

from ai_worker.llm.redaction.language import Language

_WORDS: dict[Language, str] = {
    "en": "zero|oh?|nought|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen"
    "|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
    "|hundred|thousand|double|treble|triple|first|second|third|fifth|eighth|ninth|twelfth|twentieth|thirtieth"
    "|(?:four|six|seven|ten|eleven|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen)th",
    "de": r"null|eins|einund\w+|zwei\w*|zwo|drei\w*|dritt\w+|vier\w*|fünf\w*|sech\w+|sieb\w+|acht\w*|neun\w*"
    r"|zehn\w*|elf\w*|zwölf\w*|hundert\w*|tausend\w*|ersten?r?",
    "pl": r"zer\w+|jede[nj]\w*|dwa\w*|dwie\w*|dwu\w*|drugi\w*|trzy\w*|trzeci\w*|czter\w+|czwart\w+|pię[ćt]\w*"
    r"|piąt\w+|sześ\w+|szes\w+|szós\w+|siede\w+|siód\w+|osie\w+|ósm\w+|dziewi\w+|dziesi\w+|stu?|sto"
    r"|pierwsz\w+"
    r"|tysi\w+",
    "cs": r"nul\w+|jedn[aoué]\w*|jeden\w*|dva\w*|dvě\w*|druh[éý]\w*|tři\w*|třet\w+|čtyř\w+"
    r"|čtrnáct\w*|čtvrt\w+"
    r"|pět\w*|pát[éý]\w*|pade\w+|patn\w+|šest\w*|šed\w+|sedm\w*|osm\w*|devět\w*|deva\w+|devíti"
    r"|devát\w+|deset\w*"
    r"|desát\w+|jedenáct\w*|sto|sta|set|stě|tisíc\w*|prvn\w+|lomeno",
    "ru": r"плюс|нол[ья]\w*|нул[ья]\w*|один\w*|одна|одно|два\w*|две\w*|второ\w+|три\w*|треть\w+"
    r"|четыр\w+|четв[её]рт\w+"
    r"|пят[ьиоы]\w*|шест[ьиоы]\w*|сем[ьи]|сем[ьи]\w*[тд]\w+|седьм\w+|восем\w*|восьм\w+|девят\w+"
    r"|девян\w+|десят\w+"
    r"|сорок\w*|сто|ста|двест\w+|тысяч\w*|перво\w+",
    "uk": r"плюс|нул\w+|один\w*|одна|одну|два\w*|дві|двіст\w+|друго\w+|три\w*|трет\w+|чотир\w+"
    r"|четверт\w+|п['’ʼ]ят\w+"
    r"|шіст\w+|шост\w+|сім(?!['’ʼ])\w*|сьом\w+|вісім\w*|восьм\w+|дев['’ʼ]я[тн]\w*|десят\w+|сорок\w*|сто|ста"
    r"|тисяч\w*|перш[еоу]\w*",
}
_MONTHS: dict[Language, str] = {
    "en": "january|february|march|april|may|june|july|august|september|october|november|december",
    "de": "januar|jänner|februar|märz|april|mai|juni|juli|august|september|oktober|november|dezember",
    "pl": "stycznia|lutego|marca|kwietnia|maja|czerwca|lipca|sierpnia|września|października"
    "|listopada|grudnia",
    "cs": "ledna|února|března|dubna|května|června|července|srpna|září|října|listopadu|prosince",
    "ru": "января|февраля|марта|апреля|мая|июня|июля|августа|сентября|октября|ноября|декабря",
    "uk": "січня|лютого|березня|квітня|травня|червня|липня|серпня|вересня|жовтня|листопада|грудня",
}
_BETWEEN = r"[\s,.–-]{1,3}(?:(?:and|und|of|the|des|roku|року|года|hundert)\s)?"
_YEAR = r"(?:1[89]|20)[0-9]{2}"
_LEAST, _LEAST_OF_DATE = 4, 3
_WORD = re.compile(r"[^\W\d_]+(?:['’ʼ][^\W\d_]+)?|[0-9]+")
_HAN = re.compile(
    r"[零〇○一二三四五六七八九幺两]{7,}|[零〇○一二三四五六七八九幺两]{3,}(?:[,，、\s]{1,2}[零〇○一二三四五六七八九幺两]{3,})+"
)


@cache
def _pattern(language: Language) -> "re.Pattern[str]":
    word = rf"(?:{_WORDS[language]}|{_MONTHS[language]})(?!\w)"
    return re.compile(
        rf"(?<!\w){word}(?:{_BETWEEN}{word}){{2,}}(?:{_BETWEEN}{_YEAR}(?![0-9]))?"
        rf"|(?<!\w){word}{_BETWEEN}(?:{_MONTHS[language]}){_BETWEEN}{_YEAR}(?![0-9])",
    )


@cache
def _month(language: Language) -> "re.Pattern[str]":
    return re.compile(rf"(?:{_MONTHS[language]})\Z")


def numbers_in_words(text: str, language: Language) -> Iterator[tuple[int, int]]:
    """Start and end of every number of a text that is written in words.

    Args:
        text: in small letters.
    """
    if language == "zh":
        for match in _HAN.finditer(text):
            yield match.span()
        return
    for match in _pattern(language).finditer(text):
        words = _WORD.findall(match.group())
        least = _LEAST_OF_DATE if language == "de" or _months(words, language) else _LEAST
        if len(words) >= least:
            yield match.span()


def _months(words: list[str], language: Language) -> int:
    return sum(_month(language).match(word) is not None for word in words)


def shape_of_words(written: str, language: Language) -> tuple[str, int]:
    """The shape of a number in words, and how many it has: a date has another than a number."""
    if language == "zh":
        return "字", sum(sign.isalpha() for sign in written)
    words = _WORD.findall(written.lower())
    return "WM" if _months(words, language) else "W", len(words)
