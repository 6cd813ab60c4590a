"""Runs that name laws, places and institutions rather than persons."""

from ai_worker.llm.redaction.recognisers.people.evidence import Evidence
from ai_worker.llm.redaction.recognisers.places.towns import is_place, is_town
from ai_worker.llm.redaction.recognisers.words import cues
from ai_worker.llm.redaction.recognisers.words.lexicon import given, is_surname, likeness

_TOWN_WORDS = frozenset({"los", "san", "santa", "saint", "new", "fort", "lake", "mount"})
_QUOTES = frozenset("\"„“”«»'’")


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
        if self._is_in_code():
            return True
        after = self.listed[self.end] if self.end < len(self.listed) else None
        if before in cues.EPONYMS or (after is not None and after.gap == " " and after.lower in cues.EPONYMS):
            return True
        if not cue and after is not None and after.gap == " " and after.lower in cues.AFTER_PLACES:
            return True
        if len(words) == 1 and not cue:
            quoted = (
                self.listed[self.first].gap[-1:] in _QUOTES and after is not None and after.gap[:1] in _QUOTES
            )
            place = is_place(words[0]) and likeness(words[0]) < 0.0 and not is_surname(words[0])
            return quoted or place or words[0] in cues.PLACES or self._is_town_among_towns(words[0])
        return False

    def _is_town_among_towns(self, word: str) -> bool:
        """Return whether it is a town that is no given name, or stands in a list of towns."""
        if not is_town(word):
            return False
        neighbours = [other for other in (self.first - 1, self.end) if 0 <= other < len(self.listed)]
        listed = any(self.listed[other].capital and is_town(self.listed[other].word) for other in neighbours)
        return listed or (given(word, self.language) < 2 and likeness(word) < 3.0)
