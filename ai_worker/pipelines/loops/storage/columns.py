"""The columns that go out as JSON keys, in their order. The tables hold further ones of ours, which stay
inside.
"""

LOOP = (
    *("id", "name", "org_id", "judge_config_id", "file_ids", "questions_per_section", "quality_threshold"),
    *(
        "include_multimodal",
        "env_url",
        "d_user_id",
        "agent_id",
        "top_k",
        "concurrency",
        "cross_chunk",
        "status",
    ),
    *(
        "current_round",
        "max_rounds",
        "max_questions",
        "total_generated",
        "total_approved",
        "total_duplicates",
    ),
    *(
        "total_tested",
        "total_recalled",
        "total_file_hit",
        "total_file_miss",
        "total_recall_failed",
        "error_message",
    ),
    *("global_dedup", "expected_chunk_count", "created_at", "paused_at", "finished_at", "total_chunk_hit"),
    "recall_top_k",
)
ROUND = (
    *(
        "id",
        "loop_task_id",
        "round_number",
        "qa_gen_task_id",
        "single_jump_task_id",
        "status",
        "generated",
        "approved",
    ),
    *(
        "duplicates",
        "tested",
        "recalled",
        "file_hit",
        "dedup_progress",
        "started_at",
        "finished_at",
        "chunk_hit",
    ),
)
JUDGE = ("id", "name", "base_url", "model", "embed_base_url", "embed_model", "created_at")
"""Without its keys: they go in and never come out."""


def selected(columns: tuple[str, ...], table: str = "") -> str:
    """The columns as a SELECT lists them."""
    return ", ".join(f"{table}.{name}" if table else name for name in columns)
