"""`weather`: the weather now and in the next days, from Open-Meteo's API, which needs no key, or one of the
same form.

https://open-meteo.com/en/docs
"""

from typing import Any
from urllib.parse import urlencode, urlsplit

from ai_worker.pipelines.assistants.options import options
from ai_worker.pipelines.assistants.tools.contract import Arguments, ToolContext, ToolFault, ToolKind
from ai_worker.pipelines.assistants.tools.outside.safe_http import fetch

LONGEST_DAYS = 16
NOW = "temperature_2m,relative_humidity_2m,wind_speed_10m,weather_code"
DAILY = "temperature_2m_min,temperature_2m_max,precipitation_sum,weather_code"
_PLACE_FIELDS = ("location", "city", "place")
_WORDS = {0: "clear", 1: "mainly clear", 2: "partly cloudy", 3: "overcast", 45: "fog", 48: "rime fog"}
_WORDS |= dict.fromkeys((51, 53, 55), "drizzle") | dict.fromkeys((56, 57), "freezing drizzle")
_WORDS |= dict.fromkeys((61, 63, 65), "rain") | dict.fromkeys((66, 67), "freezing rain")
_WORDS |= dict.fromkeys((71, 73, 75, 77), "snow") | dict.fromkeys((80, 81, 82), "rain showers")
_WORDS |= dict.fromkeys((85, 86), "snow showers") | dict.fromkeys((95, 96, 99), "thunderstorm")
"""WMO weather interpretation codes, as Open-Meteo's documentation lists them."""


def _run(arguments: Arguments, context: ToolContext, _: str) -> str:
    place = _place(arguments, context)
    days = arguments.get("days") or 1
    if isinstance(days, bool) or not isinstance(days, int) or not 1 <= days <= LONGEST_DAYS:
        raise ToolFault(f"days must be a whole number from 1 to {LONGEST_DAYS}")
    query = {"latitude": place["latitude"], "longitude": place["longitude"], "current": NOW, "daily": DAILY}
    found = _get(
        options().weather_url, "/v1/forecast", {**query, "timezone": "auto", "forecast_days": days}, context
    )
    return _told(place["name"], found)


def _place(arguments: Arguments, context: ToolContext) -> dict[str, Any]:
    latitude, longitude = arguments.get("latitude"), arguments.get("longitude")
    if latitude is not None and longitude is not None:
        return {"name": f"{latitude}, {longitude}", "latitude": latitude, "longitude": longitude}
    name = next((str(arguments[field]).strip() for field in _PLACE_FIELDS if arguments.get(field)), "")
    if not name:
        raise ToolFault("name the place")
    found = (
        _get(options().weather_places_url, "/v1/search", {"name": name, "count": 1}, context).get("results")
        or []
    )
    if not found:
        raise ToolFault(f"there is no place named {name[:60]!r}; try its English name")
    country = found[0].get("country")
    return {**found[0], "name": f"{found[0]['name']}, {country}" if country else found[0]["name"]}


def _get(base: str, path: str, query: dict[str, Any], context: ToolContext) -> dict[str, Any]:
    host = urlsplit(base).netloc.lower()
    url = f"{base.rstrip('/')}{path}?{urlencode(query)}"
    response = fetch(
        "GET", url, allowed=[host], private=options().tool_private_hosts, seconds=context.seconds
    )
    body = response.json()
    if response.status != 200 or not isinstance(body, dict):
        reason = body.get("reason") if isinstance(body, dict) else None
        raise ToolFault(
            f"the weather service answered {response.status}{f': {str(reason)[:200]}' if reason else ''}"
        )
    return body


def _told(name: str, found: dict[str, Any]) -> str:
    try:
        now, daily = found["current"], found["daily"]
        lines = [
            f"{name}, {now['time']} local time: {_word(now['weather_code'])}, {now['temperature_2m']} °C, "
            f"humidity {now['relative_humidity_2m']} %, wind {now['wind_speed_10m']} km/h."
        ]
        for day, low, high, rain, code in zip(
            daily["time"],
            daily["temperature_2m_min"],
            daily["temperature_2m_max"],
            daily["precipitation_sum"],
            daily["weather_code"],
            strict=True,
        ):
            lines.append(f"{day}: {_word(code)}, {low} to {high} °C, {rain} mm of precipitation.")
    except (KeyError, TypeError, ValueError) as fault:
        raise ToolFault(f"the weather service's answer has another form ({type(fault).__name__})") from None
    return "\n".join(lines)


def _word(code: Any) -> str:
    return _WORDS.get(code, f"weather code {code}")


KIND = ToolKind("weather", _run)
