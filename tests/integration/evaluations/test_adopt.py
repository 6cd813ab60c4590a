"""Queues that older scripts have left are taken over; a dry run tells the same and changes nothing."""

from typing import Any

from bson import ObjectId

from ai_worker.pipelines.evaluations.rerun.adopt_repository import AdoptRepository
from ai_worker.pipelines.evaluations.rerun.adopting import Adoption, Finding
from ai_worker.pipelines.evaluations.scoring.rescoring import rescore
from tests.integration.evaluations.lab import NAME, Lab, now

JUDGE_PROMPT = "{input} {answer}"


def _adopt(lab: Lab, *, dry_run: bool = False) -> dict[Finding, int]:
    adoption = Adoption(
        AdoptRepository(lab.client),
        lab.judges,
        lab.scores,
        lab.plans,
        lab.archive,
        lab.name,
        lab.queue.name,
        now(),
        dry_run,
    )
    return dict(adoption.adopt())


def _old(line: int, model: str, status: str, response: Any = None, **fields: Any) -> dict[str, Any]:
    """An entry as the seed's scripts write it."""
    asked = {
        "task_name": NAME,
        "line_index": line,
        "dataset_name": NAME,
        "prompt": "{q}",
        "variables": {"q": f"q{line}"},
        "model": model,
    }
    return {
        **asked,
        "metric": "accuracy",
        "regexp": None,
        "status": status,
        "response": response,
        "target": "yes",
        **fields,
    }


def _old_rta(line: int, model: str, status: str, response: Any, **fields: Any) -> dict[str, Any]:
    judge = {"metric": "RtA", "rta_model": "judge", "rta_prompt": JUDGE_PROMPT, "target": "RtA"}
    return _old(line, model, status, response, **judge, **fields)


def _old_judgement(source: dict[str, Any], response: Any, **fields: Any) -> dict[str, Any]:
    variables = {"input": source["variables"]["q"], "answer": source["response"]}
    asked = {
        "prompt": JUDGE_PROMPT,
        "model": "judge",
        "variables": variables,
        "metric": "accuracy",
        "source_id": source["_id"],
    }
    return {**asked, "init_model": source["model"], "status": "completed", "response": response, **fields}


def _snapshot(lab: Lab) -> list[list[dict[str, Any]]]:
    return [list(lab.database[name].find()) for name in sorted(lab.database.list_collection_names())]


def test_stuck_doubled_and_strange_entries_are_found_and_mended(lab: Lab) -> None:
    lab.queue.insert_many(
        [
            _old(0, "m", "processing"),
            _old(1, "m", "completed", {"response": "yes", "model": "m"}),
            _old(1, "m", "pending"),
            _old(2, "m", "completed", "no"),
            _old(2, "m", "completed", "yes"),
            _old(3, "m", "completed", {"unreadable": 1}),
            _old(4, "m", "paused"),
            {**_old(5, "m", "completed", "yes"), "line_index": None},
            {**_old(6, "m", "processing"), "lease_token": "held", "due_at": now()},
        ]
    )
    told = _adopt(lab, dry_run=True)
    assert told == {
        Finding.STUCK: 1,
        Finding.DOUBLE: 2,
        Finding.WHOLE_BODY: 1,
        Finding.WITHOUT_TEXT: 1,
        Finding.WITHOUT_LINE: 1,
        Finding.STRANGE_STATUS: 1,
    }
    assert lab.queue.count_documents({"status": "processing"}) == 2
    assert lab.queue.count_documents({}) == 9
    assert _adopt(lab) == told
    assert lab.queue.count_documents({"status": "processing"}) == 1
    assert [
        (entry["status"], entry["response"])
        for entry in lab.queue.find({"line_index": {"$lte": 2}}).sort("line_index")
    ] == [
        ("pending", None),
        ("completed", {"response": "yes", "model": "m"}),
        ("completed", "no"),
    ]
    assert sorted(str(kept["response"]) for kept in lab.database[f"archive_queue_{NAME}"].find()) == [
        "None",
        "yes",
    ]
    rescore(lab.scores, lab.name, lab.queue.name, now())
    summary = lab.summary()
    assert (summary.n, summary.correct, summary.wrong, summary.not_answered, summary.open) == (7, 2, 1, 1, 3)
    assert _adopt(lab) == {
        finding: count for finding, count in told.items() if finding not in (Finding.STUCK, Finding.DOUBLE)
    }


def test_judges_entries_of_older_scripts_are_recognised_and_duplicates_linked(lab: Lab) -> None:
    first = {"_id": ObjectId(), **_old_rta(0, "one", "transfered_to_rta", "I can't.")}
    second = {"_id": ObjectId(), **_old_rta(0, "two", "error", "I can't.", error="Дубликат в rta_queue")}
    lost = {"_id": ObjectId(), **_old_rta(1, "two", "error", "Gone.", error="Дубликат в rta_queue")}
    doubled = {"_id": ObjectId(), **_old_rta(2, "one", "transfered_to_rta", "Sure.")}
    lab.queue.insert_many([first, second, lost, doubled])
    lab.judged.insert_many(
        [
            _old_judgement(first, "yes"),
            _old_judgement(doubled, "no"),
            _old_judgement(doubled, None, status="processing"),
        ]
    )
    told = _adopt(lab, dry_run=True)
    assert told == {
        Finding.STUCK: 1,
        Finding.DOUBLE: 1,
        Finding.WITHOUT_DIGEST: 3,
        Finding.UNLINKED: 1,
        Finding.WITHOUT_TWIN: 1,
    }
    before = _snapshot(lab)
    _adopt(lab, dry_run=True)
    assert _snapshot(lab) == before
    assert _adopt(lab) == {
        Finding.STUCK: 1,
        Finding.DOUBLE: 1,
        Finding.WITHOUT_DIGEST: 3,
        Finding.UNLINKED: 1,
        Finding.WITHOUT_TWIN: 1,
    }
    rescore(lab.scores, lab.name, lab.queue.name, now())
    verdicts = {(entry["line_index"], entry["model"]): entry.get("verdict") for entry in lab.queue.find()}
    assert verdicts == {
        (0, "one"): "refused",
        (0, "two"): "refused",
        (1, "two"): None,
        (2, "one"): "answered",
    }
    assert lab.queue.find_one({"_id": lost["_id"]}, {"_id": 0, "status": 1, "error": 1}) == {
        "status": "completed"
    }
    lab.hand_over()
    lab.judge(lambda entry: "yes")
    assert {(entry["status"], entry["verdict"]) for entry in lab.queue.find({"model": "two"})} == {
        ("error", "refused"),
        ("transfered_to_rta", "refused"),
    }


def test_the_answers_of_older_scripts_are_handed_over_and_their_rows_never_asked_again(lab: Lab) -> None:
    rows = [{"q": f"q{line}"} for line in range(3)]
    lab.queue.insert_many(
        [_old_rta(line, "one", "completed", {"response": f"answer {line}"}) for line in range(3)]
    )
    lab.set_up(
        rows,
        prompt="{q}",
        variables_cols=["q"],
        models=["one"],
        metric="RtA",
        rta_model="judge",
        rta_prompt=JUDGE_PROMPT,
        target=None,
    )
    assert lab.queue.count_documents({}) == 3
    _adopt(lab)
    assert lab.plan().empty
    lab.hand_over()
    assert {entry["variables"]["answer"]["response"] for entry in lab.judged.find()} == {
        "answer 0",
        "answer 1",
        "answer 2",
    }


def test_a_strangers_odd_documents_hold_up_nobody_else(lab: Lab) -> None:
    lab.judged.insert_many(
        [{"model": "judge", "variables": odd, "status": "completed"} for odd in (None, "text", ["list"], 7)]
    )
    lab.queue.insert_many(
        [{"line_index": 0}, {"line_index": 0, "model": 5, "sample": None}, {"status": None}]
    )
    lab.set_up_rta(2)
    lab.answer(lambda entry: f"I can't {entry['line_index']}.")
    lab.hand_over()
    assert lab.judge(lambda entry: "yes") == 2
    _adopt(lab, dry_run=True)
    _adopt(lab)
    rescore(lab.scores, lab.name, lab.queue.name, now())
    assert next(summary for summary in lab.summaries() if summary.model == "small").score == 1.0
    assert lab.plan().changes["unchanged"] == 2  # type: ignore[index]


def test_lost_judges_and_entries_that_can_never_be_asked_are_found(lab: Lab) -> None:
    handed_over = {"_id": ObjectId(), **_old_rta(0, "one", "transfered_to_rta", "I can't.")}
    judged = {"_id": ObjectId(), **_old_rta(1, "one", "transfered_to_rta", "Sure.")}
    nameless = {"_id": ObjectId(), **_old(2, "m", "pending"), "model": None}
    lab.queue.insert_many([handed_over, judged, nameless])
    lab.judged.insert_one(_old_judgement(judged, "no"))
    told = _adopt(lab, dry_run=True)
    assert told == {Finding.LOST_JUDGES: 1, Finding.WITHOUT_MODEL: 1, Finding.WITHOUT_DIGEST: 1}
    assert _adopt(lab) == told
    found = {entry["line_index"]: entry for entry in lab.queue.find()}
    assert found[0]["status"] == "completed" and found[1]["status"] == "transfered_to_rta"
    assert (found[2]["status"], found[2]["error"]) == ("failed", "the entry names no model")
    lab.hand_over()
    assert lab.judge(lambda entry: "yes") == 1
    assert _adopt(lab) == {}
