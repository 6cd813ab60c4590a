import os
import subprocess
from pathlib import Path

import pytest

from devtools import surroundings
from devtools.instance import Instance
from devtools.stack import named
from devtools.steps import StepFailed, tail


@pytest.mark.parametrize(
    ("environment", "provider", "words"),
    [
        ({}, "offline", "costs nothing"),
        ({"GEMINI_API_KEY": "secret-key"}, "gemini", "Gemini"),
        ({"OPENAI_BASE_URL": "http://user:secret-key@models.example/v1"}, "openai", "models.example"),
        ({"GEMINI_API_KEY": "secret-key", "DEFAULT_PROVIDER": "offline"}, "offline", "DEFAULT_PROVIDER"),
        ({"GEMINI_API_KEY": "", "OPENAI_BASE_URL": ""}, "offline", "offline"),
    ],
)
def test_the_environment_chooses_the_model_and_no_secret_is_told(
    environment: dict[str, str], provider: str, words: str
) -> None:
    chosen, told = surroundings.model(environment)
    assert chosen == provider
    assert words in told
    assert "secret-key" not in told


def test_a_server_is_named_by_a_variable_that_is_not_empty() -> None:
    assert named("redis", {"REDIS_URL": "redis://x"}) == "REDIS_URL"
    assert named("mongodb", {"MONGODB_URI": "", "MONGO_HOST": "x"}) == "MONGO_HOST"
    assert named("mariadb", {"MYSQL_HOST": "", "MYSQL_PORT": "3306"}) is None


def test_a_master_key_of_ones_own_is_kept(tmp_path: Path) -> None:
    made = surroundings.variables(Instance(tmp_path), {})
    assert len(made["MASTER_KEY"]) >= 32
    assert surroundings.variables(Instance(tmp_path), {}) == made
    assert surroundings.variables(Instance(tmp_path), {"MASTER_KEY": "mine"})["MASTER_KEY"] == "mine"


def test_the_file_of_addresses_is_private_and_a_shell_reads_it_back(tmp_path: Path) -> None:
    path = tmp_path / "env"
    values = {
        "MONGODB_URI": "mongodb://u:p@h/?a=1&b=2",
        "PLAIN": "redis://:p-_1@127.0.0.1:20001/0",
        "QUOTED": "it's $HOME",
    }
    surroundings.write_for_a_person(path, values)
    assert path.stat().st_mode & 0o777 == 0o600
    script = f"set -a; . {path}; set +a; env"
    printed = subprocess.run(
        ["sh", "-c", script], env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, check=True
    ).stdout
    assert {f"{name}={value}" for name, value in values.items()} <= set(printed.splitlines())


def test_the_file_of_a_run_that_has_ended_gives_no_addresses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = subprocess.Popen(["true"])
    ended.wait()
    monkeypatch.setattr(os, "getpid", lambda: ended.pid)
    path = tmp_path / "env"
    surroundings.write_for_a_person(path, {"REDIS_URL": "redis://gone"})
    read = subprocess.run(
        ["sh", "-c", f'set -a; . {path}; echo "url=$REDIS_URL"'],
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert read.stdout == "url=\n"
    assert "has stopped" in read.stderr


def test_the_file_has_the_settings_of_the_environment_and_no_other_variable() -> None:
    environment = {"GEMINI_API_KEY": "k", "WEATHER_URL": "http://w", "HOME": "/root", "MONGO_DB": ""}
    told = surroundings.given(environment, {"REDIS_URL": "r", "PYTHONUNBUFFERED": "1"})
    assert told == {
        "GEMINI_API_KEY": "k",
        "WEATHER_URL": "http://w",
        "REDIS_URL": "r",
        "PYTHONUNBUFFERED": "1",
    }


def test_a_later_start_forgets_the_addresses_of_a_run_that_was_killed(tmp_path: Path) -> None:
    (tmp_path / "env").write_text("REDIS_URL=x", encoding="utf-8")
    Instance(tmp_path).stop_leftovers()
    assert not (tmp_path / "env").exists()


def test_pipelines_are_all_of_ours_where_none_is_named() -> None:
    assert surroundings.pipelines({}) == ["corrections", "evaluations", "worlds", "loops", "assistants"]
    assert surroundings.pipelines({"PIPELINES": "loops, tickets"}) == ["loops", "tickets"]


def test_a_failed_step_names_itself_the_end_of_its_log_and_the_fix(tmp_path: Path) -> None:
    log = tmp_path / "step.log"
    log.write_text("".join(f"line {number}\n\n" for number in range(50)), encoding="utf-8")
    message = str(StepFailed("start redis", "it ended with status 1", fix="free the disk", log=log))
    assert message.splitlines()[:2] == ["FAILED: start redis", "  it ended with status 1"]
    assert tail(log)[-1] == "line 49"
    assert "  | line 49" in message
    assert "line 30" not in message
    assert f"  log: {log}\n  fix: free the disk" in message
