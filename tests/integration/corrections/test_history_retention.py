"""The history in MySQL is kept for HISTORY_DAYS: beat has what is older deleted."""

import celery_config
from ai_worker.app import app
from ai_worker.outbound.records.request_log import request_log
from tests.integration.corrections.harness import Corrections


def test_beat_has_old_requests_forgotten(corrections: Corrections) -> None:
    id_task = corrections.add_task(["Teh first.", "Teh second."])
    corrections.work(id_task)
    assert _requests(corrections) == 2
    corrections.pool.execute(
        "UPDATE api_requests_history SET created_at = UTC_TIMESTAMP(6) - INTERVAL 31 DAY LIMIT 1"
    )
    app.tasks[celery_config.beat_schedule["corrections.forget_history"]["task"]]()
    assert _requests(corrections) == 1


def _requests(corrections: Corrections) -> int:
    request_log().flush()
    return int(corrections.pool.query("SELECT COUNT(*) AS requests FROM api_requests_history")[0]["requests"])
