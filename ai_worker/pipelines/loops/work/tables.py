"""The tables whose rows are worked, as the engine sees them."""

from ai_worker.engine.sources.table import Table
from ai_worker.pipelines.loops.statuses import RowStatus

_LOOP = (
    "loop_task.id AS loop_id, loop_task.status AS loop_status, loop_task.judge_config_id, "
    "loop_task.include_multimodal, "
    "loop_task.quality_threshold, loop_task.env_url, loop_task.env_type, loop_task.env_key_encrypted, "
    "loop_task.env_key_iv, loop_task.org_id, loop_task.d_user_id, loop_task.agent_id, loop_task.top_k, "
    "loop_task.recall_top_k, loop_task.cross_chunk, loop_task.global_dedup, loop_task.file_ids, "
    "loop_task.expected_chunk_count, loop_task.retest_of"
)
_JUDGE = (
    "judge.id AS judge_id, judge.base_url AS judge_base_url, judge.model AS judge_model, "
    "judge.api_key_encrypted AS judge_key, judge.api_key_iv AS judge_key_iv, judge.embed_base_url, "
    "judge.embed_model, "
    "judge.embed_api_key_encrypted AS embed_key, judge.embed_api_key_iv AS embed_key_iv"
)
_SPENT = "item.tokens_input, item.tokens_output, item.cost"
_CHUNK = (
    "chunk.id_loop_chunk, chunk.file_id, chunk.file_name, chunk.chunk_id, chunk.headers, chunk.content, "
    "chunk.image_text, chunk.seed_question"
)
_JOIN_LOOP = "LEFT JOIN loop_task ON loop_task.id = item.loop_task_id"
_JOIN_JUDGE = "LEFT JOIN judge_config AS judge ON judge.id = loop_task.judge_config_id"


def _table(name: str, key: str, select: str, joins: str, checkpoints: bool = False) -> Table:
    return Table(
        name=name,
        key=key,
        lane="loop_task_id",
        due_index=f"{name}_due",
        select=select,
        joins=joins,
        pending=RowStatus.WAITING,
        done=RowStatus.DONE,
        processing=RowStatus.PROCESSING,
        failed=RowStatus.FAILED,
        checkpoints=checkpoints,
    )


STEPS = _table(
    "loop_step",
    "id_loop_step",
    f"item.step, item.loop_round_id, item.checkpoints, {_SPENT}, {_LOOP}, {_JUDGE}",
    f"{_JOIN_LOOP} {_JOIN_JUDGE}",
)
WRITES = _table(
    "loop_write",
    "id_loop_write",
    "item.loop_round_id, item.visit, item.wanted, item.checkpoints, round.qa_gen_task_id, "
    f"{_SPENT}, {_LOOP}, {_JUDGE}, {_CHUNK}",
    f"{_JOIN_LOOP} {_JOIN_JUDGE} LEFT JOIN loop_round AS round ON round.id = item.loop_round_id "
    "LEFT JOIN loop_chunk AS chunk ON chunk.id_loop_chunk = item.id_loop_chunk",
    checkpoints=True,
)
JUDGINGS = _table(
    "qa_gen_question",
    "seq",
    "item.id, item.question, item.reference_answer, item.source_chunk, round.id AS loop_round_id, "
    f"{_SPENT}, {_LOOP}, {_JUDGE}, {_CHUNK}",
    f"{_JOIN_LOOP} {_JOIN_JUDGE} LEFT JOIN loop_round AS round ON round.qa_gen_task_id = item.task_id "
    "LEFT JOIN loop_chunk AS chunk ON chunk.id_loop_chunk = item.id_loop_chunk",
)
COMPARISONS = _table(
    "loop_pair",
    "id_loop_pair",
    f"item.question_id, item.candidates, item.loop_round_id, {_SPENT}, {_LOOP}, {_JUDGE}",
    f"{_JOIN_LOOP} {_JOIN_JUDGE}",
)
TESTS = _table(
    "single_jump_result",
    "seq",
    "item.id, item.question, item.file_id, item.expected_chunk_id, item.qa_question_id, round.id AS "
    "loop_round_id, "
    f"question.id_loop_chunk, {_LOOP}",
    f"{_JOIN_LOOP} LEFT JOIN loop_round AS round ON round.single_jump_task_id = item.task_id "
    "LEFT JOIN qa_gen_question AS question ON question.id = item.qa_question_id",
)
