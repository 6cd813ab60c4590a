"""The registry over HTTP, with the seed's codes and texts under both prefixes; and what its first version
called done and was not.
"""

import json
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient

from ai_worker.pipelines.assistants.registry import service
from ai_worker.pipelines.assistants.registry.rejected import Rejected
from tests.unit.assistants.made import MESSAGE_SCHEMA, REMINDER_SCHEMA, TIME_SCHEMA

NOBODY = str(uuid4())
PREFIXES = ["", "/api"]


def add_assistant(
    http: TestClient, name: str = "secretary", prefix: str = "", **values: Any
) -> dict[str, Any]:
    body = {"name": name, "model": "offline-tools", "instructions": "Help.", **values}
    answer = http.post(f"{prefix}/assistants/", json=body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def add_tool(http: TestClient, name: str = "time", prefix: str = "", **values: Any) -> dict[str, Any]:
    body = {
        "name": name,
        "tool_type": "time",
        "description": "The time.",
        "input_schema": json.dumps(TIME_SCHEMA),
        **values,
    }
    answer = http.post(f"{prefix}/tools/", json=body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def link(http: TestClient, assistant: dict[str, Any], tool: dict[str, Any], **body: Any) -> Any:
    return http.post(f"/assistants/{assistant['id']}/tools/{tool['id']}", json=body or None)


@pytest.mark.parametrize("prefix", PREFIXES)
def test_an_assistant_from_its_making_to_its_end(http: TestClient, prefix: str) -> None:
    made = add_assistant(http, prefix=prefix)
    assert {
        name: made[name] for name in ("is_secretary", "assistant_type", "openai_assistant_id", "is_active")
    } == {
        "is_secretary": False,
        "assistant_type": "llm",
        "openai_assistant_id": None,
        "is_active": True,
    }
    assert made["created_at"].endswith(("Z", "+00:00"))
    url = f"{prefix}/assistants/{made['id']}"
    assert http.get(url).json() == made
    changed = http.put(url, json={"instructions": "Help more."})
    assert changed.status_code == 200
    assert {**changed.json(), "updated_at": ""} == {**made, "instructions": "Help more.", "updated_at": ""}
    deleted = http.delete(url)
    assert (deleted.status_code, deleted.json()) == (200, {"message": "Assistant deleted successfully"})
    assert (http.get(url).status_code, http.get(url).json()["detail"]) == (404, "Assistant not found")


@pytest.mark.parametrize("prefix", PREFIXES)
def test_a_tool_and_its_link(http: TestClient, prefix: str) -> None:
    assistant, tool = add_assistant(http, prefix=prefix), add_tool(http, prefix=prefix)
    url = f"{prefix}/assistants/{assistant['id']}/tools"
    linked = http.post(f"{url}/{tool['id']}")
    assert (linked.status_code, linked.json()) == (200, {"message": "Tool successfully linked to assistant"})
    again = http.post(f"{url}/{tool['id']}")
    assert (again.status_code, again.json()["detail"]) == (400, "Tool is already linked to this assistant")
    assert [one["id"] for one in http.get(url).json()] == [tool["id"]]
    unlinked = http.delete(f"{url}/{tool['id']}")
    assert (unlinked.status_code, unlinked.json()) == (
        200,
        {"message": "Tool successfully unlinked from assistant"},
    )
    again = http.delete(f"{url}/{tool['id']}")
    assert (again.status_code, again.json()["detail"]) == (404, "Tool is not linked to this assistant")
    assert http.get(url).json() == []
    assert http.post(f"{url}/{tool['id']}").status_code == 200
    assert len(http.get(url).json()) == 1
    http.delete(f"{url}/{tool['id']}")
    deleted = http.delete(f"{prefix}/tools/{tool['id']}")
    assert (deleted.status_code, deleted.json()) == (200, {"message": "Tool deleted successfully"})
    assert http.get(f"{prefix}/tools/{tool['id']}").json()["detail"] == "Tool not found"


def test_what_is_unknown_is_404_and_never_500(http: TestClient) -> None:
    assistant, tool = add_assistant(http), add_tool(http)
    asked = [
        ("put", f"/assistants/{NOBODY}", {"name": "x"}, "Assistant not found"),
        ("delete", f"/assistants/{NOBODY}", None, "Assistant not found"),
        ("get", f"/assistants/{NOBODY}/tools", None, "Assistant not found"),
        ("get", f"/assistants/{NOBODY}/used-by", None, "Assistant not found"),
        ("get", f"/assistants/{NOBODY}/versions", None, "Assistant not found"),
        ("post", f"/assistants/{NOBODY}/tools/{tool['id']}", {}, "Assistant not found"),
        ("post", f"/assistants/{assistant['id']}/tools/{NOBODY}", {}, "Tool not found"),
        ("put", f"/tools/{NOBODY}", {"name": "x"}, "Tool not found"),
        ("delete", f"/tools/{NOBODY}", None, "Tool not found"),
        ("get", f"/tools/{NOBODY}/providers", None, "Tool not found"),
        ("post", f"/assistants/{NOBODY}/messages", {"user_id": "1", "text": "x"}, "Assistant not found"),
        ("get", f"/assistants/{assistant['id']}/messages/7", None, "Message not found"),
        ("get", f"/users/1/assistants/{assistant['id']}/thread", None, "Thread not found"),
        ("post", "/assistants/versions/99/restore", {}, "Version 99 not found"),
    ]
    for method, path, body, text in asked:
        answer = http.request(method, path, json=body)
        assert (answer.status_code, answer.json()["detail"]) == (404, text), path
    assert http.get("/assistants/no-uuid").status_code == 422


def test_types_that_are_not_known_are_400(http: TestClient) -> None:
    body = {"name": "x", "model": "m", "instructions": "", "assistant_type": "wizard"}
    answer = http.post("/assistants/", json=body)
    assert (answer.status_code, answer.json()["detail"]) == (400, "Invalid assistant type")
    made, tool = add_assistant(http), add_tool(http)
    assert http.put(f"/assistants/{made['id']}", json={"assistant_type": "wizard"}).status_code == 400
    answer = http.put(f"/tools/{tool['id']}", json={"type": "wand"})
    assert (answer.status_code, answer.json()["detail"]) == (400, "Invalid tool type")


# --- What the seed called done and was not ---


SCHEMAS = [
    ('{"type": "object", "properties": {"x": {"type": "notatype"}}}', "$.properties.x.type"),
    ('{"type": "object", "properties": {"x": {"type": "string", "pattern": "("}}}', "$.properties.x.pattern"),
    ("[]", "$"),
    ('"abc"', "$"),
    ("not json", "$"),
    ('{"type": "array", "items": {}}', "$.type"),
    ('{"type": "object", "properties": {"a": {}}, "required": ["b"]}', "$.required[0]"),
    ('{"type": "object", "properties": {"a": {"$ref": "http://example.com/schema"}}}', "$.properties.a.$ref"),
    ('{"type": "object", "properties": {"a": {"$ref": "#/$defs/no"}}}', "$.properties.a.$ref"),
    ('{"type": "object", "properties": {"a": {"$ref": "#"}}}', "$.properties.a.$ref"),
    ('{"type": "object", "properties": {"a": ' * 200 + "{}" + "}}" * 200, "$"),
    ('{"type": "object", "properties": ' + "[" * 5000 + "]" * 5000 + "}", "$"),
    ('{"type": "object", "properties": {"x": {"minimum": NaN}}}', "$"),
    ('{"type": "object", "properties": {"город": {"type": "string"}}}', "$.properties"),
]


@pytest.mark.parametrize(("schema", "path"), SCHEMAS, ids=range(len(SCHEMAS)))
def test_1_schemas_are_validated_with_the_place_of_the_fault(
    http: TestClient, schema: str, path: str
) -> None:
    body = {"name": "t", "tool_type": "time", "description": "d", "input_schema": schema}
    answer = http.post("/tools/", json=body)
    assert answer.status_code == 422
    assert answer.json()["path"] == path
    assert set(answer.json()["refused_by"]) <= {"openai", "gemini"} and answer.json()["refused_by"]
    assert http.get("/tools/").json() == []
    there = add_tool(http)
    assert http.put(f"/tools/{there['id']}", json={"input_schema": schema}).status_code == 422
    assert http.get(f"/tools/{there['id']}").json() == there


def test_1_the_seeds_own_reminder_schema_is_taken_and_nothing_of_it_is_lost(http: TestClient) -> None:
    tool = add_tool(http, "reminder", tool_type="reminder", input_schema=json.dumps(REMINDER_SCHEMA))
    forms = http.get(f"/tools/{tool['id']}/providers").json()
    for name in ("openai", "gemini"):
        assert "oneOf" not in forms[name]["parameters"]
        assert json.dumps(REMINDER_SCHEMA["oneOf"]) in forms[name]["description"]


def test_1_a_sub_assistant_tool_needs_an_assistant_that_exists_and_is_active(http: TestClient) -> None:
    off = add_assistant(http, "off", is_active=False)
    body = {
        "name": "ask",
        "tool_type": "sub_assistant",
        "description": "d",
        "input_schema": json.dumps(MESSAGE_SCHEMA),
    }
    for more, text in [
        ({}, "assistant_id is required for sub_assistant tool type"),
        ({"assistant_id": NOBODY}, f"assistant_id: there is no assistant {NOBODY}"),
        ({"assistant_id": off["id"]}, "assistant_id: assistant 'off' is not active"),
    ]:
        answer = http.post("/tools/", json={**body, **more})
        assert (answer.status_code, answer.json()["detail"]) == (422, text)


def test_2_type_is_taken_for_tool_type(http: TestClient) -> None:
    body = {"name": "r", "type": "reminder", "description": "d", "input_schema": json.dumps(REMINDER_SCHEMA)}
    made = http.post("/api/tools/", json=body)
    assert (made.status_code, made.json()["tool_type"]) == (200, "reminder")
    changed = http.put(f"/api/tools/{made.json()['id']}", json={"type": "weather"})
    assert (changed.status_code, changed.json()["tool_type"]) == (200, "weather")
    assert http.post("/tools/", json={**body, "type": None}).status_code == 422


def test_9_the_links_sub_assistant_is_kept(http: TestClient) -> None:
    writer, poet, secretary = (add_assistant(http, name) for name in ("writer", "poet", "secretary"))
    tool = add_tool(
        http,
        "ask",
        tool_type="sub_assistant",
        assistant_id=writer["id"],
        input_schema=json.dumps(MESSAGE_SCHEMA),
    )
    assert link(http, secretary, tool, sub_assistant_id=poet["id"]).status_code == 200
    assert http.get(f"/assistants/{secretary['id']}/tools").json()[0]["sub_assistant_id"] == poet["id"]
    used = http.get(f"/assistants/{poet['id']}/used-by").json()
    assert used["assistants"] == [{"id": secretary["id"], "name": "secretary"}]


def test_10_and_8_inactive_links_are_not_listed_and_weather_is_a_type(http: TestClient) -> None:
    assert add_tool(http, "w", tool_type="weather")["tool_type"] == "weather"


# --- Scenarios of other registries ---


def test_circles_of_sub_assistants_are_refused_when_saved(http: TestClient) -> None:
    a, b, c = (add_assistant(http, name) for name in "abc")
    schema = json.dumps(MESSAGE_SCHEMA)
    ask = {
        one["name"]: add_tool(
            http, f"ask_{one['name']}", tool_type="sub_assistant", assistant_id=one["id"], input_schema=schema
        )
        for one in (a, b, c)
    }
    assert link(http, a, ask["a"]).status_code == 422
    assert link(http, a, ask["b"]).status_code == 200
    assert link(http, b, ask["c"]).status_code == 200
    closing = link(http, c, ask["a"])
    assert closing.status_code == 422
    assert sorted(closing.json()["detail"].partition(": ")[2].split(" -> ")[:-1]) == ["a", "b", "c"]
    # By another way: the tool of a link is pointed elsewhere, or a link names another assistant.
    assert http.put(f"/tools/{ask['c']['id']}", json={"assistant_id": a["id"]}).status_code == 422
    assert link(http, c, ask["c"], sub_assistant_id=a["id"]).status_code == 422
    # Switched off, a tool closes no circle; switched on it would.
    http.put(f"/tools/{ask['a']['id']}", json={"is_active": False})
    assert link(http, c, ask["a"]).status_code == 200
    assert http.put(f"/tools/{ask['a']['id']}", json={"is_active": True}).status_code == 422


def test_deleting_what_is_in_use_is_409_naming_its_users_and_force_unlinks(http: TestClient) -> None:
    one, two, writer = add_assistant(http, "one"), add_assistant(http, "two"), add_assistant(http, "writer")
    tool = add_tool(http)
    for assistant in (one, two):
        link(http, assistant, tool)
    refused = http.delete(f"/tools/{tool['id']}")
    assert refused.status_code == 409
    assert [user["name"] for user in refused.json()["used_by"]["assistants"]] == ["one", "two"]
    assert "'one'" in refused.json()["detail"] and "SELECT" not in refused.text
    assert http.delete(f"/tools/{tool['id']}?force=true").status_code == 200
    assert http.get(f"/assistants/{one['id']}/tools").json() == []

    ask = add_tool(
        http,
        "ask",
        tool_type="sub_assistant",
        assistant_id=writer["id"],
        input_schema=json.dumps(MESSAGE_SCHEMA),
    )
    link(http, one, ask)
    http.post(f"/users/42/assistants/{writer['id']}/thread")
    refused = http.delete(f"/assistants/{writer['id']}")
    assert refused.status_code == 409
    used = refused.json()["used_by"]
    assert ([row["name"] for row in used["tools"]], [row["name"] for row in used["assistants"]]) == (
        ["ask"],
        ["one"],
    )
    assert (used["threads"], used["users"]) == (1, ["42"])
    before = http.get("/assistants/config").json()["version"]
    assert http.delete(f"/assistants/{writer['id']}?force=true").status_code == 200
    assert http.get("/assistants/config").json()["version"] == before + 1
    assert http.get(f"/assistants/{one['id']}/tools").json() == []
    left = http.get(f"/tools/{ask['id']}").json()
    assert (left["assistant_id"], left["is_active"]) == (None, False)


def test_250_assistants_are_paged_without_gap_or_double_while_others_are_added(http: TestClient) -> None:
    document = {
        "format": "ai-worker.assistants/1",
        "assistants": [
            {"id": f"n{place}", "name": f"n{place}", "model": "m", "instructions": ""} for place in range(250)
        ],
    }
    assert http.post("/assistants/import", json=document).status_code == 200
    seen: list[str] = []
    for page in range(3):
        answer = http.get("/assistants/", params={"skip": page * 100, "limit": 100})
        assert answer.headers["X-Total-Count"] == str(250 + page)
        seen += [one["id"] for one in answer.json()]
        add_assistant(http, "late")
    assert len(seen) == len(set(seen)) == 252
    assert http.get("/assistants/", params={"limit": 501}).status_code == 422


def test_lists_are_filtered_and_ordered(http: TestClient) -> None:
    add_assistant(http, "b", is_secretary=True)
    add_assistant(http, "a_100%", is_active=False)
    add_assistant(http, "c", assistant_type="openai_api")

    def names(**wanted: Any) -> list[str]:
        return [one["name"] for one in http.get("/assistants/", params=wanted).json()]

    assert names(is_secretary=True) == ["b"]
    assert names(is_active=False) == ["a_100%"]
    assert names(assistant_type="openai_api") == ["c"]
    assert names(name="100%") == ["a_100%"] and names(name="0_") == []
    assert names(order="name") == ["a_100%", "b", "c"] and names(order="-name") == ["c", "b", "a_100%"]
    add_tool(http, "t1")
    add_tool(http, "t2", tool_type="weather")
    assert [one["name"] for one in http.get("/tools/", params={"tool_type": "weather"}).json()] == ["t2"]


def test_names_of_any_alphabet_have_a_wire_name(http: TestClient) -> None:
    tool = add_tool(http, "Погода 🌦 в городе")
    name = http.get(f"/tools/{tool['id']}/providers").json()["wire_name"]
    assert name.startswith("pogoda_v_gorode_") and name.isascii()


@pytest.mark.parametrize(
    ("group", "field", "value", "told"),
    [
        ("tools", "description", "界" * 30_000, "description: 90000 bytes of UTF-8; at most 65535 are taken"),
        ("assistants", "model", "m" * 256, "model: 256 characters; at most 255 are taken"),
        ("assistants", "openai_assistant_id", "m" * 256, "at most 255 are taken"),
        ("assistants", "instructions", "x" * 200_001, "at most 200000 are taken"),
        ("assistants", "instructions", "a\0b", "must not hold a NUL character"),
    ],
)
def test_texts_that_no_column_takes_are_422_by_whichever_way_they_come(
    http: TestClient, group: str, field: str, value: str, told: str
) -> None:
    made = {"assistants": add_assistant(http), "tools": add_tool(http)}[group]
    with pytest.raises(Rejected, match=told):
        service.update(group, made["id"], {field: value}, "test")
    answer = http.put(f"/{group}/{made['id']}", json={field: value})
    assert answer.status_code == 422 and field in answer.json()["detail"]
    document = http.get("/assistants/export").json()
    document[group][0][field] = value
    answer = http.post("/assistants/import", json=document)
    assert answer.status_code == 422 and told in answer.json()["detail"]
