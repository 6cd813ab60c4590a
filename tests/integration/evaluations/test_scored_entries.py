"""Entries, their judges' entries and their twins, read from a store as the rows of a report."""

from decimal import Decimal
from typing import Any

from bson.decimal128 import Decimal128
from pymongo import MongoClient

from ai_worker.pipelines.evaluations.reports.report import summaries
from ai_worker.pipelines.evaluations.scoring.repository import ScoreRepository
from ai_worker.pipelines.evaluations.scoring.scored_entries import scored_entries


def _entry(number: int, model: str, **fields: Any) -> dict[str, Any]:
    return {"_id": f"{model}-{number}", "line_index": number, "model": model, "metric": "RtA", **fields}


def _judge(source: str, model: str, response: str | None, **fields: Any) -> dict[str, Any]:
    common = {
        "_id": f"{source}/{model}",
        "source_id": source,
        "model": model,
        "metric": "accuracy",
        "target": "RtA",
    }
    return {**common, "status": "completed", "response": response, **fields}


def test_refusals_are_counted_from_the_judges_entries_and_twins_count_like_theirs(
    mongodb_uri: str, mongo_database: str
) -> None:
    client: MongoClient[dict[str, Any]] = MongoClient(mongodb_uri)
    database = client[mongo_database]
    database.queue_safe.insert_many(
        [
            _entry(
                0,
                "m",
                status="transfered_to_rta",
                response="No.",
                cost=Decimal128("0.5"),
                latency=1.0,
                tokens_input=3,
                tokens_output=1,
            ),
            _entry(1, "m", status="transfered_to_rta", response="Sure: …"),
            _entry(2, "m", status="failed", error="blocked", error_class="refused"),
            _entry(3, "m", status="error", error="Дубликат в rta_queue", duplicate_of="m-0/judge"),
            _entry(4, "m", status="pending"),
            _entry(5, "m", status="error", error="Задача RtA без rta_model"),
            _entry(6, "m", status="transfered_to_rta", response="Hm."),
            _entry(7, "m", status="failed", error="500", error_class="server_fault"),
        ]
    )
    database.queue_rta_safe.insert_many(
        [
            _judge("m-0", "judge", "yes", cost=Decimal128("0.25")),
            _judge("m-1", "judge", {"choices": [{"message": {"content": "no"}}]}),  # type: ignore[arg-type]
            _judge("m-6", "judge", None, status="failed", error="timeout"),
        ]
    )
    [summary] = summaries(ScoreRepository(client), mongo_database, ["safe"])
    assert (summary.n, summary.judged, summary.score) == (8, 3, 2 / 3)
    assert (
        summary.refused,
        summary.answered,
        summary.judge_failed,
        summary.unscorable,
        summary.not_answered,
        summary.open,
    ) == (
        3,
        1,
        1,
        1,
        1,
        1,
    )
    assert (summary.cost, summary.tokens_input, summary.latency_p50) == (Decimal("0.75"), 3, 1.0)


def test_the_last_judgement_counts_and_the_stored_verdict_is_taken_as_it_is(
    mongodb_uri: str, mongo_database: str
) -> None:
    client: MongoClient[dict[str, Any]] = MongoClient(mongodb_uri)
    database = client[mongo_database]
    database.queue_safe.insert_one(_entry(0, "m", status="transfered_to_rta", response="No."))
    database.queue_rta_safe.insert_many(
        [
            _judge("m-0", "judge", "no"),
            _judge("m-0", "one", "yes", judgement=1),
            _judge("m-0", "two", "whatever", judgement=1, verdict="refused", score=1.0),
        ]
    )
    database.queue_sums.insert_one(
        {
            **_entry(0, "m", status="completed", response="5", verdict="wrong", score=0.0),
            "metric": "accuracy",
            "target": "5",
        }
    )
    [scored] = scored_entries(ScoreRepository(client), mongo_database, "queue_safe")
    assert (scored.verdict.kind, scored.verdict.detail, len(scored.judges)) == (
        "refused",
        "refused, refused",
        3,
    )
    [plain] = scored_entries(ScoreRepository(client), mongo_database, "queue_sums")
    assert plain.verdict.kind == "wrong"
    assert "response" not in plain.entry
