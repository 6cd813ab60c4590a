"""Postal addresses: a street with its house number, and the town and postcode beside it."""

import re
from collections.abc import Iterator

from ai_worker.llm.redaction.recognisers.ordinary import without_code
from ai_worker.llm.redaction.recognisers.places.streets import (
    BARE,
    BRITISH,
    CHINESE_BEFORE,
    CHINESE_MORE,
    POSTCODE,
    PREFIX,
    SMALL,
    STREETS,
    TOWN,
    WORD,
)
from ai_worker.llm.redaction.recognisers.places.towns import is_place, is_town
from ai_worker.llm.redaction.recognisers.words import cues
from ai_worker.llm.redaction.recognisers.words.lexicon import likeness
from ai_worker.llm.redaction.recognisers.words.simplified import simplified
from ai_worker.llm.redaction.spans import Span

_RESIDES = re.compile(
    r"(?:mieszka\w*|zam\.|zamieszka\w*|adres\w*|address|live[sd]?|living|home|lokal\w*|resid\w*|wohn\w*"
    r"|anschrift|adresse|lieferung|bydl\w*|bytem|adres\w+|sídl\w*|doručte|жив\w+|прожива\w+|адрес\w*"
    r"|мешка\w+|прописан\w*|住|地址)"
    r"[^\n.;]{0,40}\Z",
    re.IGNORECASE,
)
_LABELLED = re.compile(
    r"(?:^|[\n,;>.|]\s*)(?:adres(?:\s\w+)?|address|home\saddress|postal\saddress|ulica|street|straße|strasse"
    r"|anschrift|adresse|wohnort|ort|plz(?:\s?/\s?ort)?|stadt|city(?:\s?/\s?zip)?|zip|kod(?:\si\smiasto)?"
    r"|miasto|miejscowość"
    r"|postcode|ulice|město|adresa|bydliště|psč|адрес(?:\s\w+)?|адреса|город|місто|вулиця|улица|地址"
    r"|住址|收货地址"
    r"|现住)\s?[:：]\s?(?P<value>(?![0-9A-Fa-f:]+:[0-9A-Fa-f:]+)[^\n;]{3,90})",
    re.IGNORECASE,
)
_RESIDENT = re.compile(
    rf"(?:zamieszka\w+|zam\.|проживающ\w+|мешкає|bytem|wohnhaft)\s(?:w\s|в\s|in\s|v\s)?"
    rf"(?P<value>{WORD}(?:\s{WORD})?,\s{WORD}(?:\s{WORD})?\s[0-9]{{1,4}}[a-z]?(?:/[0-9]{{1,4}})?)(?![\w/])"
)
_SENTENCE_END = re.compile(
    r"(?<=[\w)])\.\s(?=[A-ZА-ЯЁІЇЄҐŁŚŻ])(?<!\bul\.\s)(?<!\bг\.\s)(?<!\bм\.\s)(?<!\bд\.\s)(?<!\bкв\.\s)"
    r"(?<!\bst\.\s)(?<!\bal\.\s)"
)
_LEFT = re.compile(
    rf"(?:(?P<code>{POSTCODE}),?\s{{1,2}})?(?P<region>(?:[\w-]+\s(?:обл\.|область"
    rf"|області|район|району|р-н),\s){{1,2}})?(?P<town>{TOWN})(?:\s(?P<behind>[0-9]{{2}}-[0-9]{{3}}"
    rf"|[0-9]{{5}}))?(?P<gap>,?\s(?:на|przy|na|на\s|у|в|v|in)?\s?)\Z"
)
_RIGHT = re.compile(
    rf"(?P<gap>\sw\s|\swe\s|\sin\s|\sv\s|,\s|\s|,"
    rf"|\n)(?:(?P<code>{POSTCODE})(?:,?\s)?)?(?P<town>{TOWN})?(?P<state>,?\s(?:[A-Z]{{2}}"
    rf"|[A-Z][a-z]+))?(?:,?\s(?P<after>{POSTCODE}))?"
)
_PARTS_BEFORE = re.compile(
    rf"(?:(?:near\s)?(?:{WORD}|The|[0-9]{{1,4}}[a-z]?)(?:\s(?:na"
    rf"|{WORD})){{0,3}},\s){{0,3}}(?:{WORD}(?:\s{WORD})?)?,?\s\Z"
)
_TOWN_BEFORE = re.compile(rf"(?:(?:с|м|смт|г|д|п|пос)\.?\s)?(?P<town>{WORD}(?:\s{WORD})?),\s\Z")
_TOWN_AFTER = re.compile(
    rf"(?:,\s|\n(?=[0-9]))(?P<code>(?:[0-9]{{3}}\s[0-9]{{2}}|[0-9]{{2}}-[0-9]{{3}}"
    rf"|[0-9]{{5}}|(?!19|20)[1-9][0-9]{{3}})\s)?(?P<town>{WORD}(?:\s{WORD})?)"
)
_VILLAGE_BEFORE = re.compile(rf"(?<!\w)(?:с|смт|пос|х)\.\s{WORD},\s\Z")
_CODE_BEHIND = re.compile(r",\s[1-9][0-9]{2}\s[0-9]{2}(?=[,.;)\n]|\Z)")
"""A Czech postcode without its town."""
_AT_HOME = re.compile(
    r"(?:bydlišt\w{1,2}|bytem|adres\w{1,2}|wohnanschrift|anschrift|zam\.|wohnhaft(?:\sin)?|проживающ\w+"
    r"|адрес\w{0,2})[:,]?\s\Z",
    re.IGNORECASE,
)
_UNKNOWN_TOWN = re.compile(rf",\s(?P<town>{WORD}(?:[\s-]{WORD})?)(?=[.,;)\n]|\s[-–(]|\Z)")
"""Behind a street and between signs a word with a capital is a town, known or not."""
_SMALL_TOWN = re.compile(r",?\s(?P<town>[^\W\d_]{3,14})(?!\w)")
_LIKE_A_NAME = 3.0
_BESIDE, _IN = frozenset({"przy", "na", "на"}), re.compile(r"(?<!\w)(?:w|we|v|ve|в|у|in)\s\Z", re.IGNORECASE)
_HAN = re.compile(r"[\u4e00-\u9fff]")
_HOUSE_BEFORE = re.compile(
    rf"(?<![\w'’])(?:The\s{WORD}(?:\s{WORD})?|(?:{WORD}\s){{1,2}}(?:House|Cottage|Farm|Lodge|Hall|Barn"
    rf"|Grange)),\s\Z"
)
"""The name of an English house, before its street."""
_OF_TOWNS = re.compile(r"(?:г|м|с|д|гор|пос|смт|пгт|дер|х)(?:\.|\s)")
_REGION_BEHIND = re.compile(
    r",\s(?:[А-ЯІЇЄҐ][\w’'-]+(?:ка|ой|кой|кої)\s)?(?:обл\.?|область|області"
    r"|області)(?:,?\s[0-9]{5,6}(?![0-9]))?"
    r"|,\s(?:[А-ЯІЇЄҐ][\w’'-]+ська\sобл\.?)(?:,?\s[0-9]{5})?|,\s(?:индекс|індекс)\s[0-9]{5,6}"
)
_CARE_OF = re.compile(rf"(?<!\w)c/o\s(?:\w+\.?\s)?{WORD}(?:\s{WORD})?")
_LONGEST_BEFORE, _LONGEST_PREFIX = 80, 16
_BESIDE_TOWN = re.compile(rf"\s(?:bei|b\.|am|an\sder|im|ob\sder)\s{WORD}")
_DISTRICT = re.compile(r",\s[A-Z]{1,2}[0-9]{1,2}[A-Z]?(?!\w)")
"""The first half of a British postcode."""
_OVERSEAS = re.compile(
    r"(?:,\s[A-Z0-9À-Þ][\w'’. -]{1,28}){0,4}(?:,\s?|\s)(?:(?:VIC|NSW|QLD|SA|WA|TAS|ACT|NT),?\s[0-9]{4}"
    r"|(?:ON|QC|BC|AB|MB|SK|NS|NB|NL|PE|YT|NT|NU),?\s[A-Z][0-9][A-Z]\s?[0-9][A-Z][0-9]"
    r"|[A-Z]{2}\s[0-9]{5}(?:-[0-9]{4})?)(?![\w-])"
    r"|(?:,\s[A-Z0-9À-Þ][\w'’. -]{1,28}?){1,4}\s[1-9][0-9]{2}\s?[0-9]{3}(?![\w-]|\s[0-9])"
)
"""The rest of an address in Australia, Canada, the United States or India."""
_NO_STREET = frozenset(
    [
        "dnia",
        "dne",
        "dnem",
        "am",
        "nr",
        "no",
        "nо",
        "godz",
        "około",
        "about",
        "on",
        "at",
        "in",
        "im",
        "der",
        "die",
        "das",
        "str",
        "strona",
        "strony",
        "page",
        "seite",
        "kapitel",
        "rozdział",
        "chapter",
        "kapitola",
        "около",
        "приблизно",
        "страница",
        "стр",
        "глава",
        "розділ",
        "сторінка",
        "art",
        "§",
        "tel",
        "telefon",
        "phone",
        "tel.",
        "phone:",
        "windows",
        "android",
        "seit",
        "from",
        "since",
        "wednesday",
        "monday",
        "tuesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "version",
        "der",
        "den",
        "vom",
        "zum",
        "bis",
        "ab",
        "od",
        "do",
        "от",
        "до",
        "з",
        "із",
        "von",
        "und",
        "oraz",
        "around",
        "over",
        "under",
        "plus",
        "minus",
        "pesel",
        "nip",
        "numer",
        "номер",
        "№",
        "№",
        "table",
        "figure",
        "tab",
        "rys",
        "obr",
        "рис",
    ]
)
"""Words before a number that is no house."""
_MONTH_BEHIND = re.compile(
    r"\s(?:январ|феврал|март|апрел|ма[йя]|июн|июл|август|сентябр|октябр|ноябр|декабр|січ|лют|берез|квіт"
    r"|трав|черв|лип|серп"
    r"|верес|жовт|листоп|груд|stycz|lut|mar|kwie|maj|czerw|lip|sierp|wrze|paźdz|listop|grud|led|únor"
    r"|břez|dub|květ|červ|srp"
    r"|září|říj|prosin)"
)


_NUMBER_BEHIND = re.compile(r"\s(?:№\s?)?[0-9]")
"""A part of every street whose number stands behind its name, but for Cyrillic and Chinese ones."""
_MAY_BE_STREET = re.compile(
    rf"{_NUMBER_BEHIND.pattern}|(?:Cottage|House|Farm|Farmhouse|Lodge|Barn|Grange|Rectory|Vicarage"
    rf"|Mill),\s|(?<![\w.,/-])[0-9]{{1,5}}[A-Za-z]?\s|[\u0400-\u04ff\u4e00-\u9fff]"
)
_MAY_BE_LABELLED = re.compile(r"[:：][^\n;0-9]{0,91}[0-9]")


class Addresses:
    """Finds streets with house numbers, and what belongs to them on both sides."""

    def find(self, text: str) -> Iterator[Span]:
        """Every address in the text."""
        cleared = simplified(without_code(text)) if _HAN.search(text) else without_code(text)
        for start, end in self._cores(cleared):
            prefix = PREFIX.search(cleared, max(0, start - _LONGEST_PREFIX), start)
            start = prefix.start() if prefix is not None else start
            first, last = _to_left(cleared, start), _to_right(cleared, end)
            region = _REGION_BEHIND.match(cleared, end) or _REGION_BEHIND.match(cleared, last)
            last = region.end() if region is not None else last
            if _HAN.match(cleared, start):
                first, last = _in_chinese(cleared, start, last)
            overseas = _OVERSEAS.match(cleared, end) or _OVERSEAS.match(cleared, last)
            last = last if overseas is None else max(last, overseas.end())
            yield Span(first, first + len(cleared[first:last].rstrip(" .,\n")), "ADDRESS")
        for match in _CARE_OF.finditer(cleared) if "c/o" in cleared else ():
            yield Span(*match.span(), "ADDRESS")
        for match in _LABELLED.finditer(cleared) if _MAY_BE_LABELLED.search(cleared) else ():
            yield from _labelled(cleared, match)
        for match in _RESIDENT.finditer(cleared) if _NUMBER_BEHIND.search(cleared) else ():
            yield Span(*match.span("value"), "ADDRESS")

    @staticmethod
    def _cores(text: str) -> Iterator[tuple[int, int]]:
        for sign, streets in STREETS if _MAY_BE_STREET.search(text) else ():
            for match in streets.finditer(text) if sign.search(text) else ():
                yield match.span()
        for match in BRITISH.finditer(text):
            before = _PARTS_BEFORE.search(text, max(0, match.start() - _LONGEST_BEFORE), match.start())
            yield match.start() if before is None else before.start(), match.end()
        for match in BARE.finditer(text) if _NUMBER_BEHIND.search(text) else ():
            words = match["street"].lower().split()
            if words[0] in _NO_STREET or words[-1] in _NO_STREET or _MONTH_BEHIND.match(text, match.end()):
                continue
            if _is_beside_town(text, match) or _RESIDES.search(
                text, max(0, match.start() - 60), match.start()
            ):
                yield match.span()
        for match in SMALL.finditer(text) if _NUMBER_BEHIND.search(text) else ():
            words = match["street"].split()
            if (
                match["town"].islower()
                and is_town(match["town"])
                and _NO_STREET.isdisjoint(words)
                and _MONTH_BEHIND.match(text, match.start("town") - 1) is None
            ):
                yield match.span()


def _is_beside_town(text: str, match: re.Match[str]) -> bool:
    left = _TOWN_BEFORE.search(text, max(0, match.start() - 40), match.start())
    if left is not None and is_town(left["town"]):
        return True
    if _VILLAGE_BEFORE.search(text, max(0, match.start() - 40), match.start()) or _CODE_BEHIND.match(
        text, match.end()
    ):
        return True
    right = _TOWN_AFTER.match(text, match.end())
    return right is not None and (right["code"] is not None or is_town(right["town"]))


def _in_chinese(text: str, start: int, end: int) -> tuple[int, int]:
    before = CHINESE_BEFORE.search(text, max(0, start - 8), start)
    more = CHINESE_MORE.match(text, end)
    return (start if before is None else before.start()), (end if more is None else more.end())


def _to_left(text: str, start: int) -> int:
    house = _HOUSE_BEFORE.search(text, max(0, start - _LONGEST_BEFORE), start)
    if house is not None:
        return house.start()
    before = _LEFT.search(text, max(0, start - _LONGEST_BEFORE), start)
    if before is None:
        return start
    if (
        before["code"]
        or before["behind"]
        or before["region"]
        or is_town(before["town"])
        or (before["gap"] == ", " and is_place(before["town"].lower()))
        or _OF_TOWNS.match(before["town"])
    ):
        return before.start()
    # `w Ożarowie przy Lipowej 9`
    if before["gap"].strip() in _BESIDE and _IN.search(text, max(0, before.start() - 4), before.start()):
        return before.start()
    # `bydliště Bludov, Špalkova 612`: whatever stands between the label and the street is the town.
    if before["gap"] == ", " and _AT_HOME.search(text, max(0, before.start() - 20), before.start()):
        return before.start()
    return start


def _to_right(text: str, end: int) -> int:
    after = _RIGHT.match(text, end)
    if after is None:
        return end
    if after["code"] or after["after"]:
        if after["after"] and not after["code"]:
            return after.end()
        end = after.end("town") if after["town"] else after.end("code")
        beside = _BESIDE_TOWN.match(text, end)
        return beside.end() if beside else end
    if after["town"] and (
        _OF_TOWNS.match(after["town"]) or is_town(after["town"]) or is_place(after["town"].lower())
    ):
        return after.end("town")
    town = _UNKNOWN_TOWN.match(text, end)
    if town is not None and town["town"].lower() not in cues.NEVER and _is_no_name(town["town"]):
        return town.end("town")
    district = _DISTRICT.match(text, end)
    if district is not None:
        return district.end()
    small = _SMALL_TOWN.match(text, end)
    return small.end() if small is not None and is_town(small["town"]) else end


def _is_no_name(town: str) -> bool:
    return all(likeness(word) < _LIKE_A_NAME for word in town.lower().split())


def _labelled(text: str, match: re.Match[str]) -> Iterator[Span]:
    start, end = match.span("value")
    sentence = _SENTENCE_END.search(text, start, end)
    if sentence is not None:
        end = sentence.start()
    value = text[start:end]
    if "@" not in value and re.search(r"[0-9]", value) and re.search(r"[^\W\d_]{2}", value):
        cut = re.search(
            r",?\s(?:tel|e-?mail|phone|tел|телефон|mob|kom|收)\b|[,，]\s?(?:邮编|电话)", value, re.IGNORECASE
        )
        yield Span(
            start, start + (cut.start() if cut and cut.start() > 3 else len(value.rstrip(" .,"))), "ADDRESS"
        )
