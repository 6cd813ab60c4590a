"""A recount of a loop from its plain rows: by SQL and JSON alone, with nothing of the pipeline's own code."""

import json
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Any

Query = Callable[..., list[dict[str, Any]]]


def counts(query: Query, loop_id: str) -> dict[str, Any]:
    """Counts and rates of a loop and of each of its rounds, from questions and results."""
    loop = query("SELECT * FROM loop_task WHERE id = %s", (loop_id,))[0]
    top_k = min(loop["top_k"], loop["recall_top_k"])
    rounds = query("SELECT * FROM loop_round WHERE loop_task_id = %s ORDER BY round_number", (loop_id,))
    by_round = {one["round_number"]: _round(query, one, top_k) for one in rounds}
    whole: Counter[str] = Counter()
    for counted in by_round.values():
        whole.update(counted)
    rates = {
        "recall_rate": _share(whole["recalled"], whole["tested"]),
        "file_hit_rate": _share(whole["file_hit"], whole["recalled"]),
        "file_miss_rate": _share(whole["file_miss"], whole["recalled"]),
    }
    return {"rounds": by_round, "whole": dict(whole), "rates": rates}


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0


def _round(query: Query, one: dict[str, Any], top_k: int) -> dict[str, int]:
    questions = _rows(query("SELECT * FROM qa_gen_question WHERE task_id = %s", (one["qa_gen_task_id"],)))
    results = _rows(
        query("SELECT * FROM single_jump_result WHERE task_id = %s", (one["single_jump_task_id"],))
    )
    counted = Counter(
        generated=len(questions),
        approved=sum(row["status"] == "approved" for row in questions),
        duplicates=sum(row["dup_of"] is not None for row in questions),
        tested=len(results),
    )
    twins = _acceptable(query, one, [row["id"] for row in questions])
    for row in results:
        if row["error"] is not None and row["status_id"] == 3:
            counted["errors"] += 1
            continue
        found = json.loads(row["retrieved"])
        first = found[:top_k]
        chunks, files = twins[row["qa_question_id"]]
        counted["recalled"] += bool(found)
        counted["recall_failed"] += not found
        file_hit = any(item["file_id"] in files for item in first)
        counted["file_hit"] += file_hit
        counted["file_miss"] += bool(found) and not file_hit
        counted["chunk_hit"] += any(item["chunk_id"] in chunks for item in first)
    names = ("errors", "recalled", "recall_failed", "file_hit", "file_miss", "chunk_hit")
    return {**dict(counted), **{name: counted[name] for name in names}}


def _acceptable(query: Query, one: dict[str, Any], ids: list[str]) -> dict[str, tuple[set[str], set[str]]]:
    """For each question of a round the chunks and files that answer it: its own, those of its duplicates so
    far, and those of equal texts.
    """
    if not ids:
        return {}
    marks = ", ".join(["%s"] * len(ids))
    own = _rows(query(f"SELECT id, id_loop_chunk FROM qa_gen_question WHERE id IN ({marks})", ids))
    dups = _rows(
        query(
            "SELECT dup_of, id_loop_chunk FROM qa_gen_question JOIN loop_round ON qa_gen_task_id = task_id "
            f"WHERE round_number <= %s AND dup_of IN ({marks})",
            [one["round_number"], *ids],
        )
    )
    loop = one["loop_task_id"]
    chunks = {
        row["id_loop_chunk"]: row
        for row in _rows(query("SELECT * FROM loop_chunk WHERE loop_task_id = %s", (loop,)))
    }
    equal: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in chunks.values():
        equal[row["content_hash"]].append(row)
    found: dict[str, tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
    for question, chunk in [
        *((row["id"], row["id_loop_chunk"]) for row in own),
        *((row["dup_of"], row["id_loop_chunk"]) for row in dups),
    ]:
        for twin in equal[chunks[chunk]["content_hash"]]:
            found[question][0].add(twin["chunk_id"])
            found[question][1].add(twin["file_id"])
    return found


def repeated(query: Query, loop_id: str) -> list[tuple[Any, str]]:
    """Questions of one chunk that stand there more than once, by letters and digits alone."""
    rows = _rows(
        query("SELECT id_loop_chunk, question FROM qa_gen_question WHERE loop_task_id = %s", (loop_id,))
    )
    forms = Counter((row["id_loop_chunk"], _form(row["question"])) for row in rows)
    return [form for form, number in forms.items() if number > 1]


def _form(question: str) -> str:
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", question).casefold())


def _rows(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without the one row that stands for none."""
    return [row for row in rows if set(row) != {"lastrowid"}]
