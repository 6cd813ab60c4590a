"""Wire names: taken by every provider, the same at every time, different for different tools."""

import re

from hypothesis import given
from hypothesis import strategies as st

from ai_worker.pipelines.assistants.wire.names import wire_name, wire_names

TAKEN = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,62}")


@given(st.text(min_size=1, max_size=255))
def test_every_name_has_one_that_every_provider_takes(name: str) -> None:
    made = wire_name(name)
    assert TAKEN.fullmatch(made)
    assert wire_name(name) == made


@given(
    st.lists(
        st.sampled_from(["time", "Time", "time!", "время", "Время", "a" * 80, "a" * 81]),
        min_size=1,
        max_size=8,
    )
)
def test_tools_of_one_assistant_are_told_apart(names: list[str]) -> None:
    made = wire_names([(name, str(place)) for place, name in enumerate(names)])
    assert len({name.lower() for name in made}) == len(names)
    assert all(TAKEN.fullmatch(name) for name in made)


def test_names_that_fit_stay() -> None:
    assert wire_names([("calendar_create", "1"), ("time", "2")]) == ["calendar_create", "time"]
    assert wire_name("Погода в Москве") == "pogoda_v_moskve_" + wire_name("Погода в Москве")[-8:]
    assert wire_name("日本語").startswith("tool_")
