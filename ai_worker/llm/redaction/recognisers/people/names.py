"""Names of persons in running text: given names with their forms, and what stands beside them; titles,
labels, signatures."""

from collections.abc import Iterator, Sequence

from ai_worker.llm.redaction.language import Language, language_of
from ai_worker.llm.redaction.recognisers.ordinary import without_code
from ai_worker.llm.redaction.recognisers.people.run import Run
from ai_worker.llm.redaction.recognisers.people.runs import is_title, run_end
from ai_worker.llm.redaction.recognisers.people.small_letters import in_small_letters, writes_small
from ai_worker.llm.redaction.recognisers.people.weighing.weighed import weighed_names
from ai_worker.llm.redaction.recognisers.words import cues
from ai_worker.llm.redaction.recognisers.words.tokens import Token, tokens
from ai_worker.llm.redaction.spans import Span


class PersonNames:
    """Finds names with capitals anywhere, and names in small letters where a given name and a surname stand
    together."""

    kind = "NAME"

    def find(self, text: str) -> Iterator[Span]:
        """Every name in the text."""
        listed = tokens(without_code(text))
        language = language_of(text)
        for first, last in weighed_names(listed, ruled_names(listed, language), language):
            yield Span(listed[first].start, listed[last].end, self.kind)


def ruled_names(listed: Sequence[Token], language: Language) -> list[tuple[int, int]]:
    """The names that the rules find, by their first and last words."""
    names, rest = _sure(listed, language)
    if names:
        # A run without the word that opens it comes after the whole one.
        names += [name for run in rest if (name := run.name_in_context()) is not None]
    return names


def _sure(listed: Sequence[Token], language: Language) -> tuple[list[tuple[int, int]], list[Run]]:
    """The names that are sure by themselves, by their first and last words; and the other runs of capitals,
    which may be names where persons are spoken of.
    """
    names: list[tuple[int, int]] = []
    rest: list[Run] = []
    index, latest = 0, -1
    label, small = False, writes_small(listed)
    while index < len(listed):
        token = listed[index]
        label = _is_in_list(token, listed[index - 1] if index else None, label=label)
        if token.capital and not is_title(listed, index):
            end = run_end(listed, index)
            joined = 1 < index == latest + 2 and listed[index - 1].lower in cues.CONJUNCTIONS
            run = Run(listed, index, end, language, joined)
            found = run.name()
            if found is not None:
                latest = found[1]
                names.append(found)
            else:
                whole = Run(listed, index, end, language, joined, label)
                rest += [whole] if label or run.first == index else [whole, run]
            index = end
        else:
            pair = in_small_letters(listed, index, language, small=small)
            if pair:
                names.append((index, index + pair - 1))
            index += max(pair, 1)
    return names, rest


def _is_in_list(token: Token, before: Token | None, *, label: bool) -> bool:
    """Return whether the word stands in a list of persons that a label began."""
    if before is not None and before.lower in cues.LISTS and ":" in token.gap:
        return True
    if not label or before is None or "\n" in token.gap:
        return False
    return "." not in token.gap or len(before.word) == 1 or before.lower in cues.ABBREVIATED
