"""Lanes by the names that operators give them."""

from ai_worker.kit.row_store import collection


def test_a_number_names_the_lane_of_the_number_too() -> None:
    assert [lane.value for lane in collection("tickets").lanes_of("42")] == ["42", 42]
    assert [lane.value for lane in collection("tickets").lanes_of("gpt-4")] == ["gpt-4"]
