"""Texts over the model's limit, and odd ones."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from ai_worker.engine.contract.pipeline import Outcome
from ai_worker.llm.tokens import estimate
from ai_worker.outbound.records.request_log import request_log
from ai_worker.pipelines.corrections.asking.part_repository import PartRepository
from ai_worker.pipelines.corrections.control import control
from ai_worker.pipelines.corrections.diff.change_rows import change_of
from ai_worker.pipelines.corrections.diff.changes import apply
from ai_worker.pipelines.corrections.statuses import ItemStatus
from tests.integration.corrections.harness import Corrections
from tests.offline_model import OfflineModel

LIMIT = 500
PARAGRAPHS = "\r\n\r\n".join(
    f"# Part {number}\r\n\r\nThis is teh part <b>{number}</b> of {{name}}, 100%% of `code`.  Call "
    f"600 700 {number:03} " + "or becouse@example.com .\r\n" + "It goes on alot. " * 20
    for number in range(12)
)


@pytest.fixture
def id_model(corrections: Corrections) -> int:
    with corrections.pool.connection() as database:
        return database.insert(
            "INSERT INTO ai_model (provider, model_name, price_input, price_output, max_input_tokens) "
            "VALUES ('offline', 'offline-large', 2, 10, %s)",
            (LIMIT,),
        )


def asked(model: OfflineModel) -> list[dict[str, Any]]:
    return [json.loads(request["body"]) for request in model.requests()]


def sent(question: dict[str, Any]) -> str:
    """The user's part without its code, which is new for every question."""
    prompt: str = question["messages"][-1]["content"]
    return prompt.replace(prompt.split("Code: ")[1][:16], "")


def test_a_long_text_is_asked_about_in_parts_and_joined_without_loss(
    corrections: Corrections, model: OfflineModel, id_model: int
) -> None:
    id_task = corrections.add_task([PARAGRAPHS], id_ai_model=id_model)
    assert corrections.work(id_task) == {Outcome.FINISHED: 1}
    [item] = corrections.items(id_task)
    expected = (
        PARAGRAPHS.replace("teh", "the")
        .replace("alot", "a lot")
        .replace(" .\r\n", ".\r\n")
        .replace("`.  Call", "`. Call")
    )
    # The offline model makes one space of two where a part does not end between them.
    assert item["text_corrected"].replace("`.  Call", "`. Call") == expected
    questions = asked(model)
    assert len(questions) > 5
    for question in questions:
        assert sum(estimate(message["content"]) for message in question["messages"]) <= LIMIT
        assert "600 700" not in sent(question) and "example.com" not in sent(question), (
            "personal data is hidden in every part"
        )
    assert item["tokens_input"] > LIMIT < item["tokens_output"]
    money = (item["tokens_input"] * 2 + item["tokens_output"] * 10) / 1e6
    assert float(item["cost"]) == pytest.approx(money, abs=len(questions) * 1e-8)
    rows = corrections.change_rows(item["id_task_item"])
    assert apply(PARAGRAPHS, map(change_of, rows)) == item["text_corrected"]
    assert corrections.pool.query("SELECT COUNT(*) AS parts FROM task_item_part")[0]["parts"] == 0


def test_the_longest_answer_limits_a_part_too(corrections: Corrections, model: OfflineModel) -> None:
    with corrections.pool.connection() as database:
        id_model = database.insert(
            "INSERT INTO ai_model (provider, model_name, max_output_tokens) VALUES ('offline', "
            "'offline-large', 150)"
        )
    text = "".join(f"This is teh sentence {number:02}. " for number in range(60))
    id_task = corrections.add_task([text, "This is teh same. " * 60], id_ai_model=id_model)
    corrections.work(id_task)
    assert [item["text_corrected"] for item in corrections.items(id_task)] == [
        text.replace("teh", "the"),
        "This is the same. " * 60,
    ]
    assert model.counts()["total"] == 4 + 2, "parts that are the same are asked about once"
    assert {
        question["max_tokens"] if "max_tokens" in question else question["max_completion_tokens"]
        for question in asked(model)
    } == {150}


def test_parts_of_nothing_but_space_are_not_asked_about(
    corrections: Corrections, model: OfflineModel, id_model: int
) -> None:
    text = "This is teh start. " + "\n" * 6000 + "This is teh end."
    id_task = corrections.add_task([text], id_ai_model=id_model)
    corrections.work(id_task)
    assert corrections.items(id_task)[0]["text_corrected"] == text.replace("teh", "the")
    assert model.counts()["total"] == 2


def test_a_part_that_failed_costs_no_other_part_twice(
    corrections: Corrections, model: OfflineModel, id_model: int
) -> None:
    sentences = [
        f"This is teh sentence number {number}, and it is as long as it is. " * 4 for number in range(24)
    ]
    id_task = corrections.add_task(["".join(sentences)], id_ai_model=id_model)
    model.tell({"match": {"contains": "number 7,"}, "fault": "429", "retry_after": 0, "times": 1})
    tally = corrections.work(id_task)
    first = model.counts()["total"]
    [item] = corrections.items(id_task)
    assert (tally[Outcome.LATER], item["status_id"], item["text_corrected"]) == (1, ItemStatus.PENDING, None)
    kept = corrections.pool.query("SELECT * FROM task_item_part")
    assert len(kept) == first - 1 > 1
    corrections.pool.execute("UPDATE task_item SET due_at = UTC_TIMESTAMP(6)")
    corrections.work_until_done(id_task)
    [item] = corrections.items(id_task)
    assert item["text_corrected"] == "".join(sentences).replace("teh", "the")
    texts = [sent(question) for question in asked(model)]
    again = [text for text in texts if texts.count(text) > 1]
    assert again and all("number 7," in text for text in again), (
        "only the part that failed was asked about twice"
    )


def test_a_pause_in_the_middle_holds_and_loses_nothing(
    corrections: Corrections, model: OfflineModel, id_model: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = PartRepository.keep
    id_task = corrections.add_task([PARAGRAPHS], id_ai_model=id_model)

    def pause_after_the_second(self: PartRepository, *part: Any) -> None:
        keep(self, *part)
        if model.counts()["total"] == 2:
            control.pause(id_task, "anna")

    with monkeypatch.context() as paused:
        paused.setattr(PartRepository, "keep", pause_after_the_second)
        assert corrections.work(id_task)[Outcome.LATER] == 1
    assert model.counts()["total"] == 2
    control.resume(id_task, "anna")
    corrections.work(id_task)
    [item] = corrections.items(id_task)
    assert item["status_id"] == ItemStatus.PROCESSED
    questions = [sent(question) for question in asked(model)]
    assert len(questions) == len(set(questions)) > 5


def test_a_crash_in_the_middle_costs_no_part_twice_and_loses_no_cost(
    corrections: Corrections, model: OfflineModel, id_model: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = PartRepository.keep
    id_task = corrections.add_task([PARAGRAPHS], id_ai_model=id_model)

    def crash_after_the_third(self: PartRepository, *part: Any) -> None:
        keep(self, *part)
        if model.counts()["total"] == 3:
            raise KeyboardInterrupt

    with monkeypatch.context() as crashing, pytest.raises(KeyboardInterrupt):
        crashing.setattr(PartRepository, "keep", crash_after_the_third)
        corrections.work(id_task)
    [item] = corrections.items(id_task)
    assert (item["status_id"], item["tokens_input"] > LIMIT) == (ItemStatus.PROCESSING, True)
    corrections.pool.execute("UPDATE task_item SET due_at = UTC_TIMESTAMP(6)")
    corrections.work_until_done(id_task)
    [item] = corrections.items(id_task)
    questions = [sent(question) for question in asked(model)]
    assert len(questions) == len(set(questions)) > 5
    request_log().flush()
    paid = corrections.pool.query(
        "SELECT SUM(tokens_input) AS tokens_input, SUM(cost) AS cost FROM api_requests_history"
    )[0]
    assert (item["status_id"], item["lost"], item["tokens_input"], item["cost"]) == (
        ItemStatus.PROCESSED,
        1,
        paid["tokens_input"],
        paid["cost"],
    )


def test_an_answer_whose_parts_break_the_markup_is_asked_for_anew(
    corrections: Corrections, model: OfflineModel, id_model: int
) -> None:
    text = "".join(
        f"This is teh <b>sentence</b> number {number}, and it is as long as it is. " * 8
        for number in range(6)
    )
    id_task = corrections.add_task([text], id_ai_model=id_model, kind="translation", target_language="pl")
    model.tell({"match": {"contains": "number 3"}, "answer": "The <b> is gone from number 3.", "times": 1})
    corrections.work(id_task)
    [item] = corrections.items(id_task)
    assert (item["status_id"], item["error_class"], item["attempts"]) == (
        ItemStatus.PENDING,
        "markup_mismatch",
        1,
    )
    assert item["tokens_input"] > LIMIT, "what it took is kept"
    first = model.counts()["total"]
    corrections.work_until_done(id_task)
    assert corrections.items(id_task)[0]["text_corrected"].replace("[pl] ", "") == text
    assert model.counts()["total"] == first + 1, "only the part that broke it is asked about anew"


def test_instructions_that_leave_no_room_are_told(corrections: Corrections, id_model: int) -> None:
    id_task = corrections.add_task(["teh text"], id_ai_model=id_model, description="Be formal. " * 400)
    corrections.work(id_task)
    [item] = corrections.items(id_task)
    assert (item["status_id"], item["error_class"]) == (ItemStatus.ERROR, "bad_request")
    assert "no room" in item["error"]


def test_a_long_analysis_is_told_to_be_too_long(corrections: Corrections, id_model: int) -> None:
    schema = json.dumps({"type": "object", "properties": {"mood": {"type": "string"}}})
    id_task = corrections.add_task([PARAGRAPHS], id_ai_model=id_model, kind="analysis", answer_schema=schema)
    corrections.work(id_task)
    [item] = corrections.items(id_task)
    assert (item["status_id"], item["error_class"]) == (ItemStatus.ERROR, "bad_request")
    assert "too long" in item["error"]


@pytest.mark.parametrize(
    ("fault", "error_class", "status"),
    [
        ("safety_block", "refused", ItemStatus.ERROR),
        ("length", "truncated", ItemStatus.ERROR),
        ("lost_placeholder", "redaction_mismatch", ItemStatus.PENDING),
        ("empty", "bad_answer", ItemStatus.PENDING),
    ],
)
def test_what_is_no_answer_is_an_error_with_its_class(
    corrections: Corrections, model: OfflineModel, fault: str, error_class: str, status: ItemStatus
) -> None:
    id_task = corrections.add_task(["Write to anna@example.com about teh news."])
    model.tell({"fault": fault})
    corrections.work(id_task)
    [item] = corrections.items(id_task)
    assert (item["error_class"], item["status_id"], item["text_corrected"], item["change_summary"]) == (
        error_class,
        status,
        None,
        None,
    )
    assert corrections.change_rows(item["id_task_item"]) == []


ODD = {
    "empty": "",
    "spaces": " \u00a0\t\r\n ",
    "html": '<p class="x">Teh <b>news</b> &amp; more</p>\r\n<!-- teh comment -->',
    "markdown": "# Teh title\n\n- `teh = 1`\n- [teh "
    "link](http://example.com/teh_page)\n\n```\nteh code\n```\n",
    "placeholders": "Dear {name}, you have %d new %(kind)s for ${price} {{ amount }} - teh end",
    "line ends": "teh one\r\nteh two\nteh three\rteh four\r\n\r\n",
    "no answer needed": "🙂",
}


def test_odd_texts_keep_what_is_not_language(corrections: Corrections, model: OfflineModel) -> None:
    id_task = corrections.add_task(list(ODD.values()))
    corrections.work(id_task)
    items = dict(zip(ODD, corrections.items(id_task), strict=True))
    assert {item["status_id"] for item in items.values()} == {ItemStatus.PROCESSED}
    assert model.counts()["total"] == len(ODD) - 2
    for name in ("empty", "spaces", "no answer needed"):
        assert items[name]["text_corrected"] == ODD[name]
    assert (items["empty"]["tokens_input"], items["spaces"]["change_summary"]) == (0, "no changes")
    assert items["placeholders"]["text_corrected"] == ODD["placeholders"].replace("teh", "the")
    assert items["line ends"]["text_corrected"] == ODD["line ends"].replace("teh", "the")
    # Comments and code are never shown to the model.
    assert items["html"]["text_corrected"] == ODD["html"].replace("Teh <b>", "The <b>")
    assert items["markdown"]["text_corrected"] == ODD["markdown"].replace("# Teh", "# The").replace(
        "[teh", "[the"
    )
    assert corrections.warnings(id_task) == []


def test_a_doubtful_answer_is_stored_with_its_warnings_and_asked_for_once(
    corrections: Corrections, model: OfflineModel
) -> None:
    id_task = corrections.add_task(["an {aple} for 5 zł", "teh end"])
    model.tell({"match": {"contains": "aple"}, "answer": "an {apple} for 6 zł"})
    assert corrections.work_until_done(id_task) is None
    first, second = corrections.items(id_task)
    assert (first["text_corrected"], second["text_corrected"]) == ("an {apple} for 6 zł", "the end")
    assert corrections.warnings(id_task) == [
        (first["id_task_item"], "markup", "placeholders missing: {aple}"),
        (first["id_task_item"], "markup", "placeholders added: {apple}"),
        (first["id_task_item"], "number", "missing: 5; added: 6"),
    ]
    assert "3 warnings: markup (placeholders missing: {aple})" in first["change_summary"]
    assert model.counts()["total"] == 2


def test_warnings_go_with_the_answer_that_they_are_about(
    corrections: Corrections, model: OfflineModel
) -> None:
    id_task = corrections.add_task(["It costs 5 zł and teh rest"])
    model.tell({"answer": "It costs 6 zł and the rest", "times": 1})
    corrections.work(id_task)
    assert [code for _, code, _ in corrections.warnings(id_task)] == ["number"]
    corrections.pool.execute(
        "UPDATE task_item SET status_id = 0, due_at = NULL, lease_token = NULL WHERE id_task = %s", (id_task,)
    )
    corrections.work(id_task)
    assert corrections.items(id_task)[0]["text_corrected"] == "It costs 5 zł and the rest"
    assert corrections.warnings(id_task) == []


def test_a_second_identical_mismatch_is_the_last_call(corrections: Corrections, model: OfflineModel) -> None:
    id_task = corrections.add_task(["A <b>red</b> cat is here"], kind="translation", target_language="de")
    model.tell({"answer": "Der Kater ist hier"})
    corrections.work_until_done(id_task)
    [item] = corrections.items(id_task)
    assert (item["status_id"], item["error_class"], item["text_corrected"]) == (
        ItemStatus.ERROR,
        "markup_mismatch",
        None,
    )
    assert "missing: <b>, </b>" in item["error"]
    assert model.counts()["total"] == 2


def test_an_item_of_a_deleted_task_in_the_middle_of_its_parts_fails(
    corrections: Corrections, id_model: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep: Callable[..., None] = PartRepository.keep
    id_task = corrections.add_task([PARAGRAPHS], id_ai_model=id_model)

    def delete_task(self: PartRepository, *part: Any) -> None:
        keep(self, *part)
        corrections.pool.execute("DELETE FROM task WHERE id_task = %s", (id_task,))

    monkeypatch.setattr(PartRepository, "keep", delete_task)
    corrections.work(id_task)
    [item] = corrections.items(id_task)
    assert (item["status_id"], "was deleted" in item["error"]) == (ItemStatus.ERROR, True)
