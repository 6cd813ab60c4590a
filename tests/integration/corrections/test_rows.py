"""Rows as their types describe them: the columns that the database returns, no more and no fewer."""

from collections.abc import Mapping
from typing import Any

import pytest

from ai_worker.pipelines.corrections import service
from ai_worker.pipelines.corrections.review.review import queries
from ai_worker.pipelines.corrections.rows import ClaimedItem, ItemRow, ReviewedItem
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
