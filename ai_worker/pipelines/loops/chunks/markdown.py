"""Chunks out of a Markdown file of one's own: a chunk for each heading's text."""

import hashlib
import re
from collections.abc import Iterator
from pathlib import PurePath

from ai_worker.pipelines.loops.chunks.chunk import Chunk

LONGEST_CHARACTERS = 4_000
_HEADING = re.compile(r"(#{1,6})\s+(.+?)\s*#*\s*")
_FENCE = re.compile(r"\s{0,3}(```|~~~)")


def markdown_chunks(text: str, name: str) -> list[Chunk]:
    """The chunks of one Markdown document, in their order; headings without a text of their own give none.

    Args:
        name: of the file; also its id.
    """
    chunks: list[Chunk] = []
    for headers, body in _sections(text):
        for part in _pieces(body):
            digest = hashlib.sha256(f"{name}\0{headers}\0{part}".encode()).hexdigest()[:24]
            chunks.append(
                Chunk(
                    file_id=name,
                    chunk_id=digest,
                    text=part,
                    file_name=name,
                    headers=headers or PurePath(name).stem,
                )
            )
    return list({chunk.chunk_id: chunk for chunk in chunks}.values())


def _sections(text: str) -> Iterator[tuple[str, str]]:
    """Heading paths, joined by ` / `, with the text under each. A `#` within a code fence is no heading."""
    path: list[tuple[int, str]] = []
    lines: list[str] = []
    fenced = ""
    for line in text.splitlines():
        if fence := _FENCE.match(line):
            fenced = "" if fenced == fence[1] else fenced or fence[1]
        heading = None if fenced else _HEADING.fullmatch(line)
        if heading is None:
            lines.append(line)
            continue
        yield " / ".join(title for _, title in path), "\n".join(lines).strip()
        lines = []
        level = len(heading[1])
        path = [(above, title) for above, title in path if above < level] + [(level, heading[2])]
    yield " / ".join(title for _, title in path), "\n".join(lines).strip()


def _pieces(body: str) -> Iterator[str]:
    """The text in pieces of whole paragraphs."""
    piece = ""
    for paragraph in re.split(r"\n\s*\n", body):
        if piece and len(piece) + len(paragraph) > LONGEST_CHARACTERS:
            yield piece
            piece = ""
        piece = f"{piece}\n\n{paragraph}" if piece else paragraph
    if piece.strip():
        yield piece
