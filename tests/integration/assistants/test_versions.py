"""Versions of the configuration, made with each change; restored, compared, exported, imported."""

import json
import threading
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient

from ai_worker.stores.mysql import mysql
from tests.integration.assistants.test_registry_http import add_assistant, add_tool, link
from tests.unit.assistants.made import MESSAGE_SCHEMA


def version(http: TestClient) -> int:
    return int(http.get("/assistants/config").json()["version"])


def test_each_change_is_one_version_with_who_and_what(http: TestClient) -> None:
    assert version(http) == 0
    assistant, tool = add_assistant(http), add_tool(http)
    link(http, assistant, tool)
    http.put(f"/assistants/{assistant['id']}", json={"instructions": "New.", "model": "m2"})
    listed = http.get("/assistants/versions").json()
    assert [one["version"] for one in listed] == [4, 3, 2, 1]
    assert [(one["kind"], one["action"], one["fields"]) for one in listed[0]["changes"]] == [
        ("assistant", "changed", ["model", "instructions"])
    ]
    assert listed[1]["changes"][0]["name"] == "secretary - time"
    assert {one["created_by"] for one in listed} == {"local"}
    of_tool = http.get(f"/tools/{tool['id']}/versions").json()
    assert [one["version"] for one in of_tool] == [3, 2]


def test_no_version_where_nothing_changed_or_where_it_was_refused(http: TestClient) -> None:
    assistant = add_assistant(http)
    before = http.get(f"/assistants/{assistant['id']}").json()
    assert http.put(f"/assistants/{assistant['id']}", json={"instructions": "Help."}).json() == before
    assert http.put(f"/assistants/{assistant['id']}", json={}).json() == before
    assert http.put(f"/assistants/{assistant['id']}", json={"assistant_type": "no"}).status_code == 400
    assert http.put(f"/assistants/{assistant['id']}", json={"name": None}).status_code == 422
    assert version(http) == 1


def test_restoring_makes_a_new_version_that_is_the_old_one(http: TestClient) -> None:
    assistant, tool = add_assistant(http), add_tool(http)
    link(http, assistant, tool)
    then = http.get("/assistants/versions/3").json()
    http.put(f"/assistants/{assistant['id']}", json={"instructions": "Worse."})
    http.delete(f"/tools/{tool['id']}?force=true")
    late = add_assistant(http, "late")
    restored = http.post("/assistants/versions/3/restore", json={"note": "it was better"})
    assert (restored.status_code, restored.json()) == (200, {"version": 7})
    now = http.get("/assistants/versions/7").json()
    assert {**now, "version": 0} == {**then, "version": 0}
    assert http.get("/assistants/versions").json()[0]["note"] == "it was better"
    assert http.get(f"/assistants/{assistant['id']}").json()["created_at"] == assistant["created_at"]
    assert http.get(f"/assistants/{late['id']}").status_code == 404
    assert http.post("/assistants/versions/7/restore").json() == {"version": 7}
    assert http.post("/assistants/versions/0/restore").json() == {"version": 8}
    assert http.get("/assistants/").json() == []


def test_two_versions_are_compared_field_by_field(http: TestClient) -> None:
    assistant = add_assistant(http, instructions="one\ntwo\nthree")
    http.put(f"/assistants/{assistant['id']}", json={"instructions": "one\n2\nthree"})
    found = http.get("/assistants/versions/1/diff/2").json()
    assert len(found) == 1 and list(found[0]["fields"]) == ["instructions"]
    assert "-two\n+2" in found[0]["fields"]["instructions"]["diff"]
    assert http.get("/assistants/versions/1/diff/9").status_code == 404


def test_the_registry_goes_out_of_one_installation_and_into_another_as_it_is(http: TestClient) -> None:
    assistant, tool = add_assistant(http, "Секретарь"), add_tool(http, settings=None)
    link(http, assistant, tool)
    document = http.get("/assistants/export").json()
    http.post("/assistants/versions/0/restore")
    assert http.get("/assistants/").json() == []
    assert http.post("/assistants/import", json=document).status_code == 200
    again = http.get("/assistants/export").json()
    assert {**again, "version": 0} == {**document, "version": 0}
    before = version(http)
    assert http.post("/assistants/import", json=document).json() == {"version": before}


def test_a_file_written_by_hand_may_name_its_rows(http: TestClient) -> None:
    document: dict[str, Any] = {
        "format": "ai-worker.assistants/1",
        "assistants": [
            {"id": name, "name": name, "model": "offline-tools", "instructions": ""}
            for name in ("secretary", "writer")
        ],
        "tools": [
            {
                "id": "ask",
                "name": "ask_writer",
                "tool_type": "sub_assistant",
                "assistant_id": "writer",
                "input_schema": json.dumps(MESSAGE_SCHEMA),
            }
        ],
        "links": [{"id": "l", "assistant_id": "secretary", "tool_id": "ask"}],
    }
    assert http.post("/assistants/import", json=document).json() == {"version": 1}
    assert http.post("/assistants/import", json=document).json() == {"version": 1}
    # Other ids for the same pair are the same link.
    document["links"][0]["id"] = "another"
    assert http.post("/assistants/import", json=document).json() == {"version": 1}
    document["assistants"].append({"id": "x", "name": "x", "model": "m", "instructions": 5})
    refused = http.post("/assistants/import", json=document)
    assert (refused.status_code, refused.json()["path"]) == (422, "assistants[2].instructions")
    circle = {
        **document,
        "assistants": document["assistants"][:2],
        "links": [*document["links"], {"id": "m", "assistant_id": "writer", "tool_id": "ask"}],
    }
    assert http.post("/assistants/import", json=circle).status_code == 422
    assert version(http) == 1
    assert http.post("/assistants/import?replace=true", json={"format": "ai-worker.assistants/1"}).json() == {
        "version": 2
    }
    assert http.get("/tools/").json() == []


def test_changes_at_once_are_one_version_each_and_none_is_lost(http: TestClient) -> None:
    made = [add_assistant(http, f"a{place}") for place in range(8)]
    faults: list[str] = []

    def change(place: int) -> None:
        for number in range(5):
            answer = http.put(f"/assistants/{made[place]['id']}", json={"instructions": f"{place}.{number}"})
            if answer.status_code != 200:
                faults.append(answer.text)

    threads = [threading.Thread(target=change, args=(place,)) for place in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert version(http) == 8 + 40
    rows = mysql().query("SELECT version, snapshot FROM assistant_config_version ORDER BY version")
    assert [row["version"] for row in rows] == list(range(1, 49))
    texts = {row["instructions"] for row in json.loads(rows[-1]["snapshot"])["assistants"]}
    assert texts == {f"{place}.4" for place in range(8)}


def test_the_sample_of_a_first_start_is_taken(http: TestClient) -> None:
    sample = json.loads(
        (Path(__file__).parents[3] / "samples" / "assistants.json").read_text(encoding="utf-8")
    )
    assert http.post("/assistants/import", json=sample).json() == {"version": 1}
    (secretary,) = http.get("/assistants/", params={"is_secretary": True}).json()
    linked = http.get(f"/assistants/{secretary['id']}/tools").json()
    kinds = sorted({tool["tool_type"] for tool in linked})
    assert kinds == ["calendar", "reminder", "sub_assistant", "time", "weather"] and len(linked) == 6
