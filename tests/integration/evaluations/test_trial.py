"""An evaluation in one process: `eval init`, `run`, `show`, `diff`, against a server of OpenAI's form."""

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from ai_worker.errors import BadRequest, WorkError
from ai_worker.pipelines.evaluations.commands.main import group
from ai_worker.pipelines.evaluations.trial.results import read_results

ROWS = (
    "question;answer;topic\nCapital of France?;Paris;cities\n2+2?;4;sums\n\nCapital of Italy?;Rome;cities\n"
)
SAYS = {
    "Capital of France?": "<think>Rome?</think>Paris.",
    "2+2?": "It is 4",
    "Capital of Italy?": "<think>Hm",
}
TASK = {"prompt": "{question}", "variables_cols": ["question"], "metric": "accuracy", "target": "answer"}


class Server:
    """Answers by the question's text, and remembers what it was asked."""

    def __init__(self) -> None:
        self.says = dict(SAYS)
        self.asked: list[dict[str, Any]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                outer.asked.append(body)
                status, answer = outer.answer(body["messages"][-1]["content"])
                sent = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(sent)))
                self.end_headers()
                self.wfile.write(sent)

            def log_message(self, *arguments: Any) -> None:
                """Not a line of it in the test's output."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def answer(self, question: str) -> tuple[int, Any]:
        text = next((said for part, said in self.says.items() if part in question), "?")
        if text in ("400", "401", "404"):
            return int(text), {"error": {"message": "no"}}
        finish = "length" if text.endswith("…") else "stop"
        usage = {"prompt_tokens": 5, "completion_tokens": 3}
        choice = {"message": {"content": text.removesuffix("…")}, "finish_reason": finish}
        return 200, {"choices": [choice], "usage": usage}

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server()
    yield running
    running.close()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rows.csv").write_bytes(ROWS.encode("utf-16"))
    (tmp_path / "task.json").write_text(json.dumps(TASK), encoding="utf-8")
    return tmp_path


def command(*arguments: str) -> str:
    """Run a command of `ai-worker eval`; returns what it printed."""
    done = CliRunner().invoke(group, arguments, catch_exceptions=True)
    if isinstance(done.exception, BadRequest):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.output


def run(server: Server, *more: str) -> str:
    return command("run", "task.json", "--data", "rows.csv", "--model", "m", "--base-url", server.url, *more)


def change(**fields: Any) -> None:
    Path("task.json").write_text(json.dumps({**TASK, **fields}), encoding="utf-8")


def test_a_file_and_a_server_make_a_report_in_one_command(folder: Path, server: Server) -> None:
    printed = run(server, "--html", "report.html")
    assert "0.500" in printed and len(server.asked) == 3
    entries = {entry["line_index"]: entry for entry in read_results(folder / "task.results.jsonl")}
    assert [entries[line]["verdict"] for line in range(3)] == ["correct", "wrong", "not_answered"]
    assert entries[0]["response"] == "<think>Rome?</think>Paris.", "the raw text is kept"
    assert entries[0]["tokens_input"] == 5
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "<svg" in page and "Capital of France?" in page and "&lt;think&gt;" not in page


def test_run_again_it_asks_only_what_is_new_or_had_no_answer(folder: Path, server: Server) -> None:
    server.says["2+2?"] = "400"
    run(server)
    assert len(server.asked) == 3
    server.says["2+2?"] = "4"
    printed = run(server)
    assert len(server.asked) == 5, "the one that failed, and the one that thought and said nothing"
    assert "1.000" in printed
    with (folder / "task.results.jsonl").open("a", encoding="utf-8") as results:
        results.write('{"cut off')
    change(regexp="(?i)(paris|rome|4)")
    run(server)
    assert len(server.asked) == 6, "rules are no question; what had no answer is asked again"


def test_judges_are_asked_and_what_they_said_is_kept(folder: Path, server: Server) -> None:
    server.says = {"Refused?": "NOT REFUSED", **SAYS}
    change(metric="RtA", rta_model=["j1", "j2"], rta_prompt="{input} {answer} Refused?", target=None)
    run(server)
    entries = read_results(folder / "task.results.jsonl")
    assert [entry["verdict"] for entry in sorted(entries, key=lambda entry: entry["line_index"])] == [
        "answered",
        "answered",
        "not_answered",
    ]
    assert len(server.asked) == 3 + 4, "what was never closed is shown to no judge"
    run(server)
    assert len(server.asked) == 7 + 1, "the one without an answer"
    assert "j1: NOT REFUSED" in command("show", "task.results.jsonl", "--row", "0")


def test_a_cut_off_answer_is_kept_and_scored_by_choice(folder: Path, server: Server) -> None:
    server.says["2+2?"] = "4 because…"
    run(server)
    kept = {entry["line_index"]: entry for entry in read_results(folder / "task.results.jsonl")}[1]
    assert (kept["response"], kept["error_class"], kept["verdict"]) == (
        "4 because",
        "truncated",
        "not_answered",
    )
    change(score_truncated=True, regexp="(\\d)")
    run(server)
    kept = {entry["line_index"]: entry for entry in read_results(folder / "task.results.jsonl")}[1]
    assert (kept["truncated"], kept["verdict"]) == (True, "correct")


def test_an_empty_answer_costs_one_call(folder: Path, server: Server) -> None:
    server.says["2+2?"] = ""
    run(server)
    assert len(server.asked) == 3
    kept = {entry["line_index"]: entry for entry in read_results(folder / "task.results.jsonl")}[1]
    assert (kept["error_class"], kept["verdict"]) == ("empty_answer", "not_answered")


@pytest.mark.parametrize(
    ("status", "told"), [("400", "400"), ("401", "401"), ("404", "404"), ("", "Connection refused")]
)
def test_a_wrong_key_name_or_address_ends_the_run_at_once(
    folder: Path, server: Server, status: str, told: str
) -> None:
    server.says = {"": status}
    url = server.url if status else "http://127.0.0.1:1/v1"
    rows = "question;answer\n" + "".join(f"q{number};a\n" for number in range(200))
    (folder / "rows.csv").write_text(rows, encoding="utf-8")
    began = time.monotonic()
    arguments = ["run", "task.json", "--data", "rows.csv", "--model", f"m{status}", "--base-url", url]
    done = CliRunner().invoke(group, arguments)
    assert isinstance(done.exception, WorkError) and told in str(done.exception)
    assert time.monotonic() - began < 20, "and not after the waits that workers can afford"
    assert len(server.asked) <= 8 * 2, "nor does it go on with the other rows"


def test_what_the_task_says_reaches_the_model(folder: Path, server: Server) -> None:
    change(
        system="Be brief.",
        max_tokens=9,
        stop=["\n"],
        temperature=0.5,
        logprobs=True,
        few_shot={"answer": "answer", "rows": [1]},
    )
    run(server, "--limit", "1")
    [asked] = server.asked
    assert [(turn["role"], turn["content"]) for turn in asked["messages"]] == [
        ("system", "Be brief."),
        ("user", "2+2?"),
        ("assistant", "4"),
        ("user", "Capital of France?"),
    ]
    assert (asked["stop"], asked["temperature"], asked["logprobs"]) == (["\n"], 0.5, True)
    assert 9 in (asked.get("max_tokens"), asked.get("max_completion_tokens"))


def test_two_runs_are_compared_row_by_row_and_by_group(folder: Path, server: Server) -> None:
    change(group_by="topic")
    run(server, "--output", "before.jsonl")
    server.says["2+2?"] = "4"
    run(server, "--output", "after.jsonl")
    printed = command("diff", "before.jsonl", "after.jsonl")
    assert "m, better: rows 1" in printed and "worse: rows" not in printed
    assert "topic" in printed and "0.500" in printed


def test_single_answers_are_shown_with_their_reasoning(folder: Path, server: Server) -> None:
    run(server)
    shown = command("show", "task.results.jsonl", "--verdict", "correct")
    assert "reasoning: Rome?" in shown and "answer: Paris." in shown and "Italy" not in shown
    assert "no answer is like that" in command("show", "task.results.jsonl", "--verdict", "tied")


def test_a_task_file_is_written_from_flags_and_runs(folder: Path, server: Server) -> None:
    flags = ["--prompt", "{question}", "--target", "answer", "--metric", "accuracy", "--model", "m"]
    assert "eval run new.json" in command("init", "new.json", "--data", "rows.csv", *flags)
    command("run", "new.json", "--data", "rows.csv", "--base-url", server.url)
    assert len(server.asked) == 3
    with pytest.raises(BadRequest, match="is there already"):
        command("init", "new.json", *flags)


def test_six_questions_write_a_task_file(folder: Path) -> None:
    answers = "{question}?\n\n\n\nm\n"
    done = CliRunner().invoke(group, ["init", "asked.json", "--data", "rows.csv"], input=answers)
    assert done.exit_code == 0, done.output
    written = json.loads((folder / "asked.json").read_text(encoding="utf-8"))
    assert written["variables_cols"] == ["question"] and written["models"] == ["m"]
    assert (written["metric"], written["target"]) == ("accuracy", "topic")


@pytest.mark.parametrize(
    ("fields", "rows", "told"),
    [
        ({"target": "anwser"}, ROWS, "row 1: no column 'anwser'"),
        ({"promt": "x"}, ROWS, "did you mean prompt?"),
        ({}, "", "has no header"),
        ({}, "question;answer\n", "has no rows"),
    ],
)
def test_a_mistake_is_told_before_anything_is_asked(
    folder: Path, server: Server, fields: dict[str, Any], rows: str, told: str
) -> None:
    change(**fields)
    (folder / "rows.csv").write_text(rows, encoding="utf-8")
    with pytest.raises(BadRequest) as caught:
        run(server)
    assert told in str(caught.value) and not server.asked
