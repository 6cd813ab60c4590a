"""The words of a differing block that are the same words written differently, split or joined."""

from collections.abc import Iterator, Sequence
from functools import cached_property

from ai_worker.pipelines.corrections.diff.resemblance import folded, resemblance
from ai_worker.pipelines.corrections.diff.words import is_word

PAIRS_AT_ONCE = 1_600
"""Pairs of words that are compared letter by letter; a larger block is a rewriting, not a list of slips."""

Step = tuple[int, int]
"""The number of words of either side that one move takes: one for one, one for two, two for one."""


class SameWords:
    """The series of corresponding words, in the same order on both sides, that agree in the most letters.

    Args:
        before, after: the pieces of the block on both sides, spaces and marks among them.
    """

    def __init__(self, before: Sequence[str], after: Sequence[str]) -> None:
        self._places = [position for position, piece in enumerate(before) if is_word(piece)]
        self._other_places = [position for position, piece in enumerate(after) if is_word(piece)]
        self._words = [folded(before[position]) for position in self._places]
        self._others = [folded(after[position]) for position in self._other_places]

    def pairs(self) -> list[tuple[int, int, int, int]]:
        """Pieces `[0:1]` of one side and `[2:3]` of the other, each a word, or two words that make one."""
        if not 0 < len(self._words) * len(self._others) <= PAIRS_AT_ONCE:
            return []
        found = []
        row, column = len(self._words), len(self._others)
        while row and column:
            taken, other_taken, paired = self._moves[row][column]
            if paired:
                start, other_start = self._places[row - taken], self._other_places[column - other_taken]
                found.append(
                    (start, self._places[row - 1] + 1, other_start, self._other_places[column - 1] + 1)
                )
            row, column = row - taken, column - other_taken
        return found[::-1]

    @cached_property
    def _moves(self) -> list[list[tuple[int, int, bool]]]:
        """For the first words of either side: how many the best series takes last, and whether they
        correspond.
        """
        scores = [[0.0] * (len(self._others) + 1) for _ in range(len(self._words) + 1)]
        moves = [[(1, 0, False)] * (len(self._others) + 1) for _ in range(len(self._words) + 1)]
        for row in range(1, len(self._words) + 1):
            for column in range(1, len(self._others) + 1):
                best = max((scores[row - 1][column], (1, 0, False)), (scores[row][column - 1], (0, 1, False)))
                for (taken, other_taken), score in self._correspondences(row, column):
                    best = max(
                        best, (scores[row - taken][column - other_taken] + score, (taken, other_taken, True))
                    )
                scores[row][column], moves[row][column] = best
        return moves

    def _correspondences(self, row: int, column: int) -> Iterator[tuple[Step, float]]:
        word, other = self._words[row - 1], self._others[column - 1]
        if score := resemblance(word, other):
            yield (1, 1), score
        if (
            column > 1
            and len(self._others[column - 2]) + len(other) == len(word)
            and self._others[column - 2] + other == word
        ):
            yield (1, 2), 2.0
        if (
            row > 1
            and len(self._words[row - 2]) + len(word) == len(other)
            and self._words[row - 2] + word == other
        ):
            yield (2, 1), 2.0
