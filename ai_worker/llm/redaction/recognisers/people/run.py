"""Words with capitals that stand together, and the name among them."""

from ai_worker.llm.redaction.recognisers.people.evidence import ADJECTIVE
from ai_worker.llm.redaction.recognisers.people.personal import Personal
from ai_worker.llm.redaction.recognisers.people.runs import titles
from ai_worker.llm.redaction.recognisers.places.towns import is_place, is_town
from ai_worker.llm.redaction.recognisers.words import cues
from ai_worker.llm.redaction.recognisers.words.lexicon import (
    given,
    is_common,
    is_patronymic,
    is_surname,
    likeness,
)

_LONGEST = 5
_AFTER_TITLE = frozenset({" ", ".", ". ", "  ", "., ", ".-", ".  "})
_MARRIED = ("ová", "ové", "ovou", "owa", "ową", "owej")
_FEMININE = (
    "ska",
    "cka",
    "ská",
    "cká",
    "ская",
    "цкая",
    "ська",
    "цька",
    "skie",
    "ckie",
    "ské",
    "ские",
    "ське",
    "ські",
    "ское",
)


class Run(Personal):
    """The same, asked for its name."""

    __slots__ = ()

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
            if (
                not cue
                and self.first
                and self.listed[self.first - 1].lower in cues.LABELS
                and self._is_joined()
            ):
                cue = "introduction"
            if cue == "place":
                return None
        if cue in ("title", "label"):
            return self._after_cue(cue)
        if self._follows_kin() and self._may_be_a_name(self.first):
            return self._around(self.first, self.first)
        anchors = [index for index in range(self.first, self.end) if self._is_anchor(index, cue)]
        if anchors:
            return self._around(anchors[0], anchors[-1])
        if cue in ("introduction", "greeting", "closing") and self._is_likely(self.first, 1.0):
            return self._around(self.first, self.first)
        return self._surname()

    def name_in_context(self) -> tuple[int, int] | None:
        """The name where persons are spoken of, which needs less evidence."""
        return None if self._cue() == "place" else self.name_among_persons()

    def _cue(self) -> str:
        """The evidence of the words before the run."""
        if self.first == 0:
            return ""
        before, gap = self.listed[self.first - 1], self.listed[self.first].gap
        word = before.lower
        if gap == ", " and word in cues.GREETINGS:
            return "greeting"
        if gap in _AFTER_TITLE:
            if word in cues.AFTER_PLACES:
                return "place"
            if (word in cues.TITLES and titles(self.listed[self.first - 1], gap)) or (
                gap == " "
                and word in cues.ROLES
                and self.first > 1
                and self.listed[self.first - 2].lower in cues.TITLES
            ):
                return "title"
            if gap == " " and word in cues.INTRODUCTIONS:
                return "introduction"
            if word in cues.GREETINGS:
                return "greeting"
        if word in cues.LABELS and (":" in gap or (gap.strip() in ("", "-", "–", "—") and gap != " ")):
            return "label" if ":" in gap or gap.strip() else "introduction"
        return "closing" if word in cues.CLOSINGS and ("\n" in gap or gap.strip() in ("", ",")) else ""

    def _leave_off_opening(self) -> None:
        """Take the ordinary word that opens a sentence out of the run: its capital means nothing."""
        while self.first + 1 < self.end and (
            self.listed[self.first].opens or self.listed[self.first].lower in cues.LABELS
        ):
            lower = self.listed[self.first].lower
            if (
                len(lower) == 1
                or given(lower, self.language) == 2
                or not (is_common(lower, self.language) or lower in cues.LABELS or lower in cues.NEVER)
            ):
                return
            after = self.listed[self.first + 1]
            if given(after.lower, self.language) == 0 and given(lower, self.language):
                return
            if (
                is_surname(lower)
                and lower not in cues.NEVER
                and lower not in cues.LABELS
                and (given(after.lower, self.language) == 2 or len(after.word) == 1)
            ):
                return
            self.first += 1

    def _after_cue(self, cue: str) -> tuple[int, int] | None:
        first = self.first
        while first < self.end and (
            self.listed[first].lower in cues.ROLES or self.listed[first].lower in cues.TITLES
        ):
            first += 1
        last = first
        while last < self.end and last - first < _LONGEST and self.listed[last].lower not in cues.NEVER:
            initials = all(len(self.listed[index].word) == 1 for index in range(first, last))
            if (
                last > first
                and not initials
                and self._is_ordinary(last)
                and not (last == first + 1 and self._given(first))
            ):
                break
            last += 1
        if last == first:
            return None
        strict = cue == "title" or self.listed[self.first - 1].lower in cues.STRICT_LABELS
        if strict:
            return first, last - 1
        sure = any(self._given(index) or self._is_likely(index, 0.0) for index in range(first, last))
        several = last - first > 1 and any(
            not is_common(self.listed[index].lower, self.language) for index in range(first, last)
        )
        return (first, last - 1) if sure or several else None

    def _is_anchor(self, index: int, cue: str) -> bool:
        token = self.listed[index]
        known = 0 if token.lower in cues.NEVER else given(token.lower, self.language)
        if known == 2 and (
            token.lower in cues.MONTHS
            or (token.opens and len(token.word) > 8 and likeness(token.lower) < 0.5)
        ):
            known = 1
        if (
            len(token.word) < 5
            and token.word.isupper()
            and len(token.word) > 1
            and self.end - self.first == 1
            and not cue
        ):
            return False
        if known == 2 or (token.capital and len(token.word) > 4 and is_patronymic(token.lower)):
            return token.capital
        if len(token.word) == 1:
            return self._has_initial(index)
        if known == 0 or not token.capital:
            return False
        neighbours = [other for other in (index - 1, index + 1) if self.first <= other < self.end]
        if any(
            self._given(other) == 2 or self._may_be_surname(other, opens=token.opens) for other in neighbours
        ):
            return True
        if neighbours or token.lower in cues.MONTHS:
            return False
        if self.follows_name or cue in ("introduction", "greeting", "closing"):
            return True
        if token.lower not in cues.OFTEN_NAMES and likeness(token.lower) < 1.0:
            return False
        return (
            self.language not in ("de", "zh")
            and not token.opens
            and not self._before_is_capital()
            and self._in_sentence(index)
        )

    def _surname(self) -> tuple[int, int] | None:
        """A surname by itself: within a sentence, or all of a line or sentence. Two unknown words may be a
        foreign name."""
        length = self.end - self.first
        if length > 2:
            return None
        if length == 2:
            odds = [likeness(self.listed[index].lower) for index in range(self.first, self.end)]
            unknown = not any(
                is_common(self.listed[index].lower, self.language) or self.listed[index].lower in cues.NEVER
                for index in range(self.first, self.end)
            )
            ending = self.listed[self.end - 1].lower.endswith(_MARRIED)
            return (
                (self.first, self.end - 1)
                if unknown and (ending or (sum(odds) > 3.0 and min(odds) > -0.5))
                else None
            )
        if self._fills_line():
            known = (
                is_surname(self.listed[self.first].lower) and likeness(self.listed[self.first].lower) > 0.5
            )
            return (self.first, self.first) if known or self._is_likely(self.first, 1.0) else None
        return (
            (self.first, self.first) if self._in_sentence(self.first) and self._is_surname_within() else None
        )

    def _fills_line(self) -> bool:
        """Return whether nothing else stands in the line or, at the text's end, in the sentence."""
        if not self.listed[self.first].opens:
            return False
        return self.end == len(self.listed) or self.listed[self.end].gap[:1] in (".", "\n")

    def _is_surname_within(self) -> bool:
        token = self.listed[self.first]
        if is_place(token.lower):
            return False
        if self.listed[self.first - 1].lower == "the" and token.lower.endswith("s"):
            one = token.lower[:-1]
            return is_surname(one) and not is_common(one, self.language) and not is_surname(token.lower)
        if self.language == "en":
            return self._is_likely(self.first, 2.5)
        if token.lower.endswith(_FEMININE) or token.lower in cues.MONTHS:
            return False
        if self.language == "de":
            before = {other.lower for other in self.listed[max(0, self.first - 2) : self.first]}
            return (
                cues.ARTICLES.isdisjoint(before)
                and is_surname(token.lower)
                and self._is_likely(self.first, 1.0)
            )
        if (
            self.language in ("pl", "cs", "ru", "uk")
            and is_surname(token.lower)
            and not self.listed[self.first - 1].opens
            and token.gap == " "
        ):
            if is_common(token.lower, self.language) and likeness(token.lower) < -1.0:
                return False
            adjective = (
                is_common(token.lower, self.language)
                and likeness(token.lower) < 1.5
                and token.lower.endswith(ADJECTIVE)
            )
            return token.lower not in cues.NEVER and not adjective and not is_town(token.word)
        return self._is_likely(self.first, 1.0)
