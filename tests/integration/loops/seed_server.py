"""The statements of the server that this pipeline replaces, run by hand in SQLite: what its endpoints would
answer on given rows.
"""

import json
import sqlite3
from collections import defaultdict
from typing import Any

TABLES = {
    "loop_task": """id TEXT, name TEXT, org_id TEXT, judge_config_id TEXT, file_ids TEXT,
    questions_per_section INTEGER,
        quality_threshold REAL, include_multimodal INTEGER, env_url TEXT, d_user_id TEXT, agent_id TEXT, top_k
        INTEGER, concurrency INTEGER,
        cross_chunk INTEGER, status TEXT, current_round INTEGER, max_rounds INTEGER, max_questions INTEGER,
        total_generated INTEGER,
        total_approved INTEGER, total_duplicates INTEGER, total_tested INTEGER, total_recalled INTEGER,
        total_file_hit INTEGER,
        total_file_miss INTEGER, total_recall_failed INTEGER, error_message TEXT, global_dedup INTEGER,
        expected_chunk_count INTEGER,
        created_at TEXT, paused_at TEXT, finished_at TEXT, total_chunk_hit INTEGER, recall_top_k INTEGER""",
    "loop_round": """id TEXT, loop_task_id TEXT, round_number INTEGER, qa_gen_task_id TEXT,
    single_jump_task_id TEXT, status TEXT,
        generated INTEGER, approved INTEGER, duplicates INTEGER, tested INTEGER, recalled INTEGER, file_hit
        INTEGER, dedup_progress TEXT,
        started_at TEXT, finished_at TEXT, chunk_hit INTEGER""",
    "qa_gen_question": """id TEXT, task_id TEXT, section_path TEXT, question TEXT, reference_answer TEXT,
    source_chunk TEXT,
        quality_score REAL, dup_of TEXT, dup_similarity REAL, status TEXT, created_at TEXT, file_name TEXT,
        chunk_id TEXT,
        chunk_headers TEXT""",
    "single_jump_result": """id TEXT, task_id TEXT, section_path TEXT, file_name TEXT, question TEXT,
    reference_answer TEXT, retrieved TEXT,
        latency_ms INTEGER, error TEXT, best_cosine_sim REAL, is_file_hit INTEGER, expected_chunk_id TEXT,
        is_chunk_hit INTEGER,
        chunk_hit_rank INTEGER, raw_chunk_headers TEXT""",
}
JOIN = """JOIN loop_round lr ON q.task_id = lr.qa_gen_task_id LEFT JOIN single_jump_result r ON r.rowid = (
    SELECT r2.rowid FROM single_jump_result r2 WHERE r2.task_id = lr.single_jump_task_id AND r2.question =
    q.question
    ORDER BY r2.rowid DESC LIMIT 1)"""
CATEGORIES = {
    "hit": "r.is_file_hit = 1",
    "file_miss": "r.is_file_hit = 0 AND COALESCE(json_array_length(r.retrieved), 0) > 0",
    # The seed's own lacks the first condition; decided: a question without a result has not failed.
    "recall_failed": "r.id IS NOT NULL AND COALESCE(json_array_length(r.retrieved), 0) = 0 "
    "AND r.error IS NULL",
}
Answer = tuple[int, Any]


class SeedServer:
    """The rows in SQLite, and the answers to requests."""

    def __init__(self) -> None:
        self.database = sqlite3.connect(":memory:")
        self.database.row_factory = sqlite3.Row
        for table, columns in TABLES.items():
            self.database.execute(f"CREATE TABLE {table} ({columns})")

    def add(self, table: str, row: dict[str, Any]) -> None:
        """Insert a row."""
        names, marks = ", ".join(row), ", ".join("?" * len(row))
        self.database.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(row.values()))

    def rows(self, sql: str, *params: Any) -> list[dict[str, Any]]:
        """The rows of a SELECT."""
        return [dict(row) for row in self.database.execute(sql, params)]

    def list(self, page: int = 1, page_size: int = 20) -> Answer:
        """GET /task/list."""
        sql = "SELECT * FROM loop_task ORDER BY created_at DESC LIMIT ? OFFSET ?"
        items = [_with_rates(row) for row in self.rows(sql, page_size, (page - 1) * page_size)]
        return 200, {
            "status": 0,
            "data": {"total": self.rows("SELECT COUNT(*) AS n FROM loop_task")[0]["n"], "items": items},
        }

    def task(self, id: str) -> Answer:
        """GET /task/{id}."""
        rows = self.rows("SELECT * FROM loop_task WHERE id=?", id)
        return (
            (200, {"status": 0, "data": _with_rates(rows[0])})
            if rows
            else (404, {"detail": "Task not found"})
        )

    def rounds(self, id: str) -> Answer:
        """GET /task/{id}/rounds."""
        rows = self.rows("SELECT * FROM loop_round WHERE loop_task_id=? ORDER BY round_number", id)
        return 200, {"status": 0, "data": rows}

    def questions(
        self, id: str, status: str | None, category: str | None, page: int = 1, page_size: int = 20
    ) -> Answer:
        """GET /task/{id}/questions."""
        clauses, params = ["lr.loop_task_id = ?"], [id]
        if status == "duplicate":
            clauses.append("q.dup_of IS NOT NULL")
        elif status:
            clauses.append("q.status = ?")
            params.append(status)
        if category in CATEGORIES:
            clauses.append(CATEGORIES[category])
        where = " AND ".join(clauses)
        items = self.rows(
            f"""SELECT q.id, q.section_path, q.question, q.reference_answer, q.source_chunk, q.quality_score,
            q.status, q.dup_of,
            q.dup_similarity, q.chunk_headers, q.chunk_id, q.file_name, lr.round_number, r.is_file_hit,
            r.retrieved, r.best_cosine_sim,
            r.latency_ms, r.error, r.expected_chunk_id, r.is_chunk_hit, r.chunk_hit_rank FROM qa_gen_question
            q {JOIN}
            WHERE {where} ORDER BY lr.round_number DESC, q.created_at DESC LIMIT ? OFFSET ?""",
            *params,
            page_size,
            (page - 1) * page_size,
        )
        total = self.rows(
            f"SELECT COUNT(DISTINCT q.id) AS n FROM qa_gen_question q {JOIN} WHERE {where}", *params
        )[0]["n"]
        return 200, {"status": 0, "data": {"total": total, "items": items}}

    def export(self, id: str, category: str, exported_at: str) -> Answer:
        """GET /task/{id}/export?format=json; a text for an empty one."""
        has = self.rows(
            "SELECT COUNT(*) AS n FROM loop_round WHERE loop_task_id=? AND qa_gen_task_id IS NOT NULL", id
        )[0]["n"]
        where = CATEGORIES.get(category, "1=1")
        if has:
            rows = self.rows(
                f"""SELECT q.section_path, q.file_name, q.question, q.reference_answer, q.source_chunk,
                q.quality_score, q.status, q.dup_of,
                q.dup_similarity, q.chunk_headers, q.chunk_id, lr.round_number, r.is_file_hit, r.retrieved,
                r.best_cosine_sim,
                r.expected_chunk_id, (SELECT q2b.chunk_headers FROM qa_gen_question q2b WHERE q2b.chunk_id =
                r.expected_chunk_id AND
                q2b.chunk_id IS NOT NULL AND trim(COALESCE(q2b.chunk_headers, '')) != '' LIMIT 1) AS
                expected_chunk_name
                FROM qa_gen_question q {JOIN} WHERE lr.loop_task_id = ? AND q.status = 'approved' AND {where}
                ORDER BY lr.round_number, q.chunk_headers, q.created_at""",
                id,
            )
        else:
            rows = self.rows(
                f"""SELECT r.section_path, r.file_name, r.question, r.reference_answer, '' as source_chunk,
                1.0 as quality_score,
                'approved' as status, NULL as dup_of, NULL as dup_similarity, COALESCE(r.raw_chunk_headers,
                r.section_path) as chunk_headers,
                r.expected_chunk_id as chunk_id, lr.round_number, r.is_file_hit, r.retrieved,
                r.best_cosine_sim, r.expected_chunk_id,
                (SELECT qb.chunk_headers FROM qa_gen_question qb WHERE qb.chunk_id = r.expected_chunk_id LIMIT
                1) AS expected_chunk_name
                FROM single_jump_result r JOIN loop_round lr ON r.task_id = lr.single_jump_task_id
                WHERE lr.loop_task_id = ? AND {where} ORDER BY lr.round_number, r.section_path""",
                id,
            )
        if not rows:
            return 404, "没有符合条件的数据"
        return 200, _exported(id, category, exported_at, rows)


def _with_rates(task: dict[str, Any]) -> dict[str, Any]:
    tested, recalled = task["total_tested"] or 0, task["total_recalled"] or 0
    task["recall_rate"] = round(recalled / tested, 4) if tested > 0 else 0
    task["file_hit_rate"] = round(task["total_file_hit"] / recalled, 4) if recalled > 0 else 0
    task["file_miss_rate"] = round(task["total_file_miss"] / recalled, 4) if recalled > 0 else 0
    return task


def _exported(id: str, category: str, exported_at: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    sections: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        sections[row["chunk_headers"] or row["section_path"] or row["file_name"] or "default"].append(row)
    questions = [
        {
            "section_path": path,
            "file_name": item["file_name"],
            "round": item["round_number"],
            "question": item["question"],
            "reference_answer": item["reference_answer"],
            "source_chunk": item["source_chunk"],
            "quality_score": item["quality_score"],
            "status": item["status"],
            "is_duplicate": bool(item["dup_of"]),
            "dup_similarity": item["dup_similarity"],
            "is_file_hit": bool(item["is_file_hit"]),
            "recall_results": json.loads(item["retrieved"]) if item["retrieved"] else [],
            "best_cosine_sim": item["best_cosine_sim"],
            "expected_chunk_id": item["expected_chunk_id"],
            "expected_chunk_name": item["expected_chunk_name"],
            "chunk_id": item["chunk_id"] or item["expected_chunk_id"],
        }
        for path, items in sections.items()
        for item in items
    ]
    return {"task_id": id, "category": category, "exported_at": exported_at, "questions": questions}
