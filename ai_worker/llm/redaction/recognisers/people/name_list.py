"""Names from a list that the operator keeps."""

import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Self

from ai_worker.errors import ConfigurationError
from ai_worker.llm.redaction.recognisers.words.phrases import Phrases, words
from ai_worker.llm.redaction.spans import Span

_MOST_WORDS = 16


class NameList:
    """Finds names as whole words, upper or lower case, whatever stands between their words: `jan-kowalski`
    is `Jan Kowalski`.

    Inflected forms are names of their own: list them (`Jan Kowalski`, `Jana Kowalskiego`).

    Args:
        names: without any word, or of more than 16 words, they cannot be found and are refused.
        kind: of the spans.

    Raises:
        ConfigurationError: a name cannot be found; the message says which, by its place in the list.
    """

    reads_markup = True

    def __init__(self, names: Iterable[str], kind: str = "NAME") -> None:
        self._kind = kind
        listed = list(names)
        for place, name in enumerate(listed, start=1):
            if not 0 < len(words(name)) <= _MOST_WORDS:
                raise ConfigurationError(
                    f"list of names: entry {place} has no word, or more than {_MOST_WORDS}"
                )
        self._phrases = Phrases(listed, longest=_MOST_WORDS, key=_folded)

    @classmethod
    def from_file(cls, path: Path) -> Self:
        """The names of a UTF-8 file, one a line; empty lines and lines that begin with `#` are left out.

        Raises:
            ConfigurationError: the file cannot be read, or a name in it cannot be found.
        """
        try:
            lines = path.read_text(encoding="utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError) as fault:
            raise ConfigurationError(
                f"list of names {path}: {type(fault).__name__}; it must be a readable UTF-8 file"
            ) from None
        return cls(line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#"))

    def find(self, text: str) -> Iterator[Span]:
        """Every name in the text."""
        for start, end in self._phrases.find(text):
            yield Span(start, end, self._kind)


def _folded(word: str) -> str:
    return word.lower() if word.isascii() else unicodedata.normalize("NFC", word).casefold()
