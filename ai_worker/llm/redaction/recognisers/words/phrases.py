"""Many phrases looked for at once, as whole words, in time that does not grow with their number."""

import re
from collections.abc import Callable, Iterable, Iterator

_WORD = re.compile(r"(?:[^\W_][\u0300-\u036f]*)+")
"""Letters and digits with their combining marks; `_` parts words, so that `jan_kowalski` has two."""
_LONGEST_GAP = 3


def words(text: str) -> list[str]:
    """The words of a text, in order."""
    return _WORD.findall(text)


def core(phrase: str) -> str:
    """The phrase without what stands before its first and after its last word; empty where it has no word."""
    found = list(_WORD.finditer(phrase))
    return phrase[found[0].start() : found[-1].end()] if found else ""


class _Node(dict[str, "_Node"]):
    """The words that may follow, and whether a phrase ends here."""

    ends = False


class Phrases:
    """A set of phrases.

    Args:
        phrases: those without any letter or digit are never found.
        longest: phrases of more words than this are left out, so that a search looks at no more words than
            this from any word on.
        key: what two words must have in common to be the same word.
    """

    def __init__(self, phrases: Iterable[str], *, longest: int, key: Callable[[str], str] = str) -> None:
        self._key = key
        self._root = _Node()
        for phrase in phrases:
            keys = [key(word) for word in words(phrase)]
            if 0 < len(keys) <= longest:
                node = self._root
                for word in keys:
                    node = node.setdefault(word, _Node())
                node.ends = True

    def find(self, text: str) -> Iterator[tuple[int, int]]:
        """Start and end of every place where the words of a phrase stand in order, no more than 3 other
        characters between two of them."""
        found = list(_WORD.finditer(text))
        keys = [self._key(word.group()) for word in found]
        for first, key in enumerate(keys):
            node = self._root.get(key)
            last = first
            while node is not None:
                if node.ends:
                    yield found[first].start(), found[last].end()
                last += 1
                if last == len(found) or found[last].start() - found[last - 1].end() > _LONGEST_GAP:
                    break
                node = node.get(keys[last])
