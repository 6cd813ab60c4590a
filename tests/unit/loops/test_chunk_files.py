"""Chunks of one's own: Markdown and JSONL files, and the samples."""

from pathlib import Path

import pytest

from ai_worker.errors import BadRequest
from ai_worker.pipelines.loops.chunks.chunk_files import read_chunks
from ai_worker.pipelines.loops.chunks.lexical_retriever import LexicalRetriever
from ai_worker.pipelines.loops.chunks.markdown import markdown_chunks
from ai_worker.pipelines.loops.chunks.windows import windows
from ai_worker.pipelines.loops.writing.language import language_of

SAMPLES = Path(__file__).parents[3] / "samples" / "loops"


def test_headings_make_paths_and_fences_hide_them() -> None:
    text = "intro\n# A\none\n## B\ntwo\n```\n# no heading\n```\n## C\n\n# D\nthree"
    found = markdown_chunks(text, "a.md")
    assert [(chunk.headers, chunk.text) for chunk in found] == [
        ("a", "intro"),
        ("A", "one"),
        ("A / B", "two\n```\n# no heading\n```"),
        ("D", "three"),
    ]
    assert [chunk.chunk_id for chunk in markdown_chunks(text, "a.md")] == [chunk.chunk_id for chunk in found]
    assert len({chunk.chunk_id for chunk in found}) == 4


def test_faults_of_a_file_are_told_by_line(tmp_path: Path) -> None:
    for name, text, fault in (
        ("a.jsonl", '{"text": "x"}\n{', "line 2"),
        ("b.jsonl", '{"id": 1}', "line 1: the chunk needs a `text`"),
        ("l.jsonl", '{"text": ["x"]}', "line 1: text must be one text"),
        (
            "c.jsonl",
            '{"id": 1, "text": "x"}\n{"id": "1", "text": "y"}',
            "line 2: chunk '1' of file 'c.jsonl' stands there twice",
        ),
        ("d.jsonl", "[1]", "line 1: write one JSON object a line"),
        ("e.md", "# only a heading", "holds no chunk"),
        ("f.pdf", "x", "name it .md, .txt or .jsonl"),
    ):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        with pytest.raises(BadRequest, match=fault.replace("(", r"\(")):
            read_chunks(path)


def test_the_samples_are_in_four_languages_and_each_question_finds_its_chunk() -> None:
    chunks = [chunk for path in sorted((SAMPLES / "documents").glob("*.md")) for chunk in read_chunks(path)]
    assert {language_of(chunk.text) for chunk in chunks} == {"en", "pl", "ru", "zh"}
    retriever = LexicalRetriever(chunks)
    for question, heading in (
        ("How long does the Aster 8 wait before its compressor starts?", "Start-up"),
        ("Ile stopni mielenia ma młynek ekspresu Wilga?", "Młynek"),
        ("Сколько секунд нажимать кнопку RESET?", "Сброс"),
        ("报警代码B23表示什么？", "报警代码"),
    ):
        assert heading in retriever.search(question, 1)[0][0].headers
    assert len(read_chunks(SAMPLES / "chunks.jsonl")) == 4


def test_windows_cover_a_text_and_end_at_its_sentences() -> None:
    text = "".join(f"Sentence number {number} is here. " for number in range(1_000))
    parts = windows(text, 1_000, 100)
    assert max(map(len, parts)) <= 1_000
    assert all(part.endswith(" ") for part in parts)
    assert all(f"number {number} is" in "|".join(parts) for number in range(1_000))
    assert windows("short") == ["short"]
    assert len(windows("x" * 5_000, 1_000, 100)) < 8
