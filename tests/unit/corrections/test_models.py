"""What the row of a model that is wrong does to another row that names the same model."""

from typing import Any

import pytest

from ai_worker.pipelines.corrections.models import model_of, planned_model

RIGHT: dict[str, Any] = {
    "id_task": 1,
    "id_ai_model": 1,
    "model_found": 1,
    "provider": "openai",
    "asked_model": "gpt-4o",
    "model_name": "gpt-4o",
    "is_active": 1,
    "requests_per_minute": None,
    "tokens_per_minute": None,
    "in_flight": None,
    "price_input": None,
    "price_output": None,
    "price_cached": None,
    "deadline_seconds": None,
    "settings": None,
}
WRONG: dict[str, dict[str, Any]] = {
    "switched off": {"is_active": 0},
    "a provider mistyped": {"provider": "opnai"},
    "settings of no such field": {"settings": '{"temprature": 1}'},
}


@pytest.mark.parametrize("change", WRONG.values(), ids=WRONG)
def test_a_wrong_row_closes_no_other_that_names_the_same_model(change: dict[str, Any]) -> None:
    right, wrong = model_of(RIGHT), model_of({**RIGHT, "id_ai_model": 2, **change})
    assert "ai_model 2" in wrong.fault
    assert not {right.key, right.asked_as} & {wrong.key, wrong.asked_as}


@pytest.mark.parametrize("change", [{}, *WRONG.values()], ids=["right", *WRONG])
def test_planning_knows_a_row_by_the_name_under_which_it_is_closed(change: dict[str, Any]) -> None:
    row = {**RIGHT, "id_ai_model": 2, **change}
    planned = planned_model(row)
    assert planned is not None and planned.holds == model_of(row).holds
