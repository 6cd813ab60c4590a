"""Names of persons in running text: given names with their forms, and what stands beside them; titles, labels, signatures."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ai_worker.llm.redaction.language import Language, language_of
from ai_worker.llm.redaction.recognisers.ordinary import without_code
from ai_worker.llm.redaction.recognisers.people import cues
from ai_worker.llm.redaction.recognisers.people.lexicon import given, is_common, is_patronymic, is_surname, likeness
from ai_worker.llm.redaction.recognisers.people.tokens import Token, tokens
from ai_worker.llm.redaction.recognisers.places.towns import is_town
from ai_worker.llm.redaction.spans import Span

_LONGEST = 5
_JOINING = frozenset({" ", "  ", "\t"})
_AFTER_INITIAL = frozenset({".", ". ", " "})
_AFTER_TITLE = frozenset({" ", ".", ". ", "  ", "., ", ".-", ".  "})
_TOWN_WORDS = frozenset({"los", "san", "santa", "saint", "new", "fort", "lake", "mount"})
_IN_CODE = frozenset("0123456789_@#$\\")
_QUOTES = frozenset("\"„“”«»'’")
_MARRIED = ("ová", "ové", "ovou", "owa", "ową", "owej")
_ADJECTIVE = ("ego", "emu", "ych", "ymi", "iej", "ich", "ého", "ému", "ých", "ými", "ní", "ší", "ого", "ому", "ими", "ыми", "ых", "их", "его", "ему", "ий", "ый")
_FEMININE = ("ska", "cka", "ská", "cká", "ская", "цкая", "ська", "цька", "skie", "ckie", "ské", "ские", "ське", "ські", "ское")


class PersonNames:
    """Finds names with capitals anywhere, and names in small letters where a given name and a surname stand together."""

    kind = "NAME"

    def find(self, text: str) -> Iterator[Span]:
        """Every name in the text."""
        listed = tokens(without_code(text))
        language = language_of(text)
        index, latest = 0, -1
        while index < len(listed):
            if listed[index].capital and not _is_title(listed, index):
                end = _run_end(listed, index)
                joined = 1 < index == latest + 2 and listed[index - 1].lower in cues.CONJUNCTIONS
                found = _Run(listed, index, end, language, joined).name()
                if found is not None:
                    latest = found[1]
                    yield Span(listed[found[0]].start, listed[found[1]].end, self.kind)
                index = end
            else:
                pair = _in_small_letters(listed, index)
                if pair:
                    yield Span(listed[index].start, listed[index + pair - 1].end, self.kind)
                index += max(pair, 1)


def _is_title(listed: Sequence[Token], index: int) -> bool:
    """Whether the word is a title before another word."""
    if listed[index].lower not in cues.TITLES or index + 1 == len(listed):
        return False
    return _titles(listed[index], listed[index + 1].gap) and not (len(listed[index].word) == 1 and listed[index].capital)


def _titles(title: Token, gap: str) -> bool:
    """Whether the word is a title of what stands behind the gap."""
    if title.lower in cues.ONLY_CAPITAL and not title.capital:
        return False
    return gap in _AFTER_TITLE and ("." not in gap or title.lower in cues.ABBREVIATED)


def _run_end(listed: Sequence[Token], first: int) -> int:
    """Index after the last of the words with capitals that stand together, particles such as `von` among them."""
    index = first + 1
    while index < len(listed):
        token, before = listed[index], listed[index - 1]
        if token.gap not in _JOINING and not (token.gap in _AFTER_INITIAL and len(before.word) == 1):
            break
        if not token.capital:
            after = listed[index + 1] if index + 1 < len(listed) else None
            if token.lower not in cues.PARTICLES or after is None or not after.capital or after.gap != " ":
                break
        elif token.lower in cues.TITLES and _is_title(listed, index):
            break
        index += 1
    return index


@dataclass(slots=True)
class _Run:
    """Words with capitals that stand together.

    Args:
        listed: all words of the text; first: index of the run's first; end: after its last.
    """

    listed: Sequence[Token]
    first: int
    end: int
    language: Language
    follows_name: bool = False

    def name(self) -> tuple[int, int] | None:
        """Indices of the first and last word of the name, if there is one."""
        cue = self._cue()
        if cue == "place" or self._is_of_a_thing(cue):
            return None
        if not cue:
            self._leave_off_opening()
            cue = self._cue()
            if self._is_of_a_thing(cue):
                return None
            if not cue and self.first and self.listed[self.first - 1].lower in cues.LABELS and self._is_joined():
                cue = "introduction"
            if cue == "place":
                return None
        if cue in ("title", "label"):
            return self._after_cue(cue)
        anchors = [index for index in range(self.first, self.end) if self._is_anchor(index, cue)]
        if anchors:
            return self._around(anchors[0], anchors[-1])
        if cue in ("introduction", "greeting", "closing") and self._is_likely(self.first, 1.0):
            return self._around(self.first, self.first)
        return self._surname()

    def _cue(self) -> str:
        """What the words before the run say about it."""
        if self.first == 0:
            return ""
        before, gap = self.listed[self.first - 1], self.listed[self.first].gap
        word = before.lower
        if gap == ", " and word in cues.GREETINGS:
            return "greeting"
        if gap in _AFTER_TITLE:
            if word in cues.AFTER_PLACES:
                return "place"
            if (word in cues.TITLES and _titles(self.listed[self.first - 1], gap)) or (gap == " " and word in cues.ROLES and self.first > 1 and self.listed[self.first - 2].lower in cues.TITLES):
                return "title"
            if gap == " " and word in cues.INTRODUCTIONS:
                return "introduction"
            if word in cues.GREETINGS:
                return "greeting"
        if word in cues.LABELS and (":" in gap or gap.strip() in ("", "-", "–", "—") and gap != " "):
            return "label" if ":" in gap or gap.strip() else "introduction"
        return "closing" if word in cues.CLOSINGS and ("\n" in gap or gap.strip() in ("", ",")) else ""

    def _is_of_a_thing(self, cue: str) -> bool:
        """Whether the run names a law, a place or an institution, or stands by itself in quotation marks."""
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
            quoted = self.listed[self.first].gap[-1:] in _QUOTES and after is not None and after.gap[:1] in _QUOTES
            return quoted or words[0] in cues.PLACES or self._is_town_among_towns(words[0])
        return False

    def _is_town_among_towns(self, word: str) -> bool:
        """Whether it is a town that is no given name, or stands in a list of towns."""
        if not is_town(word):
            return False
        neighbours = [other for other in (self.first - 1, self.end) if 0 <= other < len(self.listed)]
        listed = any(self.listed[other].capital and is_town(self.listed[other].word) for other in neighbours)
        return listed or (given(word) < 2 and likeness(word) < 3.0)

    def _is_in_code(self) -> bool:
        """Whether a digit or an underscore is written on to it: ZIMA20, SHA-2, name_1."""
        after = self.listed[self.end].gap if self.end < len(self.listed) else ""
        return self.listed[self.first].gap[-1:] in _IN_CODE or after[:1] in _IN_CODE or (after[:1] == "-" and after[1:2].isdigit())

    def _is_joined(self) -> bool:
        return self.listed[self.first].gap == " "

    def _leave_off_opening(self) -> None:
        """Take the ordinary word that opens a sentence out of the run: its capital means nothing."""
        while self.first + 1 < self.end and (self.listed[self.first].opens or self.listed[self.first].lower in cues.LABELS):
            lower = self.listed[self.first].lower
            if len(lower) == 1 or given(lower) == 2 or not (is_common(lower) or lower in cues.LABELS or lower in cues.NEVER):
                return
            after = self.listed[self.first + 1]
            if given(after.lower) == 0 and given(lower):
                return
            if is_surname(lower) and lower not in cues.NEVER and lower not in cues.LABELS and (given(after.lower) == 2 or len(after.word) == 1):
                return
            self.first += 1

    def _after_cue(self, cue: str) -> tuple[int, int] | None:
        first = self.first
        while first < self.end and (self.listed[first].lower in cues.ROLES or self.listed[first].lower in cues.TITLES):
            first += 1
        last = first
        while last < self.end and last - first < _LONGEST and self.listed[last].lower not in cues.NEVER:
            initials = all(len(self.listed[index].word) == 1 for index in range(first, last))
            if last > first and not initials and self._is_ordinary(last) and not (last == first + 1 and self._given(first)):
                break
            last += 1
        if last == first:
            return None
        strict = cue == "title" or self.listed[self.first - 1].lower in cues.STRICT_LABELS
        if strict:
            return first, last - 1
        sure = any(self._given(index) or self._is_likely(index, 0.0) for index in range(first, last))
        several = last - first > 1 and any(not is_common(self.listed[index].lower) for index in range(first, last))
        return (first, last - 1) if sure or several else None

    def _is_anchor(self, index: int, cue: str) -> bool:
        token = self.listed[index]
        known = 0 if token.lower in cues.NEVER else given(token.lower)
        if known == 2 and (token.lower in cues.MONTHS or (token.opens and len(token.word) > 8 and likeness(token.lower) < 0.5)):
            known = 1
        if len(token.word) < 5 and token.word.isupper() and len(token.word) > 1 and self.end - self.first == 1 and not cue:
            return False
        if known == 2 or (token.capital and len(token.word) > 4 and is_patronymic(token.lower)):
            return token.capital
        if len(token.word) == 1:
            return self._has_initial(index)
        if known == 0 or not token.capital:
            return False
        neighbours = [other for other in (index - 1, index + 1) if self.first <= other < self.end]
        if any(self._given(other) == 2 or self._may_be_surname(other, opens=token.opens) for other in neighbours):
            return True
        if neighbours or token.lower in cues.MONTHS:
            return False
        if self.follows_name or cue in ("introduction", "greeting", "closing"):
            return True
        if token.lower not in cues.OFTEN_NAMES and likeness(token.lower) < 1.0:
            return False
        return self.language not in ("de", "zh") and not token.opens and not self._before_is_capital() and self._in_sentence(index)

    def _in_sentence(self, index: int) -> bool:
        """Whether a word in small letters stands on the left, so that the capital means something."""
        before = self.listed[index - 1] if index else None
        return before is not None and (before.opens or not before.capital) and self.listed[index].gap in (" ", ", ")

    def _before_is_capital(self) -> bool:
        return self.first > 0 and self.listed[self.first - 1].capital and not self.listed[self.first].opens

    def _has_initial(self, index: int) -> bool:
        """Whether the letter is an initial: a full stop behind it, a surname beside it or beyond another initial."""
        if not self.listed[index].capital or not self._is_dotted(index):
            return False
        for step in (1, -1):
            other = index + step
            while self.first <= other < self.end and len(self.listed[other].word) == 1:
                other += step
            if self.first <= other < self.end and len(self.listed[other].word) > 2:
                lower = self.listed[other].lower
                known = is_surname(lower) and (abs(other - index) == 2 or self._may_be_initial(index))
                likely = known or (not is_common(lower) and likeness(lower) > -3.0)
                if likely and lower not in cues.NEVER:
                    return True
        return False

    def _may_be_initial(self, index: int) -> bool:
        """Whether the letter is no appendix or unit: `Appendix B. Page`, `80 °C. Tea`."""
        gap = self.listed[index].gap
        if any(sign.isdigit() or sign == "°" for sign in gap):
            return False
        if index == 0 or self.listed[index].opens:
            return True
        before = self.listed[index - 1]
        return not before.capital or len(before.word) == 1 or (index > self.first and not is_common(before.lower))

    def _is_dotted(self, index: int) -> bool:
        after = self.listed[index + 1].gap if index + 1 < len(self.listed) else "."
        return after.startswith(".")

    def _around(self, first: int, last: int) -> tuple[int, int]:
        """The name that grows from its sure words to both sides."""
        if last + 1 < self.end and self._given(last) and self.language != "de" and self._may_follow(last + 1):
            last += 1
        while last + 1 < self.end and last - first < _LONGEST and self._belongs(last + 1, after=True):
            last += 1
        while first > self.first and last - first < _LONGEST and self._belongs(first - 1, after=False):
            first -= 1
        while last > first and not self.listed[last].capital:
            last -= 1
        return first, last

    def _belongs(self, index: int, *, after: bool) -> bool:
        token = self.listed[index]
        if token.lower in cues.NEVER or token.lower in cues.ROLES or token.lower in cues.GREETINGS:
            return False
        if not token.capital or len(token.word) == 1:
            return token.capital or after
        if not self._is_ordinary(index):
            return True
        return is_surname(token.lower) and token.lower not in cues.LABELS and token.lower not in cues.TITLES

    def _may_follow(self, index: int) -> bool:
        """Whether any word with a capital may be the surname behind a given name: not where a heading has capitals throughout."""
        token = self.listed[index]
        return token.capital and len(token.word) > 2 and token.lower not in cues.NEVER and token.lower not in cues.ROLES and index + 1 == self.end

    def _may_be_surname(self, index: int, *, opens: bool) -> bool:
        token = self.listed[index]
        if len(token.word) < 3 or not token.capital or token.lower in cues.NEVER:
            return False
        if self.language == "de" and is_common(token.lower):
            return False
        known = is_surname(token.lower) and (not opens or self.language == "en" or not token.lower.endswith(_ADJECTIVE))
        return known or self._is_likely(index, 0.5)

    def _is_ordinary(self, index: int) -> bool:
        lower = self.listed[index].lower
        return len(lower) > 1 and is_common(lower) and not self._given(index) and (likeness(lower) < 0 or not is_surname(lower))

    def _given(self, index: int) -> int:
        return given(self.listed[index].lower)

    def _is_likely(self, index: int, least: float) -> bool:
        """Whether the word is rather a surname than anything else."""
        token = self.listed[index]
        if not token.capital or len(token.word) < 2 or token.lower in cues.NEVER or is_common(token.lower):
            return False
        odds = likeness(token.lower)
        return odds > least + 1.5 or (odds > least - 1.0 and is_surname(token.lower))

    def _surname(self) -> tuple[int, int] | None:
        """A surname by itself: within a sentence, or all of a line or sentence. Two unknown words may be a foreign name."""
        length = self.end - self.first
        if length > 2:
            return None
        if length == 2:
            odds = [likeness(self.listed[index].lower) for index in range(self.first, self.end)]
            unknown = not any(is_common(self.listed[index].lower) or self.listed[index].lower in cues.NEVER for index in range(self.first, self.end))
            ending = self.listed[self.end - 1].lower.endswith(_MARRIED)
            return (self.first, self.end - 1) if unknown and (ending or (sum(odds) > 3.0 and min(odds) > -0.5)) else None
        if self._fills_line():
            known = is_surname(self.listed[self.first].lower) and likeness(self.listed[self.first].lower) > 0.5
            return (self.first, self.first) if known or self._is_likely(self.first, 1.0) else None
        return (self.first, self.first) if self._in_sentence(self.first) and self._is_surname_within() else None

    def _fills_line(self) -> bool:
        """Whether nothing else stands in the line or, at the text's end, in the sentence."""
        if not self.listed[self.first].opens:
            return False
        return self.end == len(self.listed) or self.listed[self.end].gap[:1] in (".", "\n")

    def _is_surname_within(self) -> bool:
        token = self.listed[self.first]
        if self.listed[self.first - 1].lower == "the" and token.lower.endswith("s"):
            return is_surname(token.lower[:-1]) and not is_common(token.lower[:-1])
        if self.language == "en":
            return self._is_likely(self.first, 2.5)
        if token.lower.endswith(_FEMININE) or token.lower in cues.MONTHS:
            return False
        if self.language == "de":
            before = {other.lower for other in self.listed[max(0, self.first - 2) : self.first]}
            return cues.ARTICLES.isdisjoint(before) and is_surname(token.lower) and self._is_likely(self.first, 1.0)
        if self.language in ("pl", "cs", "ru", "uk") and is_surname(token.lower) and not self.listed[self.first - 1].opens and token.gap == " ":
            if is_common(token.lower) and likeness(token.lower) < -1.0:
                return False
            adjective = is_common(token.lower) and likeness(token.lower) < 1.5 and token.lower.endswith(_ADJECTIVE)
            return token.lower not in cues.NEVER and not adjective and not is_town(token.word)
        return self._is_likely(self.first, 1.0)


def _in_small_letters(listed: Sequence[Token], index: int) -> int:
    """How many words from here on are a name in small letters: 2, after an introduction also 1, else 0."""
    token = listed[index]
    if token.capital or len(token.word) < 3:
        return 0
    known = given(token.lower)
    after = listed[index + 1] if index + 1 < len(listed) else None
    if after is not None and after.gap == " " and not after.capital and len(after.word) > 2 and not is_common(after.lower):
        if known == 2 and (is_surname(after.lower) or likeness(after.lower) > 1.0):
            return 2
        if known == 1 and is_surname(after.lower) and likeness(after.lower) > 0.0:
            return 2
        if given(after.lower) == 2 and not is_common(token.lower) and is_surname(token.lower):
            return 2
    introduced = index > 0 and token.gap == " " and listed[index - 1].lower in cues.INTRODUCTIONS
    return int(known == 2 and introduced)
