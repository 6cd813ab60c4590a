"""Answered corrections, by plain SQL, as workers leave them."""

from ai_worker.pipelines.corrections.diff.changes import diff
from ai_worker.pipelines.corrections.diff.summary import summarise
from tests.integration.web.deployment import Deployment

PAIRS = (
    ("I recieve alot of mail , becouse of teh news.", "I receive a lot of mail, because of the news."),
    (
        "The invoice number 4711 was payed by Anna Kowalska on 12.03.",
        "The invoice number 4712 was paid by Anna Kowalska on 12.03.",
    ),
    ("Everything is right here.", "Everything is right here."),
    (
        "He go to school every days and he like it very much indeed.",
        "He goes to school every day, and he likes it very much.",
    ),
)


def answered(
    deployment: Deployment, pairs: list[tuple[str, str]], **columns: object
) -> tuple[int, list[int]]:
    """A task whose items are answered; its id and theirs."""
    task = deployment.add_task(
        [before for before, _ in pairs], description="Correct spelling and grammar.", **columns
    )
    items = [item["id_task_item"] for item in deployment.items(task)]
    for item, (before, after) in zip(items, pairs, strict=True):
        deployment.pool.execute(
            "UPDATE task_item SET status_id = 1, text_corrected = %s, change_summary = %s, model_name = "
            "'offline-large', "
            "prompt_version = 'correction-3', operation_uuid = UUID(), processed_at = UTC_TIMESTAMP(6) "
            "WHERE id_task_item = %s",
            (after, summarise(diff(before, after)), item),
        )
    deployment.pool.execute(
        "UPDATE task SET status_id = 2, records_processed = %s, records_total = %s WHERE id_task = %s",
        (len(pairs), len(pairs), task),
    )
    return task, items


def many(count: int) -> list[tuple[str, str]]:
    """So many pairs, no two alike."""
    return [
        (f"{number}. {before}", f"{number}. {after}")
        for number in range(count)
        for before, after in [PAIRS[number % len(PAIRS)]]
    ]
