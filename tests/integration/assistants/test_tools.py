"""Tools against real servers: HTTP, weather, CalDAV, the seed's calendar service, MCP."""

import json
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from ai_worker.pipelines.assistants.registry.config import Tool
from ai_worker.pipelines.assistants.tools.contract import ToolContext, ToolFault
from ai_worker.pipelines.assistants.tools.kinds import calendar, http, mcp, weather
from ai_worker.pipelines.assistants.tools.outside import mcp_client
from ai_worker.pipelines.assistants.tools.outside.safe_http import NoAnswer
from devtools.assistants.caldav_server import CalDavServer
from devtools.ports import free_port
from tests.integration.assistants.forgetting import forget
from tests.integration.assistants.served import Served
from tests.unit.assistants.made import NOW, Remembered, assistant, tool


@pytest.fixture
def setting(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    def now(**values: str) -> None:
        for name, value in values.items():
            monkeypatch.setenv(name.upper(), value)
        forget()

    yield now
    forget()


def call(
    kind: Any,
    of: Tool,
    arguments: dict[str, Any],
    part: str = "",
    user: str = "42",
    key: str = "key-1",
    seconds: float = 10,
) -> str:
    context = ToolContext(user, assistant("a"), of, None, NOW, key, seconds, Remembered(), lambda *_: "")
    return str(kind.KIND.run(arguments, context, part))


# --- HTTP tools of the registry ---


def declared(url: str, **settings: Any) -> Tool:
    return tool("api", "http", settings=json.dumps({"url": url, **settings}))


def test_an_http_tool_fills_its_address_and_sends_the_rest(
    setting: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASSISTANT_TOOL_KEY", "s3cret")
    with Served(lambda method, path, body: (200, {"path": path, "body": body})) as api:
        setting(tool_hosts=api.host, tool_private_hosts=api.host)
        get = declared(api.url + "/items/{id}", headers={"Authorization": "Bearer ${ASSISTANT_TOOL_KEY}"})
        assert (
            json.loads(call(http, get, {"id": "a/b c", "q": "ü&x", "deep": True}))["path"]
            == "/items/a%2Fb%20c?q=%C3%BC%26x&deep=true"
        )
        assert api.asked[0][3]["Authorization"] == "Bearer s3cret"
        post = declared(api.url + "/items", method="POST")
        assert json.loads(call(http, post, {"name": "n"}))["body"] == {"name": "n"}
        assert api.asked[1][3]["Idempotency-Key"] == "key-1"
        with pytest.raises(ToolFault, match="give 'id'"):
            call(http, get, {})
        with pytest.raises(ToolFault, match=r"may not be '\.\.'"):
            call(http, get, {"id": ".."})


def test_an_http_tool_goes_nowhere_else(setting: Any) -> None:
    with Served(lambda method, path, body: (302, "http://169.254.169.254/latest/meta-data")) as api:
        setting(tool_hosts=api.host, tool_private_hosts=api.host)
        assert "302" in call(http, declared(api.url + "/"), {}) and len(api.asked) == 1
        setting(tool_hosts=api.host, tool_private_hosts="")
        with pytest.raises(ToolFault, match="private network"):
            call(http, declared(api.url + "/"), {})
        setting(tool_hosts="api.example", tool_private_hosts=api.host)
        with pytest.raises(ToolFault, match="not among those"):
            call(http, declared(api.url + "/"), {})


def test_what_a_server_does_to_an_http_tool(setting: Any) -> None:
    answers: dict[str, Any] = {
        "/500": (500, "broken"),
        "/long": (200, "x" * 3_000_000),
        "/slow": (200, "late"),
        "/none": (204, ""),
    }
    with Served(lambda method, path, body: answers[path]) as api:
        setting(tool_hosts=api.host, tool_private_hosts=api.host)
        with pytest.raises(ToolFault, match="answered 500: broken"):
            call(http, declared(api.url + "/500"), {})
        assert len(call(http, declared(api.url + "/long"), {})) == 1_000_000
        assert call(http, declared(api.url + "/none"), {}) == "done (status 204, no content)"
        api.seconds = 3
        with pytest.raises(NoAnswer):
            call(http, declared(api.url + "/slow"), {}, seconds=0.5)
    with pytest.raises(ToolFault, match="cannot be reached"):
        call(http, declared(api.url + "/500"), {})


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({}, "url must be"),
        ({"url": "ftp://api.example"}, "url must be"),
        ({"url": "https://{host}/x"}, "literally"),
        ({"url": "https://u:p@api.example/x"}, "literally"),
        ({"url": "https://other.example/x"}, "not among TOOL_HOSTS"),
        ({"url": "https://api.example/x", "method": "TRACE"}, "method must be"),
        ({"url": "https://api.example/x", "headers": {"Host": "x"}}, "cannot be sent"),
        ({"url": "https://api.example/x", "headers": {"X": "a\r\nB: c"}}, "cannot be sent"),
        ({"url": "https://api.example/x", "headers": {"X": "${MASTER_KEY}"}}, "begin with ASSISTANT_TOOL_"),
        ({"url": "https://api.example/x", "shell": "rm"}, "there is no setting shell"),
    ],
)
def test_settings_of_an_http_tool_are_checked_when_saved(setting: Any, settings: Any, problem: str) -> None:
    setting(tool_hosts="api.example")
    assert problem in (http.KIND.check(settings) or "")
    assert (
        http.KIND.check({"url": "https://api.example/x/{id}", "headers": {"X": "${ASSISTANT_TOOL_K}"}})
        is None
    )


def test_which_http_tools_act(setting: Any) -> None:
    assert http.KIND.acts(declared("x", method="POST"), "")
    assert not http.KIND.acts(declared("x", method="POST", repeatable=True), "")
    assert not http.KIND.acts(declared("x"), "")


# --- Weather ---


def _open_meteo(method: str, path: str, body: Any) -> tuple[int, Any]:
    query = parse_qs(urlsplit(path).query)
    if path.startswith("/v1/search"):
        name = query["name"][0]
        place = {"name": "Москва", "country": "Россия", "latitude": 55.75, "longitude": 37.62}
        return 200, {"results": [place]} if name == "Москва" else {}
    if query["latitude"][0] == "0":
        return 400, {"error": True, "reason": "no such place"}
    days = int(query["forecast_days"][0])
    now = {
        "time": "2026-11-28T15:00",
        "temperature_2m": -5.2,
        "relative_humidity_2m": 80,
        "wind_speed_10m": 10.1,
        "weather_code": 71,
    }
    dates = [f"2026-11-{28 + day}" for day in range(days)]
    names = ("temperature_2m_min", "temperature_2m_max", "precipitation_sum")
    return 200, {
        "current": now,
        "daily": {"time": dates, **{name: [1.5] * days for name in names}, "weather_code": [3] * days},
    }


def test_the_weather_of_a_place(setting: Any) -> None:
    with Served(_open_meteo) as api:
        setting(weather_url=api.url, weather_places_url=api.url, tool_private_hosts=api.host)
        of = tool("weather", "weather")
        assert call(weather, of, {"city": "Москва", "days": 2}).splitlines() == [
            "Москва, Россия, 2026-11-28T15:00 local time: snow, -5.2 °C, humidity 80 %, wind 10.1 km/h.",
            "2026-11-28: overcast, 1.5 to 1.5 °C, 1.5 mm of precipitation.",
            "2026-11-29: overcast, 1.5 to 1.5 °C, 1.5 mm of precipitation.",
        ]
        assert call(weather, of, {"latitude": 55.7, "longitude": 37.6}).startswith("55.7, 37.6, ")
        for arguments, text in [
            ({"city": "Atlantis"}, "no place named"),
            ({}, "name the place"),
            ({"city": "Москва", "days": 99}, "days must"),
            ({"latitude": 0, "longitude": 0}, "answered 400: no such place"),
        ]:
            with pytest.raises(ToolFault, match=text):
                call(weather, of, arguments)  # type: ignore[arg-type]


# --- Calendars ---


@pytest.fixture(scope="module")
def radicale(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CalDavServer]:
    folder = tmp_path_factory.mktemp("radicale")
    server = CalDavServer(folder / "data", free_port(), folder / "log")
    server.start()
    yield server
    server.kill()


def at(moment: str, zone: str = "Europe/Berlin") -> dict[str, str]:
    return {"date_time": moment, "time_zone": zone}


CREATE, LIST = tool("calendar_create", "calendar"), tool("calendar_list", "calendar")
EVENT = {
    "title": "Зубной",
    "start_time": at("2026-12-01T10:00"),
    "end_time": at("2026-12-01T10:30"),
    "location": "Mitte",
}
DECEMBER = {"time_min": "2026-12-01T00:00:00Z", "time_max": "2026-12-31T00:00:00Z"}


def test_events_on_a_caldav_server_are_made_once_and_listed_for_their_user_alone(
    setting: Any, radicale: CalDavServer
) -> None:
    setting(**radicale.environment())
    assert call(calendar, LIST, DECEMBER, user="anna") == calendar.NONE_FOUND
    assert call(calendar, CREATE, EVENT, user="anna") == "Событие 'Зубной' успешно создано!"
    assert call(calendar, CREATE, EVENT, user="anna") == "Событие 'Зубной' успешно создано!"
    assert call(calendar, LIST, DECEMBER, user="anna").splitlines() == [
        "2026-12-01T10:00:00 CET to 2026-12-01T10:30:00 CET: Зубной, Mitte"
    ]
    assert call(calendar, LIST, DECEMBER, user="boris") == calendar.NONE_FOUND
    for forged in ("../anna", "..", "anna/calendar", "anna:x", "./anna", "anna%2F", "~mfxg4yi"):
        call(calendar, CREATE, EVENT, user=forged, key="k2")
        assert len(call(calendar, LIST, DECEMBER, user=forged).splitlines()) == 1
    assert len(call(calendar, LIST, DECEMBER, user="anna").splitlines()) == 1


def test_a_created_event_is_found_after_a_lost_answer(setting: Any, radicale: CalDavServer) -> None:
    setting(**radicale.environment())
    look_up = calendar.KIND.look_up
    assert look_up is not None
    context = ToolContext("carl", assistant("a"), CREATE, None, NOW, "key-9", 10, Remembered(), lambda *_: "")
    assert look_up(EVENT, context) is None
    calendar.KIND.run(EVENT, context, "")
    assert look_up(EVENT, context) == "Событие 'Зубной' успешно создано!"


def test_a_calendar_that_is_not_there_is_said_without_its_address(setting: Any) -> None:
    setting(caldav_url="http://127.0.0.1:9/{user_id}/calendar/", caldav_user="u", caldav_password="p4ss")
    with pytest.raises(ToolFault) as failed:
        call(calendar, CREATE, EVENT)
    assert "127.0.0.1" not in str(failed.value) and "p4ss" not in str(failed.value)
    setting(caldav_url="", calendar_service_url="")
    with pytest.raises(ToolFault, match="no calendar is set up"):
        call(calendar, LIST, {})
    with pytest.raises(ToolFault, match="Unknown calendar tool name"):
        call(calendar, tool("calendar_x", "calendar"), {})
    with pytest.raises(ToolFault, match="end_time must be later"):
        call(calendar, CREATE, {**EVENT, "end_time": at("2026-12-01T09:00")})


class _Seed:
    """The seed's calendar and REST services."""

    def __init__(self) -> None:
        self.token: Any = None
        self.events: list[Any] = []

    def answer(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        if path == "/api/calendar/user/42/token":
            return 200, self.token
        if path == "/auth/url/42":
            return 200, {"auth_url": "https://accounts.example/42"}
        if method == "POST" and path == "/events/42":
            self.events.append(body)
            return 200, {"id": "e1"}
        shown = [
            {
                "summary": one["title"],
                "start": {"dateTime": one["start_time"]["date_time"]},
                "end": {"date": "2026-12-01"},
            }
            for one in self.events
        ]
        return 200, shown


def test_the_seeds_calendar_service_is_asked_as_its_own_assistant_did(setting: Any) -> None:
    seed = _Seed()
    with Served(seed.answer) as api:
        setting(calendar_service_url=api.url, rest_service_url=api.url)
        with pytest.raises(ToolFault) as unauthorised:
            call(calendar, CREATE, EVENT)
        assert (
            str(unauthorised.value)
            == "Для создания события необходимо авторизоваться. Перейдите по ссылке: https://accounts.example/42"
        )
        seed.token = {"access_token": "t", "refresh_token": "r", "token_expiry": "2027-01-01"}
        assert call(calendar, LIST, {}) == calendar.NONE_FOUND
        assert call(calendar, CREATE, EVENT) == "Событие 'Зубной' успешно создано!"
        assert seed.events == [
            {
                "title": "Зубной",
                "start_time": at("2026-12-01T10:00:00"),
                "end_time": at("2026-12-01T10:30:00"),
                "description": None,
                "location": "Mitte",
            }
        ]
        assert call(calendar, LIST, DECEMBER) == "2026-12-01T10:00:00 to 2026-12-01: Зубной"
        asked = next(path for method, path, _, _ in reversed(api.asked) if path.startswith("/events/42?"))
        assert parse_qs(urlsplit(asked).query)["time_min"] == [datetime(2026, 12, 1, tzinfo=UTC).isoformat()]


# --- MCP ---

SERVER = '''
import os
from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError

server = MCPServer("shop")

@server.tool()
def price(item: str) -> str:
    """The price of an item."""
    return f"{item}: 5, {os.environ.get('SHOP_KEY')}, {os.environ.get('OTHER')}"

@server.tool()
def order(item: str) -> str:
    """Order an item."""
    raise ToolError("sold out")

server.run("stdio")
'''


@pytest.fixture
def shop(setting: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tool:
    (tmp_path / "server.py").write_text(SERVER, encoding="utf-8")
    command = json.dumps([sys.executable, str(tmp_path / "server.py")])
    text = f'[servers.shop]\ncommand = {command}\nenv = ["SHOP_KEY"]\nrepeatable = ["price"]\n'
    (tmp_path / "mcp.toml").write_text(
        text + f'[servers.narrow]\ncommand = {command}\nallow = ["price"]\n', encoding="utf-8"
    )
    monkeypatch.setenv("SHOP_KEY", "k")
    monkeypatch.setenv("OTHER", "must not be seen")
    mcp_client._kept.clear()
    setting(mcp_servers_file=str(tmp_path / "mcp.toml"))
    return tool("shop", "mcp", settings='{"server": "shop"}')


def test_the_tools_of_an_mcp_server_are_offered_with_a_prefix_and_called(shop: Tool) -> None:
    found = list(mcp.KIND.offer(shop, {}))
    assert [(one.name, one.part, one.description) for one in found] == [
        ("shop_price", "price", "The price of an item."),
        ("shop_order", "order", "Order an item."),
    ]
    assert found[0].schema["required"] == ["item"]
    assert call(mcp, shop, {"item": "tea"}, part="price", seconds=20) == "tea: 5, k, None"
    with pytest.raises(ToolFault, match="sold out"):
        call(mcp, shop, {"item": "tea"}, part="order", seconds=20)
    assert not mcp.KIND.acts(shop, "price") and mcp.KIND.acts(shop, "order")


def test_only_what_is_allowed_is_offered_and_called(shop: Tool) -> None:
    narrow = tool("shop", "mcp", settings='{"server": "narrow"}')
    assert [one.part for one in mcp.KIND.offer(narrow, {})] == ["price"]
    with pytest.raises(ToolFault, match="not allowed"):
        call(mcp, narrow, {}, part="order")
    few = tool("shop", "mcp", settings='{"server": "shop", "allow": ["order"]}')
    assert [one.part for one in mcp.KIND.offer(few, {})] == ["order"]
    with pytest.raises(ToolFault, match="not among"):
        call(mcp, few, {}, part="price")


def test_a_server_that_is_not_there_is_said(shop: Tool, tmp_path: Path) -> None:
    with pytest.raises(ToolFault, match="names no MCP server 'gone'"):
        mcp.KIND.offer(tool("x", "mcp", settings='{"server": "gone"}'), {})
    (tmp_path / "mcp.toml").write_text('[servers.shop]\nurl = "http://127.0.0.1:9/mcp"\n', encoding="utf-8")
    with pytest.raises(ToolFault, match="MCP server 'shop'"):
        mcp.KIND.offer(shop, {})
