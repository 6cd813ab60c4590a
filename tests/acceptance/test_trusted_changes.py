"""Every JFLEG sentence, corrected by its first human correction: the rows of changes say all that happened to
it.
"""

from collections import Counter
from typing import Any

from ai_worker.pipelines.corrections.diff.change_rows import change_of
from ai_worker.pipelines.corrections.diff.changes import apply
from tests.acceptance.cluster import Cluster
from tests.acceptance.test_real_input import _lines, model

__all__ = ["model"]

LONGEST_NGRAM = 4


def gleu(answer: str, reference: str) -> float:
    """GLEU of one sentence (Wu et al., 2016, section 5): the smaller of precision and recall over all n-grams
    of one to four words.
    """
    ours, theirs = _ngrams(answer), _ngrams(reference)
    return (ours & theirs).total() / max(ours.total(), theirs.total())


def _ngrams(text: str) -> Counter[tuple[str, ...]]:
    words = text.split()
    return Counter(
        tuple(words[start : start + size])
        for size in range(1, LONGEST_NGRAM + 1)
        for start in range(len(words) - size + 1)
    )


def changes_by_item(cluster: Cluster) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = {}
    for row in cluster.query("SELECT * FROM task_item_change ORDER BY id_task_item, position"):
        found.setdefault(row["id_task_item"], []).append(row)
    return found


def test_agreement_is_whole_and_every_list_of_changes_round_trips(corrections_cluster: Cluster) -> None:
    cluster = corrections_cluster
    lines = _lines()
    id_task = cluster.add_task([text for text, _ in lines], description="Correct the learner's English.")
    cluster.worker(slots=100)
    cluster.beat()
    assert cluster.await_task(id_task, seconds=120)["records_processed"] == len(lines)
    items = cluster.items(id_task)
    references = dict(lines)
    scores = [gleu(item["text_corrected"], references[item["text_original"]]) for item in items]
    assert sum(scores) / len(scores) == 1.0
    changes = changes_by_item(cluster)
    for item in items:
        rows = changes.get(item["id_task_item"], [])
        assert apply(item["text_original"], map(change_of, rows)) == item["text_corrected"]
        assert [row["position"] for row in rows] == list(range(1, len(rows) + 1))
        assert item["change_summary"].startswith(f"{len(rows)} change" if rows else "no changes")
    assert set(changes) == {
        item["id_task_item"] for item in items if item["text_corrected"] != item["text_original"]
    }
    assert len(changes) > 600
