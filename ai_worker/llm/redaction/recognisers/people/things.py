"""Runs that name laws, places and institutions rather than persons."""

from ai_worker.llm.redaction.recognisers.people.evidence import Evidence
from ai_worker.llm.redaction.recognisers.places.towns import is_place, is_town
from ai_worker.llm.redaction.recognisers.words import cues
from ai_worker.llm.redaction.recognisers.words.lexicon import given, is_surname, likeness

_TOWN_WORDS = frozenset({"los", "san", "santa", "saint", "new", "fort", "lake", "mount"})
_ACRONYM = 5
_SURELY = 2
_QUOTES = frozenset("\"„“”«»'’")


_BEFORE_CAPITALS = ("mc", "mac", "de", "di", "du", "le", "la", "o", "van", "fitz")


def _is_camel(word: str) -> bool:
    """Return whether a capital stands within a word that is not all in capitals: `InPost`, no `McKay`."""
    if word.isupper() or not word[1:].isalpha():
        return False
    inner = next((place for place, letter in enumerate(word) if place and letter.isupper()), 0)
    return inner > 0 and word[:inner].lower() not in _BEFORE_CAPITALS


class Things(Evidence):
    """The same, asked whether the run names a thing."""

    __slots__ = ()

    def _is_of_a_thing(self, cue: str) -> bool:
        """Return whether the run names a law, a place or an institution, or stands by itself in quotation
        marks.
        """
        words = [token.lower for token in self.listed[self.first : self.end]]
        if cue == "title":
            return (self.listed[self.first - 1].lower, words[0]) in cues.FIGURES
        if words[0] in _TOWN_WORDS:
            return True
        if len(words) > 1 and not cue and not cues.INSTITUTIONS.isdisjoint((words[-1], words[0])):
            return True
        before = self.listed[self.first - 1].lower if self.first and self._is_joined() else ""
        if self._is_in_code() or (not cue and self._is_a_make()):
            return True
        after = self.listed[self.end] if self.end < len(self.listed) else None
        if before in cues.EPONYMS or (after is not None and after.gap == " " and after.lower in cues.EPONYMS):
            return True
        if not cue and after is not None and after.gap == " " and after.lower in cues.AFTER_PLACES:
            return True
        if not cue and self._is_in_a_place():
            return True
        if len(words) == 1 and not cue:
            quoted = (
                self.listed[self.first].gap[-1:] in _QUOTES and after is not None and after.gap[:1] in _QUOTES
            )
            place = is_place(words[0]) and likeness(words[0]) < 0.0 and not is_surname(words[0])
            return quoted or place or words[0] in cues.PLACES or self._is_town_among_towns(words[0])
        return False

    def _is_a_make(self) -> bool:
        """Return whether the run is a firm or a make: `Webb & Sons`, `InPost`, `DPD`, or a known one."""
        after = self.listed[self.end].gap if self.end < len(self.listed) else ""
        if "&" in after[:3] or "&" in self.listed[self.first].gap[-3:]:
            return True
        token = self.listed[self.end - 1]
        if self.end - self.first > 1 and not (token.lower in cues.PARTICLES or self.end - self.first == 2):
            return False
        if token.lower in cues.FIRMS or (self.end - self.first == 1 and _is_camel(token.word)):
            return True
        return (
            len(token.word) <= _ACRONYM and token.word.isupper() and len(token.word) > 1 and self._is_alone()
        )

    def _is_alone(self) -> bool:
        """Return whether the run has one word, particles aside."""
        return all(not token.capital for token in self.listed[self.first : self.end - 1])

    def _is_in_a_place(self) -> bool:
        """Return whether a preposition of place stands before the one word, and it is no given name."""
        if self.end - self.first > 1 or not self._is_joined() or not self.first:
            return False
        return self.listed[self.first - 1].lower in cues.IN_PLACES and self._given(self.first) < _SURELY

    def _is_town_among_towns(self, word: str) -> bool:
        """Return whether it is a town that is no given name, or stands in a list of towns."""
        if not is_town(word):
            return False
        neighbours = [other for other in (self.first - 1, self.end) if 0 <= other < len(self.listed)]
        listed = any(self.listed[other].capital and is_town(self.listed[other].word) for other in neighbours)
        return listed or (given(word, self.language) < 2 and likeness(word) < 3.0)
