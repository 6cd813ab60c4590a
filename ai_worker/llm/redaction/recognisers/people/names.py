"""Names of persons in running text: given names with their forms, and what stands beside them; titles,
labels, signatures."""

from collections.abc import Iterator

from ai_worker.llm.redaction.language import language_of
from ai_worker.llm.redaction.recognisers.ordinary import without_code
from ai_worker.llm.redaction.recognisers.people.run import Run
from ai_worker.llm.redaction.recognisers.people.runs import is_title, run_end
from ai_worker.llm.redaction.recognisers.people.small_letters import in_small_letters
from ai_worker.llm.redaction.recognisers.words import cues
from ai_worker.llm.redaction.recognisers.words.tokens import tokens
from ai_worker.llm.redaction.spans import Span


class PersonNames:
    """Finds names with capitals anywhere, and names in small letters where a given name and a surname stand
    together."""

    kind = "NAME"

    def find(self, text: str) -> Iterator[Span]:
        """Every name in the text."""
        listed = tokens(without_code(text))
        language = language_of(text)
        index, latest = 0, -1
        while index < len(listed):
            if listed[index].capital and not is_title(listed, index):
                end = run_end(listed, index)
                joined = 1 < index == latest + 2 and listed[index - 1].lower in cues.CONJUNCTIONS
                found = Run(listed, index, end, language, joined).name()
                if found is not None:
                    latest = found[1]
                    yield Span(listed[found[0]].start, listed[found[1]].end, self.kind)
                index = end
            else:
                pair = in_small_letters(listed, index)
                if pair:
                    yield Span(listed[index].start, listed[index + pair - 1].end, self.kind)
                index += max(pair, 1)
