"""All checks of one answer."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ai_worker.pipelines.corrections.diff.changes import Change
from ai_worker.pipelines.corrections.remark import Remark
from ai_worker.pipelines.corrections.warnings.figures import figures
from ai_worker.pipelines.corrections.warnings.languages import other_language
from ai_worker.pipelines.corrections.warnings.names import names
from ai_worker.pipelines.corrections.warnings.shape import escapes, length, omissions, repetition, unchanged
from ai_worker.pipelines.corrections.warnings.terms import missing_terms


@dataclass(frozen=True, slots=True)
class Work:
    """The request that an answer is checked against.

    Args:
        kind: `correction` or `translation`.
        source_language, target_language: ISO 639-1 codes, where the task names them.
        glossary: the task's glossary.
    """

    kind: str
    source_language: str | None = None
    target_language: str | None = None
    glossary: str | None = None

    @property
    def translates(self) -> bool:
        """True if the answer is in another language than the text."""
        return self.kind == "translation"


def warnings(
    work: Work,
    source: str,
    answer: str,
    words: tuple[str, str] | None = None,
    changes: Sequence[Change] = (),
) -> list[Remark]:
    """The warnings for a reviewer of the answer.

    Args:
        words: both texts without their markup, where they have some.
        changes: of a correction.
    """
    if source == answer and not work.translates:
        return []
    found = [*figures(source, answer), *escapes(source, answer)]
    return [*found, *_of_words(work, *(words or (source, answer))), *omissions(changes)]


def _of_words(work: Work, source: str, answer: str) -> Iterator[Remark]:
    yield from length(source, answer, translates=work.translates)
    if not work.translates:
        # Most corrections change little: such answers cannot be in another language or go round in circles.
        if _shares_words(source, answer):
            return
        yield from repetition(source, answer)
        yield from other_language(source, answer, expected=None)
        return
    yield from repetition(source, answer)
    yield from names(source, answer)
    if work.source_language != work.target_language and (remarks := list(unchanged(source, answer))):
        yield from remarks
    else:
        yield from other_language(source, answer, expected=work.target_language or "")
    missing = missing_terms(work.glossary, source, answer, work.source_language, work.target_language)
    if missing:
        yield Remark("glossary", f"not found: {', '.join(missing)}")


def _shares_words(source: str, answer: str) -> bool:
    """Return whether the answer has hardly more words than the text, most of them the same."""
    words, others = Counter(source.split()), Counter(answer.split())
    shared = (words & others).total()
    return others.total() <= 1.2 * words.total() + 2 and 4 * shared > 3 * others.total()
