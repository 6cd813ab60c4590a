"""The offline model answers the very prompts of loops, so that their checks pass."""

import json
from pathlib import Path

from ai_worker.pipelines.loops.chunks.chunk import Chunk
from ai_worker.pipelines.loops.chunks.markdown import markdown_chunks
from ai_worker.pipelines.loops.dedup.comparing import PROMPT as COMPARE
from ai_worker.pipelines.loops.judging.judging import Judged, judge_question
from ai_worker.pipelines.loops.ports import Asked, every_time
from ai_worker.pipelines.loops.texts.fences import instruction
from ai_worker.pipelines.loops.writing.writing import Visit, write_questions
from devtools.layout import ROOT
from devtools.offline_model.answers import Answers
from devtools.offline_model.samples import load

SAMPLES = ROOT / "samples"
MODEL = Answers(load(SAMPLES / "offline_model.json"))
DOCUMENTS = sorted((SAMPLES / "loops" / "documents").glob("*.md"))


def asked(question: Asked) -> str:
    return MODEL("offline-large", question.system, question.user, None)


def chunks_of(path: Path) -> list[Chunk]:
    return list(markdown_chunks(path.read_text(encoding="utf-8"), path.name))


def test_every_section_of_the_samples_has_three_questions_that_pass_the_checks() -> None:
    assert len(DOCUMENTS) == 4
    for path in DOCUMENTS:
        for chunk in chunks_of(path):
            written = write_questions(Visit(chunk, 0, 3), asked, every_time)
            assert [draft.reason for draft in written.rejected] == []
            assert len(written.kept) == 3, chunk.chunk_id


def test_earlier_questions_are_not_asked_again() -> None:
    chunk = chunks_of(DOCUMENTS[0])[0]
    first = write_questions(Visit(chunk, 0, 1), asked, every_time).kept[0].question
    second = write_questions(Visit(chunk, 1, 1, earlier=[first]), asked, every_time).kept[0].question
    assert first != second


def test_an_answer_that_the_section_does_not_give_fails() -> None:
    section = "The pump starts after 90 seconds."
    good = judge_question(Judged("When does the pump start?", section, section), asked)
    bad = judge_question(Judged("When does the pump start?", "After two weeks.", section), asked)
    assert good.passes(0.6) and not bad.passes(0.6)


def test_no_two_questions_are_called_the_same() -> None:
    answer = MODEL("offline-large", instruction(COMPARE)[1], "Code: abc", None)
    assert json.loads(answer) == {"same_as": 0}
