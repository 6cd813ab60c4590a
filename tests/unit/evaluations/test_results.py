"""The file of a run's results survives kills and whatever stands in answers."""

from pathlib import Path

import pytest

from ai_worker.errors import BadRequest
from ai_worker.pipelines.evaluations.trial.results import Results, answers_of, read_results


def entry(line: int, response: str = "yes") -> dict[str, object]:
    return {
        "asked": f"q{line}",
        "line_index": line,
        "model": "m",
        "status": "completed",
        "response": response,
    }


def add(path: Path, *entries: dict[str, object]) -> None:
    with Results(path) as results:
        for one in entries:
            results.add(one)


def test_a_run_goes_on_behind_a_line_that_a_kill_has_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "run.results.jsonl"
    add(path, entry(0))
    with path.open("ab") as file:
        file.write(b'{"asked": "q1", "line_index": 1, "resp\xc4')
    add(path, entry(1), entry(2))
    assert answers_of(path).keys() == {"q0", "q1", "q2"}


def test_a_file_of_nothing_but_a_cut_line_is_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "run.results.jsonl"
    path.write_bytes(b'{"asked"')
    add(path, entry(0))
    assert [found["asked"] for found in read_results(path)] == ["q0"]


def test_answers_may_hold_any_line_separator(tmp_path: Path) -> None:
    path = tmp_path / "run.results.jsonl"
    response = "one\u2028two\u2029three\x85four\x0bfive\x0csix\x1cseven\r\neight\n"
    add(path, entry(0, response), entry(1))
    assert [found["response"] for found in read_results(path)] == [response, "yes"]


@pytest.mark.parametrize("content", [b'{"task_name": "claims"}', b"notes of mine", b"id,text\n1,last line"])
def test_a_file_of_something_else_is_refused_and_keeps_its_last_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "named by mistake"
    path.write_bytes(content)
    with pytest.raises(BadRequest):
        add(path, entry(0))
    assert path.read_bytes() == content


def test_what_was_answered_is_known_behind_a_cut_letter(tmp_path: Path) -> None:
    path = tmp_path / "run.results.jsonl"
    add(path, entry(0))
    with path.open("ab") as file:
        file.write(b'{"asked": "q1", "resp\xc4')
    with Results(path) as results:
        assert results.known.keys() == {"q0"}
