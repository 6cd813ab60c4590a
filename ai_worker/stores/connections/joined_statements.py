"""Statements in one text, since each text costs a round trip to MySQL."""

from collections.abc import Iterator, Sequence

TOGETHER_CHARACTERS = 500_000
"""Of statements in one round trip, well below what servers take as one packet."""


def joined(statements: Sequence[str]) -> Iterator[str]:
    """The statements in pieces that no server finds too large; one alone may be longer."""
    piece: list[str] = []
    length = 0
    for statement in statements:
        if piece and length + len(statement) > TOGETHER_CHARACTERS:
            yield ";\n".join(piece)
            piece, length = [], 0
        piece.append(statement)
        length += len(statement)
    if piece:
        yield ";\n".join(piece)
