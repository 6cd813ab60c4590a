"""The tool loop: its end in every case, one result for every call, and nothing done twice over a crash."""

import threading
import time
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

from ai_worker.pipelines.assistants.conversation.instructions import LAST_ROUND
from ai_worker.pipelines.assistants.conversation.loop import NO_ANSWER
from ai_worker.pipelines.assistants.conversation.tool_calls import UNKNOWN
from ai_worker.pipelines.assistants.conversation.turn import Bounds, Spent
from ai_worker.pipelines.assistants.registry.config import Config
from ai_worker.pipelines.assistants.tools import running
from ai_worker.pipelines.assistants.tools.contract import ToolFault, ToolKind
from ai_worker.pipelines.assistants.tools.outside.safe_http import NoAnswer
from ai_worker.pipelines.assistants.wire.neutral import ModelSays, ToolsSay, UserSays
from tests.unit.assistants.made import (
    MESSAGE_SCHEMA,
    Crash,
    KeptSteps,
    Remembered,
    Scripted,
    assistant,
    calls,
    config,
    run,
    secretary,
    tool,
)

REMIND = ("reminder", {"message": "milk", "delay_seconds": 60})


def results(items: Any) -> list[tuple[bool, str]]:
    return [(one.ok, one.text) for item in items if isinstance(item, ToolsSay) for one in item.results]


def test_an_answer_without_calls_ends_the_turn() -> None:
    result = run(secretary(), Scripted(ModelSays("Hi.")))
    assert result.text == "Hi."
    assert result.items == [UserSays("hello"), ModelSays("Hi.")]
    assert result.stopped_by is None


def test_calls_have_their_results_and_the_model_reads_them() -> None:
    models = Scripted(calls(("time", {"timezone": "Europe/Berlin"})), ModelSays("It is one."))
    result = run(secretary(), models)
    assert results(models.asked[1]["turn"]) == [(True, "2026-11-28 13:00:00 CET")]
    assert result.text == "It is one."


def test_of_parallel_calls_each_has_one_result_whatever_happens_to_it() -> None:
    models = Scripted(
        calls(
            ("time", {"timezone": "UTC"}),
            ("time", {"timezone": "Mars/Olympus"}),
            ("nonsense", {}),
            ("time", None),
            ("time", {"timezone": 5}),
        ),
        ModelSays("done"),
    )
    result = run(secretary(), models)
    says, told = result.items[1], result.items[2]
    assert isinstance(says, ModelSays) and isinstance(told, ToolsSay)
    assert [one.call_id for one in told.results] == [call.call_id for call in says.calls]
    assert [ok for ok, _ in results(result.items)] == [True, False, False, False, False]
    texts = [text for _, text in results(result.items)]
    assert texts[1].startswith("Error executing tool: unknown time zone 'Mars/Olympus'")
    assert texts[2].startswith("Error executing tool: there is no tool 'nonsense'; there are time, reminder")
    assert texts[3] == "Error executing tool: the arguments are not a JSON object"
    assert texts[4] == "Error executing tool: Invalid arguments: $.timezone: 5 is not of type 'string'"


def test_a_model_that_always_calls_gets_a_last_round_without_tools() -> None:
    models = Scripted(*[calls(("time", {"timezone": f"Etc/GMT-{hour}"})) for hour in range(1, 12)])
    result = run(secretary(), models, bounds=Bounds(rounds=4))
    assert len(models.asked) == 4
    assert [one["may_call"] for one in models.asked] == [True, True, True, False]
    assert LAST_ROUND in models.asked[-1]["system"] and LAST_ROUND not in models.asked[-2]["system"]
    assert result.text == NO_ANSWER
    assert result.stopped_by == "rounds"
    assert isinstance(result.items[-1], ModelSays) and not result.items[-1].calls


@pytest.mark.parametrize(
    ("bounds", "ago", "cost", "stopped_by"),
    [
        (Bounds(calls=1), 0, None, "calls"),
        (Bounds(seconds=10), 11, None, "seconds"),
        (Bounds(money=Decimal("0.05")), 0, Decimal("0.06"), "money"),
    ],
)
def test_calls_seconds_and_money_end_the_calling_too(
    bounds: Bounds, ago: float, cost: Any, stopped_by: str
) -> None:
    models = Scripted(calls(("time", {"timezone": "UTC"})), ModelSays("That is all."), cost=cost)
    result = run(secretary(), models, bounds=bounds, spent=Spent(time.monotonic() - ago))
    assert result.stopped_by == stopped_by
    assert not models.asked[-1]["may_call"]


def test_calls_above_the_bound_have_a_result_each_but_are_not_carried_out() -> None:
    reminders = Remembered()
    many = calls(*[("reminder", {"message": f"m{place}", "delay_seconds": 60}) for place in range(6)])
    result = run(secretary(), Scripted(many, ModelSays("ok")), bounds=Bounds(calls=4), reminders=reminders)
    assert len(reminders.added) == 4
    assert [ok for ok, _ in results(result.items)] == [True] * 4 + [False] * 2


def test_equal_calls_are_not_carried_out_again_and_again() -> None:
    reminders = Remembered()
    result = run(
        secretary(), Scripted(calls(REMIND)), reminders=reminders, bounds=Bounds(rounds=6, repeats=2)
    )
    assert len(reminders.added) == 2
    assert [ok for ok, _ in results(result.items)] == [True, True, False, False, False]
    assert "was made before" in results(result.items)[-1][1]


def test_two_tools_in_turn_without_end_are_stopped() -> None:
    ping, pong = calls(("time", {"timezone": "UTC"})), calls(REMIND)
    result = run(secretary(), Scripted(*[ping, pong] * 10), bounds=Bounds(rounds=7))
    assert result.stopped_by == "rounds"


def test_a_crash_at_any_step_repeats_no_reminder_and_no_model_request() -> None:
    answers = [
        calls(REMIND, ("time", {"timezone": "UTC"})),
        calls(("reminder", {"message": "tea", "delay_seconds": 5})),
        ModelSays("ok"),
    ]
    crashes = 0
    for place in range(1, 10):
        steps, reminders = KeptSteps(crash_after=place), Remembered()
        models = Scripted(*answers)
        try:
            run(secretary(), models, steps=steps, reminders=reminders)
        except Crash:
            crashes += 1
            # The model's step that was not kept is asked again; every other one is not.
            models.answers = answers[sum(1 for step in steps.kept if step.startswith("model")) :]
            result = run(secretary(), models, steps=steps, reminders=reminders)
            assert result.text == "ok"
        assert [one.message for one in reminders.added] == ["milk", "tea"]
        assert len(steps.done) <= 6 + 1
    assert crashes == 6


def _kind(monkeypatch: pytest.MonkeyPatch, kind: ToolKind) -> None:
    monkeypatch.setattr(running, "kind_named", lambda name: kind)
    monkeypatch.setattr(running, "kinds", lambda: {"act": kind})


def _acting(act: Any, look_up: Any = None) -> ToolKind:
    return ToolKind("act", act, acts=lambda tool, part: True, look_up=look_up)


def _with_act() -> Config:
    return config([assistant("secretary")], [tool("act", "act")], [("secretary", "act")])


def test_after_a_crash_a_call_that_cannot_be_looked_up_is_not_repeated(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent: list[str] = []

    def act(arguments: Any, context: Any, part: str) -> str:
        sent.append(context.key)
        return "sent"

    _kind(monkeypatch, _acting(act))
    steps, answers = (
        KeptSteps(crash_after=2),
        [calls(("act", {})), ModelSays("I do not know whether it was sent.")],
    )
    with pytest.raises(Crash):
        run(_with_act(), Scripted(*answers), steps=steps)
    result = run(_with_act(), Scripted(answers[1]), steps=steps)
    assert len(sent) == 1
    assert results(result.items) == [(False, f"Error executing tool: {UNKNOWN}")]


def test_a_call_without_an_answer_is_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    def act(arguments: Any, context: Any, part: str) -> str:
        raise NoAnswer("no whole answer from there within 5 s")

    for found, expected in (
        ("it was done", (True, "it was done")),
        (None, (False, "Error executing tool: no whole answer from there within 5 s")),
    ):
        _kind(monkeypatch, _acting(act, lambda arguments, context, found=found: found))
        assert results(run(_with_act(), Scripted(calls(("act", {})), ModelSays("ok"))).items) == [expected]
    _kind(monkeypatch, _acting(act))
    told = results(run(_with_act(), Scripted(calls(("act", {})), ModelSays("ok"))).items)
    assert told == [(False, f"Error executing tool: {UNKNOWN}")]


def test_a_fault_within_a_tool_is_a_result_that_tells_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    def act(arguments: Any, context: Any, part: str) -> str:
        raise RuntimeError("password=hunter2")

    _kind(monkeypatch, ToolKind("act", act))
    told = results(run(_with_act(), Scripted(calls(("act", {})), ModelSays("ok"))).items)
    assert told == [(False, "Error executing tool: RuntimeError within the tool; its log says more")]


def test_a_long_result_is_shortened_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    _kind(monkeypatch, ToolKind("act", lambda arguments, context, part: "x" * 20_000))
    told = results(run(_with_act(), Scripted(calls(("act", {})), ModelSays("ok"))).items)
    assert len(told[0][1]) < 8_100 and told[0][1].endswith("[shortened: 12000 more characters]")


def test_parallel_calls_run_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    together = threading.Barrier(3, timeout=5)

    def act(arguments: Any, context: Any, part: str) -> str:
        together.wait()
        return "met"

    _kind(monkeypatch, ToolKind("act", act))
    made = calls(*[("act", {"n": place}) for place in range(3)])
    assert results(run(_with_act(), Scripted(made, ModelSays("ok"))).items) == [(True, "met")] * 3


def test_a_tool_that_cannot_be_offered_is_told_to_the_model(monkeypatch: pytest.MonkeyPatch) -> None:
    def offer(tool: Any, schema: Any) -> Any:
        raise ToolFault("the server is away")

    _kind(monkeypatch, ToolKind("act", lambda arguments, context, part: "", offer=offer))
    models = Scripted(ModelSays("ok"))
    run(_with_act(), models)
    assert "act: the server is away" in models.asked[0]["system"]
    assert models.asked[0]["functions"] == []


def test_inactive_tools_and_links_are_not_offered() -> None:
    of = config(
        [assistant("secretary")],
        [tool("time", "time"), tool("off", "time", is_active=False)],
        [("secretary", "time"), ("secretary", "off")],
    )
    models = Scripted(ModelSays("ok"))
    run(of, models)
    assert [one.wire_name for one in models.asked[0]["functions"]] == ["time"]


def test_a_tool_type_that_no_file_serves_stops_nothing_and_is_told() -> None:
    of = config(
        [assistant("secretary")],
        [tool("time", "time"), tool("moon", "moon_phase")],
        [("secretary", "time"), ("secretary", "moon")],
    )
    models = Scripted(ModelSays("ok"))
    run(of, models)
    assert "moon: this server knows no tools of type moon_phase" in models.asked[0]["system"]


def _subs(*links: tuple[str, str], **targets: str) -> Config:
    """Assistants with tools named by whom they ask."""
    tools = [
        tool(name, "sub_assistant", MESSAGE_SCHEMA, assistant_id=target) for name, target in targets.items()
    ]
    names = {id_ for id_, _ in links} | set(targets.values())
    return config([assistant(name) for name in sorted(names)], tools, links)


def test_a_sub_assistant_answers_with_its_own_instructions() -> None:
    of = _subs(("secretary", "ask_writer"), ask_writer="writer")
    models = Scripted(
        calls(("ask_writer", {"message": "a poem"})), ModelSays("Roses."), ModelSays("Here: Roses.")
    )
    result = run(of, models)
    assert [one["assistant"] for one in models.asked] == ["secretary", "writer", "secretary"]
    assert models.asked[1]["turn"] == [UserSays("a poem")]
    assert results(result.items) == [(True, "Roses.")]
    assert result.text == "Here: Roses."


def test_sub_assistants_that_ask_one_another_are_stopped_at_run_time_too() -> None:
    of = _subs(("a", "ask_b"), ("b", "ask_a"), ask_b="b", ask_a="a")
    models = Scripted(
        calls(("ask_b", {"message": "x"})),
        calls(("ask_a", {"message": "y"})),
        ModelSays("b alone"),
        ModelSays("a"),
    )
    result = run(of, models, assistant_id="a")
    assert result.text == "a"
    assert "is asking already" in results(models.asked[2]["turn"])[0][1]


def test_a_chain_of_six_is_cut_at_its_depth() -> None:
    names = [f"a{place}" for place in range(7)]
    targets = {f"ask_{name}": name for name in names[1:]}
    of = _subs(*[(above, f"ask_{below}") for above, below in pairwise(names)], **targets)
    down = [calls((f"ask_a{place}", {"message": "deeper"})) for place in range(1, 5)]
    models = Scripted(*down, ModelSays("as far as I may"))
    result = run(of, models, assistant_id="a0", bounds=Bounds(depth=3))
    assert max(one["assistant"] for one in models.asked) == "a3"
    assert result.text == "as far as I may"


def test_a_sub_assistant_that_is_off_is_told_to_the_model() -> None:
    of = config(
        [assistant("secretary"), assistant("w", is_active=False)],
        [tool("w", "sub_assistant", MESSAGE_SCHEMA, assistant_id="w")],
        [("secretary", "w")],
    )
    told = results(run(of, Scripted(calls(("w", {"message": "x"})), ModelSays("ok"))).items)
    assert told == [(False, "Error executing tool: the assistant 'w' is not active")]


def test_a_crash_within_a_sub_assistant_repeats_none_of_its_steps() -> None:
    tools = [
        tool("w", "sub_assistant", MESSAGE_SCHEMA, assistant_id="writer"),
        *[one for one in secretary().tools.values() if one.name == "reminder"],
    ]
    of = config(
        [assistant("secretary"), assistant("writer")], tools, [("secretary", "w"), ("writer", "reminder")]
    )
    answers = [calls(("w", {"message": "x"})), calls(REMIND), ModelSays("set"), ModelSays("done")]
    for place in range(1, 6):
        steps, reminders, models = KeptSteps(crash_after=place), Remembered(), Scripted(*answers)
        with pytest.raises(Crash):
            run(of, models, steps=steps, reminders=reminders)
        models.answers = answers[sum(1 for step in steps.kept if "model:" in step) :]
        assert run(of, models, steps=steps, reminders=reminders).text == "done"
        assert len(reminders.added) == 1


def test_call_ids_that_repeat_are_told_apart() -> None:
    twice = calls(("time", {"timezone": "UTC"}), ("time", {"timezone": "Asia/Tokyo"}))
    same = ModelSays(
        "", tuple(type(call)("same", call.wire_name, call.arguments, "") for call in twice.calls)
    )
    items: Any = run(secretary(), Scripted(same, ModelSays("ok"))).items
    ids = [call.call_id for item in items if isinstance(item, ModelSays) for call in item.calls]
    assert len(set(ids)) == 2
    assert [text[-3:] for _, text in results(items)] == ["UTC", "JST"]


def test_the_user_is_the_threads_and_never_the_models() -> None:
    reminders = Remembered()
    forged = calls(("reminder", {"message": "x", "delay_seconds": 5, "user_id": "somebody else"}))
    run(secretary(), Scripted(forged, ModelSays("ok")), reminders=reminders)
    assert [one.user_id for one in reminders.added] == ["user-1"]
