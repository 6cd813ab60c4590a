"""Runs in a text that speaks of persons: where one name is sure, others need less evidence."""

from ai_worker.llm.redaction.recognisers.people.evidence import ADJECTIVE, NOUN
from ai_worker.llm.redaction.recognisers.people.things import Things
from ai_worker.llm.redaction.recognisers.places.towns import is_place, is_town
from ai_worker.llm.redaction.recognisers.words import cues
from ai_worker.llm.redaction.recognisers.words.lexicon import given, is_common, is_surname, likeness

_MOST = 4
_SURELY = 2
"""The value of `given` for nothing but a given name."""
_SLAVIC = frozenset({"pl", "cs", "ru", "uk"})


class Personal(Things):
    """The same, asked as part of such a text."""

    __slots__ = ()

    def name_among_persons(self) -> tuple[int, int] | None:
        """Indices of the first and last word of the name, if there is one."""
        cue = "kin" if self._follows_kin() else ""
        length, lower = self.end - self.first, self.listed[self.first].lower
        if lower in cues.NEVER:
            return None
        for index in range(self.first, self.end - 1):
            if self._is_initial(index) and len(self.listed[index + 1].word) > 2:
                return self.first if length == 3 and self._is_initial(self.first) else index, index + 1
        if not (length == 1 and lower in cues.OFTEN_NAMES) and self._is_of_a_thing(cue):
            return None
        if self.listed_by_label:
            return self._element()
        if cue and (self._may_be_a_name(self.first) or (length == 1 and self.language in _SLAVIC)):
            return self._around(self.first, self.first)
        if length == 1:
            return (self.first, self.first) if self._is_a_name_by_itself() else None
        return self._pair()

    def _pair(self) -> tuple[int, int] | None:
        """The run's last two words, where the first is a given name, or in Slavic texts no word at all."""
        first, second = self.listed[self.end - 2], self.listed[self.end - 1]
        if first.lower in cues.MONTHS or second.lower in cues.NEVER:
            return None
        known = given(first.lower, self.language)
        if known < _SURELY and (is_place(first.lower) or is_place(second.lower)):
            return None
        surname = is_surname(second.lower) or not is_common(second.lower, self.language)
        if self.language in _SLAVIC:
            surname = surname or first.lower in cues.OFTEN_NAMES
            known = known or (not is_common(first.lower, self.language) and likeness(first.lower) > 0.0)
        elif self.language == "de":
            surname = surname or likeness(second.lower) > NOUN
        return (self.end - 2, self.end - 1) if known and surname else None

    def _follows_kin(self) -> bool:
        if not self.first or self.listed[self.first].gap != " ":
            return False
        before = self.listed[self.first - 1].lower
        return before in cues.KIN or before in cues.TITLES

    def _may_be_a_name(self, index: int) -> bool:
        lower = self.listed[index].lower
        return lower not in cues.NEVER and (
            given(lower, self.language) > 0 or is_surname(lower) or not is_common(lower, self.language)
        )

    def _element(self) -> tuple[int, int] | None:
        """An element of a list of persons: whatever has a capital."""
        first, last = self.first, self.end - 1
        while first < last and (
            self.listed[first].lower in cues.TITLES or self.listed[first].lower in cues.KIN
        ):
            first += 1
        return (first, last) if last - first < _MOST and len(self.listed[last].word) > 1 else None

    def _is_initial(self, index: int) -> bool:
        token = self.listed[index]
        return (
            len(token.word) == 1
            and token.capital
            and self._may_be_initial(index)
            and self.listed[index + 1].gap in (".", ". ", ".-")
        )

    def _is_a_name_by_itself(self) -> bool:
        token = self.listed[self.first]
        lower = token.lower
        if len(lower) < 3 or lower in cues.MONTHS or token.word.isupper():
            return False
        known = given(lower, self.language)
        if lower not in cues.OFTEN_NAMES and (is_town(lower) or (known < _SURELY and is_place(lower))):
            return False
        if known == _SURELY or self._is_signature():
            return True
        if token.opens:
            return self._goes_on() and self._is_rather_a_name(lower, known)
        before = {other.lower for other in self.listed[max(0, self.first - 2) : self.first]}
        if self.language in ("de", "en") and not cues.ARTICLES.isdisjoint(before):
            return False
        if (
            self._before_is_capital()
            and token.gap == " "
            and (self.language == "de" or likeness(lower) < 0.0)
        ):
            return False
        if known == 1:
            return lower in cues.OFTEN_NAMES or likeness(lower) > 0.0
        if self.language in _SLAVIC:
            adjective = (
                lower.endswith(ADJECTIVE) and is_common(lower, self.language) and likeness(lower) < 1.0
            )
            return is_surname(lower) and not adjective
        if is_surname(lower) and (not is_common(lower, self.language) or likeness(lower) > 1.5):
            return True
        if self.follows_name and not is_common(lower, self.language) and likeness(lower) > -1.0:
            return True
        return self._is_likely(self.first, 0.5)

    def _goes_on(self) -> bool:
        """Return whether a word in small letters follows."""
        after = self.listed[self.end] if self.end < len(self.listed) else None
        return after is not None and after.gap == " " and not after.capital

    def _is_rather_a_name(self, lower: str, known: int) -> bool:
        """Return whether a word is rather a name, where its capital means nothing."""
        odds = likeness(lower)
        return (known == 1 and odds > 1.0) or (
            is_surname(lower) and odds > (1.5 if is_common(lower, self.language) else 1.0)
        )

    def _is_signature(self) -> bool:
        """Return whether nothing else stands in the text's last line or sentence."""
        token = self.listed[self.first]
        return (
            token.opens
            and self.end == len(self.listed)
            and (given(token.lower, self.language) > 0 or not is_common(token.lower, self.language))
            and likeness(token.lower) > 0.0
        )
