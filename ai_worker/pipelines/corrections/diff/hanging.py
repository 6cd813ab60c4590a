"""The spans of two texts that differ: words as they were aligned, with the spaces that hang on them."""

from collections.abc import Iterator, Sequence
from unicodedata import is_normalized, normalize

from ai_worker.pipelines.corrections.diff.align import Block, differing, trimmed
from ai_worker.pipelines.corrections.diff.moves import moves_joined
from ai_worker.pipelines.corrections.diff.same_words import SameWords
from ai_worker.pipelines.corrections.diff.turns import let_others_run, taking_turns


def differing_pieces(first: Sequence[str], second: Sequence[str], most: int | None = None) -> list[Block]:
    """The blocks in which two texts differ, in pieces, in order, none empty on both sides.

    Pieces that are the same but for how their accents are composed (NFC, NFD) do not differ.

    Args:
        most: blocks beyond which none is cut into single words: so long a list is shortened anyway.
    """
    keys, others = _keys(first), _keys(second)
    let_others_run(len(first))
    places, other_places = _places(keys), _places(others)
    let_others_run(len(first))
    words, other_words = [keys[place] for place in places], [others[place] for place in other_places]
    blocks = moves_joined(words, other_words, differing(words, other_words))
    cut = _split if most is None or len(blocks) <= most else _whole
    found: list[Block] = []
    row = column = 0
    for start, end, other_start, other_end in taking_turns(
        _with_margins(blocks, len(words), len(other_words)), at_once=500
    ):
        found += _spaces(keys, others, places[row:start], other_places[column:other_start])
        here = (_after(places, start), _before(places, end, keys))
        there = (_after(other_places, other_start), _before(other_places, other_end, others))
        found += cut(keys, others, (*here, *there))
        row, column = end, other_end
    return found


def _with_margins(blocks: list[Block], words: int, other_words: int) -> list[Block]:
    """The blocks, and the empty ones at both ends of the texts where no other is: spaces may differ there
    too.
    """
    if not blocks or blocks[0][0]:
        blocks = [(0, 0, 0, 0), *blocks]
    end = blocks[-1][1] == words and blocks[-1][3] == other_words
    return blocks if end else [*blocks, (words, words, other_words, other_words)]


def _keys(pieces: Sequence[str]) -> Sequence[str]:
    if is_normalized("NFC", "".join(pieces)):
        return pieces
    return [piece if piece.isascii() else normalize("NFC", piece) for piece in pieces]


def _places(pieces: Sequence[str]) -> list[int]:
    return [place for place, piece in enumerate(pieces) if not piece.isspace()]


def _after(places: Sequence[int], number: int) -> int:
    return places[number - 1] + 1 if number else 0


def _before(places: Sequence[int], number: int, pieces: Sequence[str]) -> int:
    return places[number] if number < len(places) else len(pieces)


def _spaces(
    first: Sequence[str], second: Sequence[str], places: Sequence[int], others: Sequence[int]
) -> Iterator[Block]:
    """The places where the spaces between words that correspond differ."""
    if not places or first[places[0] : places[-1] + 1] == second[others[0] : others[-1] + 1]:
        return
    for number in range(1, len(places)):
        start, end, other_start, other_end = (
            places[number - 1] + 1,
            places[number],
            others[number - 1] + 1,
            others[number],
        )
        if first[start:end] != second[other_start:other_end]:
            yield trimmed(first, second, (start, end, other_start, other_end))


def _split(first: Sequence[str], second: Sequence[str], block: Block) -> Iterator[Block]:
    """The block cut into single words where it is words written differently, so that each can be decided by
    itself.
    """
    block = trimmed(first, second, block)
    start, end, other_start, other_end = block
    for pair in _pairs(first, second, block):
        for inner in (trimmed(first, second, (start, pair[0], other_start, pair[2])), pair):
            if first[inner[0] : inner[1]] != second[inner[2] : inner[3]]:
                yield inner
        start, other_start = pair[1], pair[3]
    rest = trimmed(first, second, (start, end, other_start, other_end))
    if rest[0] < rest[1] or rest[2] < rest[3]:
        yield rest


def _whole(first: Sequence[str], second: Sequence[str], block: Block) -> Iterator[Block]:
    start, end, other_start, other_end = trimmed(first, second, block)
    if start < end or other_start < other_end:
        yield start, end, other_start, other_end


def _pairs(first: Sequence[str], second: Sequence[str], block: Block) -> list[Block]:
    """The words of the block that are the same written differently; none where words moved around others that
    stayed.
    """
    row, end, column, other_end = block
    found = SameWords(first[row:end], second[column:other_end]).pairs()
    pairs = [
        (row + left, row + right, column + other_left, column + other_right)
        for left, right, other_left, other_right in found
    ]
    return [] if any(first[one:two] == second[three:four] for one, two, three, four in pairs) else pairs
