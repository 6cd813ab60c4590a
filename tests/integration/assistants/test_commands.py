"""`ai-worker assistants …`, as an operator types it."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from ai_worker.errors import NotFound, StoreUnavailable
from ai_worker.pipelines.assistants.commands.chat import NoAnswerYet
from ai_worker.pipelines.assistants.commands.main import group
from ai_worker.pipelines.assistants.registry.rejected import Rejected
from ai_worker.stores.mysql import mysql
from devtools.servers.redis import RedisServer
from tests.integration.assistants.test_registry_http import add_tool
from tests.integration.assistants.test_work import work

WIDE = {"COLUMNS": "200", "TERM": "dumb"}


def run(*arguments: str, fails: bool = False) -> str:
    result = CliRunner(env=WIDE).invoke(group, arguments)
    assert (result.exit_code != 0) is fails, result.output
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.output


@pytest.fixture
def worker(http: TestClient) -> Iterator[None]:
    ended = threading.Event()

    def answer() -> None:
        while not ended.wait(0.05):
            for row in mysql().query("SELECT id_message FROM assistant_message WHERE status_id = 0"):
                work(int(row["id_message"]))

    running = threading.Thread(target=answer)
    running.start()
    yield
    ended.set()
    running.join()


def test_an_assistant_is_made_shown_edited_linked_and_talked_to(
    http: TestClient, worker: None, tmp_path: Path
) -> None:
    instructions = tmp_path / "i.txt"
    instructions.write_text("Be kind.", encoding="utf-8")
    run(
        "create",
        "secretary",
        "--model",
        "offline-tools",
        "--instructions-file",
        str(instructions),
        "--secretary",
    )
    add_tool(http)
    assert "version 3" in run("link", "secretary", "time")
    listed = run("list")
    assert "secretary" in listed and "time" in listed and "Version 3 of the configuration." in listed
    assert "Be kind." in run("show", "secretary")
    answered = run("chat", "secretary", 'call time {"timezone": "Asia/Tokyo"}', "--user", "me")
    assert 'time {"timezone":"Asia/Tokyo"} -> 2' in answered and "version 3, offline-tools" in answered
    assert "Changed; version 4." in run("edit", "secretary", "--instructions", "Be brief.")
    assert "Nothing changed." in run("edit", "secretary", "--instructions", "Be brief.")
    assert "Be brief." in run("chat", "secretary", "system", "--user", "me2")
    assert "version 5" in run("link", "secretary", "time", "--remove")


def test_versions_are_listed_compared_and_restored(http: TestClient, tmp_path: Path) -> None:
    run("create", "a", "--model", "m", "--instructions", "one")
    run("edit", "a", "--instructions", "two")
    assert "assistant a changed (instructions)" in run("versions")
    assert "-one" in run("diff", "1", "2") and "+two" in run("diff", "1", "2")
    assert "Version 3 is what version 1 was." in run("restore", "1", "--note", "better")
    assert "one" in run("show", "a") and "better" in run("versions", "a")
    run("export", str(tmp_path / "f.json"))
    document = json.loads((tmp_path / "f.json").read_text(encoding="utf-8"))
    document["assistants"][0]["instructions"] = "three"
    (tmp_path / "f.json").write_text(json.dumps(document), encoding="utf-8")
    assert "Version 4 is in force." in run("import", str(tmp_path / "f.json"))


def test_without_redis_the_registry_is_read_and_changed_and_a_chat_says_what_is_missing(
    http: TestClient, redis: RedisServer, tmp_path: Path
) -> None:
    run("create", "секретарь 秘书 żółć", "--model", "m", "--instructions", "one")
    redis.kill()
    try:
        assert "żółć" in run("list") and "one" in run("show", "секретарь 秘书 żółć")
        assert "version 2" in run("edit", "секретарь 秘书 żółć", "--instructions", "two")
        assert "+two" in run("diff", "1", "2")
        run("export", str(tmp_path / "f.json"))
        with pytest.raises(StoreUnavailable, match="Redis cannot be reached"):
            run("chat", "секретарь 秘书 żółć", "hello", fails=True)
        assert mysql().query("SELECT id_message FROM assistant_message") == []
    finally:
        redis.start()


def test_a_chat_that_no_worker_answers_ends_and_says_so(http: TestClient) -> None:
    run("create", "a", "--model", "m")
    with pytest.raises(NoAnswerYet, match=r"message \d+ is still pending after .* `ai-worker status`"):
        run("chat", "a", "hello", "--wait", "1", fails=True)


def test_what_an_operator_may_get_wrong_is_said(http: TestClient, tmp_path: Path) -> None:
    run("create", "a", "--model", "m")
    assert "there is no assistant 'b'; there are: a" in run("show", "b", fails=True)
    (tmp_path / "f.json").write_text("{", encoding="utf-8")
    assert "is not JSON" in run("import", str(tmp_path / "f.json"), fails=True)
    (tmp_path / "i.txt").write_bytes("żółć".encode("iso-8859-2"))
    latin = run("edit", "a", "--instructions-file", str(tmp_path / "i.txt"), fails=True)
    assert "is not in UTF-8" in latin
    nowhere = run("export", str(tmp_path / "no" / "f.json"), fails=True)
    assert "cannot be written" in nowhere
    run("create", "a", "--model", "m")
    assert "give the id" in run("show", "a", fails=True)
    with pytest.raises(NotFound, match="Version 99 not found"):
        run("diff", "1", "99", fails=True)
    with pytest.raises(NotFound, match="Version 99 not found"):
        run("restore", "99", fails=True)
    with pytest.raises(Rejected, match="Invalid assistant type"):
        run("create", "x", "--model", "m", "--type", "wizard", fails=True)
