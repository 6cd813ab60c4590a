"""A dry run asks the same question of the same items, and leaves every row as it is."""

import json
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from ai_worker.outbound.records.request_log import request_log
from ai_worker.pipelines.corrections.commands.dry_run import show_dry_run, show_forecast
from ai_worker.pipelines.corrections.estimates.estimating import forecasts, hindsight
from tests.integration.corrections.harness import Corrections
from tests.offline_model import OfflineModel

TABLES = ("task", "task_item", "task_item_change", "task_item_part", "ai_model")
SLIPS = "I recieve alot of mail , becouse of teh news."


def rows(corrections: Corrections) -> dict[str, list[dict[str, Any]]]:
    return {table: corrections.pool.query(f"SELECT * FROM {table} ORDER BY 1") for table in TABLES}


def console() -> tuple[Console, StringIO]:
    written = StringIO()
    return Console(file=written, width=200), written


def prompts(model: OfflineModel) -> list[str]:
    """What was asked, but for the codes in the fences, which are new for every question."""
    found = []
    for request in model.requests():
        prompt = json.loads(request["body"])["messages"][-1]["content"]
        found.append(prompt.replace(prompt.split("Code: ")[1][:16], ""))
    return sorted(found)


def price(corrections: Corrections, money_in: int = 2, money_out: int = 10, **limits: int) -> int:
    with corrections.pool.connection() as database:
        return database.insert(
            "INSERT INTO ai_model (provider, model_name, price_input, price_output, "
            "max_input_tokens, max_output_tokens) "
            "VALUES ('offline', 'offline-large', %s, %s, %s, %s)",
            (money_in, money_out, limits.get("max_input_tokens"), limits.get("max_output_tokens")),
        )


def test_every_row_stays_and_the_question_is_the_real_one(
    corrections: Corrections, model: OfflineModel
) -> None:
    texts = [SLIPS, "Write to jan.kowalski@example.com , please.", "", "Nothing is wrong."]
    id_task = corrections.add_task(texts, description="Formal.", id_ai_model=price(corrections))
    earlier = corrections.add_task([SLIPS])
    corrections.work(earlier)
    model.reset()
    before = rows(corrections)
    screen, written = console()
    assert show_dry_run(screen, id_task, None, None) == 0
    assert rows(corrections) == before
    asked = prompts(model)
    assert len(asked) == 3
    assert not any("kowalski" in prompt for prompt in asked)
    request_log().flush()
    kept = corrections.pool.query("SELECT * FROM api_requests_history WHERE task = %s", (id_task,))
    assert len(kept) == 3, "the history and the cost of a dry run are kept"
    assert all(request["cost"] > 0 for request in kept)
    model.reset()
    corrections.work(id_task)
    assert prompts(model) == asked, "a real run asks the same"
    said = written.getvalue()
    for item in corrections.items(id_task):
        assert f"[TaskItem {item['id_task_item']}]" in said
        assert item["change_summary"] in said
    assert "4 items; " in said
    spent = [
        sum(item[name] for item in corrections.items(id_task)) for name in ("tokens_input", "tokens_output")
    ]
    assert f"{spent[0]} tokens in, {spent[1]} out" in said


def test_failures_are_shown_and_nothing_is_written(corrections: Corrections, model: OfflineModel) -> None:
    id_task = corrections.add_task(["first", "second"])
    model.tell({"match": {"contains": "first"}, "fault": "safety_block"})
    before = rows(corrections)
    screen, written = console()
    assert show_dry_run(screen, id_task, None, None) == 1
    assert rows(corrections) == before
    assert "refused: " in written.getvalue()
    assert "2 items, 1 without a usable answer" in written.getvalue()


def test_limits_and_single_items_select_as_a_run_does(corrections: Corrections, model: OfflineModel) -> None:
    first = corrections.add_task(["a b", "c d", "e f"])
    second = corrections.add_task(["g h", "i j"])
    screen, written = console()
    show_dry_run(screen, None, None, 4)
    expected = [item["id_task_item"] for item in [*corrections.items(first), *corrections.items(second)][:4]]
    assert [
        line.split("]")[0].split()[-1] for line in written.getvalue().splitlines() if "[TaskItem" in line
    ] == [str(one) for one in expected]
    model.reset()
    show_dry_run(screen, None, expected[2], None)
    assert model.counts()["total"] == 1


def test_a_long_text_keeps_no_parts_in_a_dry_run(corrections: Corrections, model: OfflineModel) -> None:
    id_task = corrections.add_task(
        ["This is teh sentence. " * 100], id_ai_model=price(corrections, max_input_tokens=700)
    )
    before = rows(corrections)
    show_dry_run(console()[0], id_task, None, None)
    assert model.counts()["total"] > 1
    assert rows(corrections) == before


def test_an_analysis_and_a_translation_are_shown(corrections: Corrections) -> None:
    schema = json.dumps({"type": "object", "properties": {"mood": {"type": "string"}}, "required": ["mood"]})
    analysis = corrections.add_task(["All is well."], kind="analysis", answer_schema=schema)
    translation = corrections.add_task(["All is well."], kind="translation", target_language="pl")
    screen, written = console()
    show_dry_run(screen, analysis, None, None)
    show_dry_run(screen, translation, None, None)
    assert '"mood":' in written.getvalue()
    assert "[pl] All is well." in written.getvalue()


def test_a_text_cannot_take_over_the_terminal(corrections: Corrections) -> None:
    id_task = corrections.add_task(["\x1b[2J\x1b]0;title\x07 teh [bold]text[/bold] \u202egnp.exe"])
    screen, written = console()
    show_dry_run(screen, id_task, None, None)
    assert not {"\x1b", "\x07", "\u202e"} & set(written.getvalue())
    assert "[bold]text[/bold]" in written.getvalue()


def test_without_a_call_nobody_is_asked(corrections: Corrections, model: OfflineModel) -> None:
    texts = ["word " * 100, "слово " * 100, "", " \n"]
    id_task = corrections.add_task(texts, id_ai_model=price(corrections))
    other = corrections.add_task(texts[:1], id_ai_model=price(corrections))
    before = rows(corrections)
    found = list(forecasts(None, None, None))
    screen, written = console()
    show_forecast(screen, None, None, None)
    assert (model.counts()["total"], rows(corrections)) == (0, before)
    assert [(one.id_task, one.estimate.sizes.rows, one.estimate.sizes.calls) for one in found] == [
        (id_task, 4, 2),
        (other, 1, 1),
    ]
    assert found[0].estimate.sizes.tokens == 125 + 275
    assert [one.estimate.sizes.rows for one in forecasts(None, None, 5)] == [4, 1]
    assert [one.estimate.sizes.rows for one in forecasts(None, None, 4)] == [4]
    assert [
        one.estimate.sizes.rows for one in forecasts(None, corrections.items(other)[0]["id_task_item"], None)
    ] == [1]
    assert "what it thinks before it answers is not in the estimate" in written.getvalue()
    assert "Together" in written.getvalue()


@pytest.mark.parametrize("limits", [{}, {"max_input_tokens": 700}])
def test_what_is_taken_lies_between_low_and_high(
    corrections: Corrections, model: OfflineModel, limits: dict[str, int]
) -> None:
    texts = [f"Sentence {number} has teh mistake. " * (1 + number % 60) for number in range(60)]
    id_task = corrections.add_task(texts, description="Be formal.", id_ai_model=price(corrections, **limits))
    [forecast] = forecasts(id_task, None, None)
    corrections.work(id_task)
    assert forecast.estimate.sizes.calls == model.counts()["total"]
    after = hindsight(id_task)
    assert after.estimate == forecast.estimate, "the same texts are estimated the same afterwards"
    assert after.taken is not None
    items = corrections.items(id_task)
    assert after.taken[:2] == tuple(
        sum(item[name] for item in items) for name in ("tokens_input", "tokens_output")
    )
    for taken, (low, high) in zip(
        after.taken,
        (after.estimate.tokens_input, after.estimate.tokens_output, after.estimate.cost),
        strict=True,
    ):
        assert low <= taken <= high


def test_a_model_that_thinks_is_known_once_it_has_answered(
    corrections_with: Callable[..., Corrections], model: OfflineModel
) -> None:
    corrections = corrections_with()
    id_model = price(corrections)
    texts = [f"Text {number} has teh mistake." for number in range(30)]
    model.tell({"usage": {"thoughts": 1000}})
    corrections.work(corrections.add_task(texts, id_ai_model=id_model))
    [forecast] = forecasts(corrections.add_task(texts, id_ai_model=id_model), None, None)
    assert forecast.estimate.thoughts_known
    low, high = forecast.estimate.tokens_output
    assert low < 30 * 1010 < high
