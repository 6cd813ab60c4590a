"""Addresses that only the talk around them gives away: the answer to a question for one, in any letters."""

import re
from collections.abc import Iterator

from ai_worker.llm.redaction.language import Language, language_of
from ai_worker.llm.redaction.recognisers.places.towns import is_place, is_town
from ai_worker.llm.redaction.recognisers.signs import Signs
from ai_worker.llm.redaction.recognisers.spoken.numerals import CARDINALS_CYRILLIC, CARDINALS_LATIN
from ai_worker.llm.redaction.spans import Span

_WORDS = r"(?!(?:yes|no|ja|nein|ano|ne|tak|nie|да|нет|так|ні)\W)(?:[^\W\d_][\w.’'-]*,?\s){1,4}?"
_FLAT = (
    r"(?:(?:,\s?|\s)(?:m\.?|lok\.?|mieszkanie|byt|kv|flat|apt|top|wohnung|кв\.?|квартира|подъезд|под\.?"
    r"|этаж|под.?їзд|поверх|корпус"
    r"|стан)\s?[0-9]{1,4}){0,3}"
)
_HOUSE = (
    r"(?:(?:дом|д\.|буд\.|будинок|č\.\s?p\.|čp\.?|nr|numer"
    r"|number)\s)?(?:[0-9]{1,4}(?:\s?[a-dа-г](?!\w))?(?:\s?/\s?[0-9]{1,4}|\sprzez\s[0-9]{1,3})?"
    rf"|(?:{CARDINALS_LATIN}|{CARDINALS_CYRILLIC})(?:[\s-](?:{CARDINALS_LATIN}"
    rf"|{CARDINALS_CYRILLIC})){{0,3}}(?:,\s[0-9]{{1,4}}(?:\sprzez\s[0-9]{{1,3}})?)?)"
)
_ANSWER = (
    rf"(?P<value>{_WORDS}{_HOUSE}(?![\w:%]|[.,][0-9]){_FLAT})"
    r"(?P<town>,?\s[^\W\d_][\w-]{2,20}(?=[\s,.;!?)]|\Z))?"
)
_SPEAKER = (
    r"(?:\[[^\]\n]{1,20}\]\s?)?(?:[^\n:：,]{1,30}[:：]\s?)?"
    r"(?:(?:no|na|ja|genau|jo|tak|да|так|ну|на|it['’]s|its|and|at|to)[\s,]{1,2}){0,3}"
)
_ASKED = re.compile(
    rf"(?:adres\w*|address\w*|anschrift|адрес\w*|bydliš\w*|where\sdo\syou\slive|gdzie\smieszka\w*"
    rf"|kde\s(?:bydl\w*|to\sje)|wo\swohn\w*"
    rf"|где\s(?:жив\w*|ты\sжив\w*)|де\s(?:ти\s)?живе\w*)[^\n]{{0,60}}\n{_SPEAKER}{_ANSWER}",
    re.IGNORECASE,
)
_SIGNS = Signs("adres address anschrift адрес bydliš live? mieszkas bydlí wohnst живёш живеш живе")
_HOUSE_NUMBER = re.compile(r"[0-9](?<![\w/.,-][0-9])[0-9]{0,2}[a-d]?(?:/[0-9]{1,3})?(?=[,;)\n]|\.(?!\S)|\Z)")
_VILLAGE = re.compile(
    r"(?:(?<=[,:(]\s)|(?<=\bw\s)|(?<=\bv\s)|(?<=\bve\s)|^)"
    r"(?!(?:Halle|Raum|Zimmer|Tor|Stand|Block|Serie|Phase|Linie|Klasse|Sala|Hala|Stan|Rok|Etap)\s)"
    r"(?P<place>[A-ZŁŚŻĆŹČŘŠŽĎŤŇÁÉÍÓÚÝ][\w-]{2,}(?:\s[A-ZŁŚŻĆŹČŘŠŽĎŤŇ][\w-]{2,})?)"
    r"\s(?:č\.\s?p\.\s|čp\.?\s|nr\s)?\Z",
    re.MULTILINE,
)
_LONGEST_PLACE = 40
_WITH_VILLAGES: frozenset[Language] = frozenset({"cs", "de", "pl"})
"""Languages of countries in which houses of a village have numbers without a street."""
_UNIT = re.compile(r"[0-9一二三四五六七八九十](?:[号室楼栋幢组户层]|单元)|[\u4e00-\u9fff][0-9]{1,3}-[0-9]")
_MOST_DISTRICTS = 25
_CHINESE = re.compile(
    r"(?:(?:地址|住址|住处|现居|现住|家住|都?住|住在|寄回|寄到|送到"
    r"|寄往)[^\n，。,;；0-9A-Za-z]{0,6}?(?:还?是|在|为|[:：])?\s?|^|(?<=[\s，。,;；:：(（]))"
    r"(?P<value>(?:[\u4e00-\u9fff]{2,4}?(?:省|市|县|区)|(?<=住)[\u4e00-\u9fff]{2}"
    r"|(?<=你记一下)[\u4e00-\u9fff]{2})"
    r"(?:(?![的了是和与有说我你他她吗吧呢就])[\u4e00-\u9fffA-Za-z0-9()（）-]){2,40}?"
    r"(?:[0-9一二三四五六七八九十]{1,5}(?:号楼|号|室|楼|栋|幢|单元|组|户|层)|[0-9]{1,3}(?:-[0-9]{1,4}){1,2})"
    r"(?:附?[0-9A-Z一二三四五六七八九十]{1,4}(?:号楼|号|室|楼|栋|幢|单元|组|户|层|座)"
    r"|-?[0-9]{1,4}(?![0-9年月日元]))*(?:[,，]邮编[:：]?[0-9]{6})?)(?!线)",
    re.MULTILINE,
)
_STREETS = re.compile("[路街道镇村巷里园苑弄乡期湾城庄屯]|小区")


class AskedAddresses:
    """Finds `adres?` and the line that answers it, and a village with the number of a house."""

    def find(self, text: str) -> Iterator[Span]:
        """Every such address in the text."""
        if "\n" in text and _SIGNS.within(text):
            for match in _ASKED.finditer(text):
                town = match["town"]
                with_town = town is not None and is_town(town.strip(" ,"))
                yield Span(
                    match.start("value"), match.end("town") if with_town else match.end("value"), "ADDRESS"
                )
        if _UNIT.search(text):
            for match in _CHINESE.finditer(text):
                if _STREETS.search(match["value"]):
                    yield Span(*match.span("value"), "ADDRESS")
        for number in _HOUSE_NUMBER.finditer(text) if language_of(text) in _WITH_VILLAGES else ():
            village = _VILLAGE.search(text, max(0, number.start() - _LONGEST_PLACE), number.start())
            if village is not None and _is_village(village["place"], number.group()):
                yield Span(village.start(), number.end(), "ADDRESS")


def _is_village(place: str, number: str) -> bool:
    """Return whether the words are a place, and the number none of a town's district."""
    if is_town(place) and number.isdigit() and int(number) <= _MOST_DISTRICTS:
        return False
    return any(is_place(word) for word in (place.lower(), *place.lower().split()))
