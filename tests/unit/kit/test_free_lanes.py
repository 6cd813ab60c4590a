"""A day whose budget is spent closes the lanes of models that cost money, and no other."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from ai_worker.engine.contract.row import Lane
from ai_worker.kit import admission
from ai_worker.kit.llm_pipeline import llm_pipeline
from ai_worker.kit.row_store import RowStore
from ai_worker.llm.request import Request
from ai_worker.outbound.limits.local_limiter import LocalLimiter
from ai_worker.outbound.records.contract import Balance
from ai_worker.settings import settings

FREE, DEAR, UNNAMED = "free", "dear", "unnamed"


class Spent:
    """Records of a day whose budget is spent."""

    def now(self) -> datetime:
        return datetime(2026, 1, 31, tzinfo=UTC)

    def balances(self, scopes: Sequence[str]) -> dict[str, Balance]:
        return {scope: Balance(Decimal(10), Decimal(0), Decimal(1)) for scope in scopes}


@pytest.fixture(autouse=True)
def surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    (tmp_path / "models.toml").write_text(
        f'[models.{FREE}]\nprovider = "offline"\n'
        f'[models.{DEAR}]\nprovider = "offline"\nprice_input = 1\nprice_output = 2\n',
        encoding="utf-8",
    )
    limits = LocalLimiter()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DAILY_BUDGET", "10")
    monkeypatch.setenv("MODELS_FILE", "models.toml")
    monkeypatch.setattr(admission, "limiter", lambda: limits)
    settings.cache_clear()
    yield
    limits.close()
    settings.cache_clear()


def opened(lanes: Sequence[str], *, by_model: bool, asks: str | None = None) -> list[str]:
    store = SimpleNamespace(
        kind="mongo",
        records=Spent,
        by_model=by_model,
        source=None,
        pauses=lambda: SimpleNamespace(all=lambda _: {}),
    )
    pipeline = llm_pipeline(
        "tickets",
        store=cast("RowStore", cast("Any", store)),
        question=lambda row: Request("?"),
        result=lambda row, answer: {},
        asks=asks,
    )
    return [lane.value for lane in pipeline.kinds[0].open_lanes([Lane((), value) for value in lanes])]


def test_lanes_of_models_without_a_price_stay_open() -> None:
    assert opened([FREE, DEAR], by_model=True) == [FREE]


def test_one_model_of_all_rows_decides_for_all_lanes() -> None:
    assert opened(["a", "b"], by_model=False, asks=FREE) == ["a", "b"]
    assert opened(["a", "b"], by_model=False, asks=DEAR) == []


def test_rows_that_may_ask_any_model_may_cost_money() -> None:
    assert opened(["a", "b"], by_model=False) == []
