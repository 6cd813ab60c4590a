"""Addresses that only the talk around them gives away: the answer to a question for one, in any letters."""

import re
from collections.abc import Iterator

from ai_worker.llm.redaction.language import Language, language_of
from ai_worker.llm.redaction.recognisers.places.towns import is_place, is_town
from ai_worker.llm.redaction.recognisers.signs import Signs
from ai_worker.llm.redaction.recognisers.spoken.numerals import CARDINALS_CYRILLIC, CARDINALS_LATIN
from ai_worker.llm.redaction.spans import Span

_WORDS = r"(?:[^\W\d_][\w.’'-]*,?\s){1,4}?"
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
_SIGNS = Signs("adres address anschrift адрес bydliš where gdzie kde wohn где де")
_VILLAGE = re.compile(
    r"(?:(?<=[,:(]\s)|(?<=\bw\s)|(?<=\bv\s)|(?<=\bve\s)"
    r"|^)(?P<place>[A-ZŁŚŻĆŹČŘŠŽĎŤŇÁÉÍÓÚÝ][\w-]{2,}(?:\s[A-ZŁŚŻĆŹČŘŠŽĎŤŇ][\w-]{2,})?)"
    r"\s(?:č\.\s?p\.\s|čp\.?\s|nr\s)?(?P<number>[0-9]{1,3}[a-d]?(?:/[0-9]{1,3})?)(?=[,;)\n]|\.(?!\S)|\Z)",
    re.MULTILINE,
)
_WITH_VILLAGES: frozenset[Language] = frozenset({"cs", "de", "pl"})
"""Languages of countries in which houses of a village have numbers without a street."""


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
        for match in _VILLAGE.finditer(text) if language_of(text) in _WITH_VILLAGES else ():
            if _is_village(match["place"]):
                yield Span(*match.span(), "ADDRESS")


def _is_village(place: str) -> bool:
    """Return whether the words are a place, and none so large that its districts have numbers."""
    return not is_town(place) and any(is_place(word) for word in (place.lower(), *place.lower().split()))
