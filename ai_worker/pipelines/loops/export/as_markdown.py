"""The Markdown export, in the form that the front end's single-jump parser reads back.

That parser takes a question for one line and ends an answer at a line that begins with `#` or is `---`; so
line breaks of questions become spaces, and such lines of answers are indented.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from ai_worker.pipelines.loops.export.sections import Item, sections

NOTE = "> 由 LLM 自动生成的问答对"
UNNAMED = "未命名切片"
LONGEST_TITLE = 80
SOURCE_CHARACTERS = 200
_SPACE = re.compile(r"\s+")
_SEPARATORS = re.compile(r"\s*(?:/|\\|>)\s*")


def markdown_export(category: str, rows: Sequence[Item]) -> str:
    """The whole file."""
    lines: list[str] = []
    for number, (key, items) in enumerate(sections(rows).items(), 1):
        lines += _section(number, key, items, category)
    return "\n".join(lines)


def _section(number: int, key: str, items: Sequence[Item], category: str) -> Iterator[str]:
    file_name = (items[0].get("file_name") or "").strip()
    headers = (items[0].get("chunk_headers") or "").strip() or key
    title = _title(headers)
    document = PurePosixPath(file_name).stem if file_name else _SEPARATORS.split(title)[-1]
    yield f"# 第{number}章 {title}"
    yield f"## {file_name or title} / {document}"
    if headers:
        yield f"> 原始切片标题: {_line(headers)}"
    yield f"# {number}. {document}_Document"
    if category != "all":
        yield f"> 导出分类: {category}"
    yield f"> 代表轮次: {items[0]['round_number']}"
    yield from (NOTE, "---", "")
    for place, item in enumerate(items, 1):
        yield from _question(place, item)
    yield from ("---", "")


def _question(place: int, item: Item) -> Iterator[str]:
    yield f"## Q{place}: {_line(item['question'] or '')}"
    if chunk_id := item.get("chunk_id") or item.get("expected_chunk_id"):
        yield f"> chunk_id: {chunk_id}"
    yield f"**A{place}:** {_answer(item.get('reference_answer') or '')}"
    if item.get("expected_chunk_name"):
        yield f"> 预期切片: {_line(item['expected_chunk_name'])}"
    if item.get("source_chunk"):
        yield f"> Source: {_line(str(item['source_chunk'])[:SOURCE_CHARACTERS])}..."
    yield ""


def _title(headers: str) -> str:
    title = _line(headers)
    if not title:
        return UNNAMED
    return title if len(title) <= LONGEST_TITLE else title[: LONGEST_TITLE - 1] + "…"


def _line(text: str) -> str:
    return _SPACE.sub(" ", text).strip()


def _answer(text: str) -> str:
    lines = text.strip().splitlines()
    return "\n".join(
        [
            *lines[:1],
            *(f" {line}" if line.startswith("#") or line.strip() == "---" else line for line in lines[1:]),
        ]
    )
