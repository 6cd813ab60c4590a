"""Rows of several kinds that ask one model share its places."""

from collections import Counter
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from ai_worker.engine.contract.pipeline import Kind, Pipeline
from ai_worker.engine.contract.row import Lane, Pool, Reserved
from ai_worker.engine.dispatch import top_up


def _kind(name: str, due: int) -> Kind:
    """A kind with so many due rows in each lane."""
    left: Counter[Any] = Counter()

    def reserve(lane: Lane, limit: int, seconds: float) -> list[Reserved]:
        taken = min(limit, due - left[lane])
        left[lane] += taken
        return [Reserved((), number, "token") for number in range(taken)]

    source: Any = SimpleNamespace(reserve=reserve, left_out={})
    return Kind(name, lambda: source, lambda _: {})


def test_kinds_take_turns_at_a_pool_that_is_too_small(monkeypatch: pytest.MonkeyPatch) -> None:
    published: Counter[str] = Counter()

    def publish(kind: Kind, rows: Sequence[Reserved]) -> None:
        published[kind.name] += len(rows)

    monkeypatch.setattr(top_up, "publish", publish)
    texts, few, pictures = kinds = [_kind("texts", 50), _kind("few", 1), _kind("pictures", 50)]
    Pipeline("things", kinds, stores=[])
    lane = Lane((), "a world", pool=Pool("writer", 6))
    held: top_up.Held = {
        (texts, lane): 2,
        (few, lane): 0,
        (pictures, Lane((), "a world", pool=Pool("painter", 3))): 1,
    }
    used = Counter({"writer": 2, "painter": 1})
    assert top_up._hand_out(held, 100, used) == 6
    assert published == {"texts": 3, "few": 1, "pictures": 2}, "what one kind leaves another one takes"
    assert used == {"writer": 6, "painter": 3}
