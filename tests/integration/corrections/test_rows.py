"""Rows as their types describe them: the columns that the database returns, no more and no fewer."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from ai_worker.engine.sources.table_rows import SharedColumns
from ai_worker.pipelines.corrections import service
from ai_worker.pipelines.corrections.review.review import queries
from ai_worker.pipelines.corrections.rows import ClaimedItem, ItemRow, ReviewedItem
from ai_worker.stores.mysql import MySQLDatabase, Row
from tests.integration.corrections.harness import Corrections


def _claimed(id_task_item: int) -> Mapping[str, Any]:
    claim = service.items().look(id_task_item)
    assert claim is not None
    return claim.fields


@pytest.mark.parametrize("kind", [ItemRow, ReviewedItem, ClaimedItem])
def test_a_row_has_the_columns_of_its_type(corrections: Corrections, kind: type) -> None:
    [item] = corrections.items(corrections.add_task(["Teh first."]))
    id_task_item = item["id_task_item"]
    read: dict[type, Any] = {
        ItemRow: lambda: service.repository().fetch_item(id_task_item),
        ReviewedItem: lambda: queries().item(id_task_item),
        ClaimedItem: lambda: _claimed(id_task_item),
    }
    assert set(read[kind]()) == set(kind.__annotations__)


def test_what_rows_share_is_read_once_and_again_when_it_has_changed(
    corrections: Corrections, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads: list[int] = []
    whole = SharedColumns._read

    def counted(self: SharedColumns, database: MySQLDatabase, keys: Sequence[int]) -> Mapping[int, Row]:
        reads.extend(keys)
        return whole(self, database, keys)

    monkeypatch.setattr(SharedColumns, "_read", counted)
    id_task = corrections.add_task(["Teh first.", "Teh second.", "Teh third."], description="Be brief.")
    first, second, third = (item["id_task_item"] for item in corrections.items(id_task))
    assert _claimed(first)["description"] == _claimed(second)["description"] == "Be brief."
    assert reads == [first]

    corrections.pool.execute("UPDATE task SET description = NULL, paused_at = UTC_TIMESTAMP(6)")
    assert _claimed(first)["description"] is None and _claimed(third)["paused_at"] is not None
    corrections.pool.execute("UPDATE task SET description = '', paused_at = NULL")
    assert _claimed(second)["description"] == "" and _claimed(second)["paused_at"] is None
    corrections.pool.execute("UPDATE ai_model SET base_url = 'http://elsewhere', price_input = 1.25")
    assert (_claimed(first)["base_url"], str(_claimed(first)["price_input"])) == (
        "http://elsewhere",
        "1.250000",
    )
    assert len(reads) == 4
    corrections.pool.execute("DELETE FROM task")
    assert _claimed(third)["task_found"] is None and _claimed(third)["provider"] is None
    assert _claimed(third)["text_original"] == "Teh third."
