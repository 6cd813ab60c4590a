"""Evidence of single words of a run, and of the words beside them, for and against a name."""

from collections.abc import Sequence
from dataclasses import dataclass

from ai_worker.llm.redaction.language import Language
from ai_worker.llm.redaction.recognisers.words import cues
from ai_worker.llm.redaction.recognisers.words.lexicon import given, is_common, is_surname, likeness
from ai_worker.llm.redaction.recognisers.words.tokens import Token

_LONGEST = 5
NOUN = -2.5
"""Likeness to a name above which a German word behind a given name is taken for its surname."""
IN_CODE = frozenset("0123456789_@#$\\")
ADJECTIVE = (
    "ego",
    "emu",
    "ych",
    "ymi",
    "iej",
    "ich",
    "ého",
    "ému",
    "ých",
    "ými",
    "ní",
    "ší",
    "ого",
    "ому",
    "ими",
    "ыми",
    "ых",
    "их",
    "его",
    "ему",
    "ий",
    "ый",
)


@dataclass(slots=True)
class Evidence:
    """Words with capitals that stand together.

    Args:
        listed: all words of the text; first: index of the run's first; end: after its last.
        follows_name: whether a name and a conjunction stand before it.
        listed_by_label: whether a label such as `Present:` begins the list in which it stands.
    """

    listed: Sequence[Token]
    first: int
    end: int
    language: Language
    follows_name: bool = False
    listed_by_label: bool = False

    def _given(self, index: int) -> int:
        return given(self.listed[index].lower, self.language)

    def _is_likely(self, index: int, least: float) -> bool:
        """Return whether the word is rather a surname than anything else."""
        token = self.listed[index]
        if (
            not token.capital
            or len(token.word) < 2
            or token.lower in cues.NEVER
            or is_common(token.lower, self.language)
        ):
            return False
        odds = likeness(token.lower)
        return odds > least + 1.5 or (odds > least - 1.0 and is_surname(token.lower))

    def _is_ordinary(self, index: int) -> bool:
        lower = self.listed[index].lower
        return (
            len(lower) > 1
            and is_common(lower, self.language)
            and not self._given(index)
            and (likeness(lower) < 0 or not is_surname(lower))
        )

    def _may_be_surname(self, index: int, *, opens: bool) -> bool:
        token = self.listed[index]
        if len(token.word) < 3 or not token.capital or token.lower in cues.NEVER:
            return False
        if self.language == "de" and is_common(token.lower, self.language):
            return False
        known = is_surname(token.lower) and (
            not opens or self.language == "en" or not token.lower.endswith(ADJECTIVE)
        )
        return known or self._is_likely(index, 0.5)

    def _may_follow(self, index: int) -> bool:
        """Return whether any word with a capital may be the surname behind a given name: not where a heading
        has capitals throughout.
        """
        token = self.listed[index]
        return (
            token.capital
            and len(token.word) > 2
            and token.lower not in cues.NEVER
            and token.lower not in cues.ROLES
            and index + 1 == self.end
        )

    def _in_sentence(self, index: int) -> bool:
        """Return whether a word in small letters stands on the left, so that the capital means something."""
        before = self.listed[index - 1] if index else None
        return (
            before is not None
            and (before.opens or not before.capital)
            and self.listed[index].gap in (" ", ", ")
        )

    def _before_is_capital(self) -> bool:
        return self.first > 0 and self.listed[self.first - 1].capital and not self.listed[self.first].opens

    def _is_dotted(self, index: int) -> bool:
        after = self.listed[index + 1].gap if index + 1 < len(self.listed) else "."
        return after.startswith(".")

    def _has_initial(self, index: int) -> bool:
        """Return whether the letter is an initial: a full stop behind it, a surname beside it or beyond
        another initial.
        """
        if not self.listed[index].capital or not self._is_dotted(index):
            return False
        for step in (1, -1):
            other = index + step
            while self.first <= other < self.end and len(self.listed[other].word) == 1:
                other += step
            if self.first <= other < self.end and len(self.listed[other].word) > 2:
                lower = self.listed[other].lower
                known = is_surname(lower) and (abs(other - index) == 2 or self._may_be_initial(index))
                likely = known or (not is_common(lower, self.language) and likeness(lower) > -3.0)
                if likely and lower not in cues.NEVER:
                    return True
        return False

    def _may_be_initial(self, index: int) -> bool:
        """Return whether the letter is no appendix or unit: `Appendix B. Page`, `80 °C. Tea`."""
        gap = self.listed[index].gap
        if any(sign.isdigit() or sign == "°" for sign in gap):
            return False
        if index == 0 or self.listed[index].opens or gap.startswith(","):
            return True
        before = self.listed[index - 1]
        return (
            not before.capital
            or len(before.word) == 1
            or (index > self.first and not is_common(before.lower, self.language))
        )

    def _is_joined(self) -> bool:
        return self.listed[self.first].gap == " "

    def _is_in_code(self) -> bool:
        """Return whether a digit or an underscore is written on to it: ZIMA20, SHA-2, name_1."""
        after = self.listed[self.end].gap if self.end < len(self.listed) else ""
        return (
            self.listed[self.first].gap[-1:] in IN_CODE
            or after[:1] in IN_CODE
            or (after[:1] == "-" and after[1:2].isdigit())
        )

    def _belongs(self, index: int, *, after: bool) -> bool:
        token = self.listed[index]
        if token.lower in cues.NEVER or token.lower in cues.ROLES or token.lower in cues.GREETINGS:
            return False
        if not token.capital or len(token.word) == 1:
            return token.capital or after
        if not self._is_ordinary(index):
            return True
        return is_surname(token.lower) and token.lower not in cues.LABELS and token.lower not in cues.TITLES

    def _around(self, first: int, last: int) -> tuple[int, int]:
        """The name that grows from its sure words to both sides."""
        if last + 1 < self.end and self._given(last) and self._may_follow(last + 1):
            lower = self.listed[last + 1].lower
            # In German the word may be any noun.
            last += self.language != "de" or is_surname(lower) or likeness(lower) > NOUN
        while last + 1 < self.end and last - first < _LONGEST and self._belongs(last + 1, after=True):
            last += 1
        while first > self.first and last - first < _LONGEST and self._belongs(first - 1, after=False):
            first -= 1
        while last > first and not self.listed[last].capital:
            last -= 1
        return first, last
