"""The sample loop: created over a knowledge base, shown with its recall by round and questions that miss."""

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from ai_worker.engine.contract.progress import TaskProgress
from ai_worker.engine.dispatch.scan import request_scan
from ai_worker.errors import ConfigurationError
from ai_worker.kit.demo_work import MARK, DemoWork, demo_models, demo_provider
from ai_worker.kit.terminal import harmless
from ai_worker.llm.registry.catalogue import base_url_of, key_of
from ai_worker.pipelines.loops.chunks.chunk_files import read_chunks
from ai_worker.pipelines.loops.commands.report import report
from ai_worker.pipelines.loops.ids import new_id
from ai_worker.pipelines.loops.outgoing import sealed
from ai_worker.pipelines.loops.recall.kinds import LOCAL
from ai_worker.pipelines.loops.service import loops
from ai_worker.pipelines.loops.statuses import ENDED_LOOPS
from ai_worker.pipelines.loops.tasks import PIPELINE
from ai_worker.stores.mysql import Row, mysql

NEXT = "ai-worker loops list"
ROUNDS, PER_CHUNK, TOP_K = 2, 1, 3
MISSES = 3
_PATHS = {"offline": "/v1", "gemini": "/v1beta/openai"}
"""The path at which a provider speaks OpenAI's form, below its base URL."""


def load(work: DemoWork) -> None:
    """Create the loop; and ask for a scan."""
    wanted: dict[str, Any] = {
        "name": MARK,
        "org_id": "org-1",
        "judge_config_id": _judge(),
        "file_ids": "",
        "max_rounds": ROUNDS,
        "questions_per_section": PER_CHUNK,
        "top_k": TOP_K,
        "recall_top_k": TOP_K,
    }
    if work.knowledge_base:
        loops().create({**wanted, "env_url": work.knowledge_base, "env_type": "dagent"})
    else:
        files = sorted((work.samples / "loops" / "documents").glob("*.md"))
        chunks = [chunk for file in files for chunk in read_chunks(file)]
        loops().create({**wanted, "env_url": LOCAL, "env_type": LOCAL}, chunks)
    request_scan(PIPELINE)


def ended(tasks: Sequence[TaskProgress]) -> bool:
    """True when the loop has ended."""
    return _loop()["status"] in ENDED_LOOPS


def show(console: Console, work: DemoWork) -> None:
    """Show the recall by round, and questions whose section was not found."""
    console.rule("Loops")
    loop = _loop()
    if loop["error_message"]:
        console.print(harmless(loop["error_message"]), style="red", markup=False)
    result = report(mysql(), loop["id"])
    table = Table("round", "tested", "section found", "among the first", "MRR")
    for number, found in result.rounds.items():
        hits = found.chunk.hit_at[max(found.chunk.hit_at)]
        share = "–" if hits.value is None else f"{hits.value:.0%} ({hits.hits} of {hits.number})"
        mrr = "–" if found.chunk.mrr is None else f"{found.chunk.mrr:.2f}"
        table.add_row(str(number), str(found.tested), share, str(max(found.chunk.hit_at)), mrr)
    console.print(table)
    for row in result.missed[:MISSES]:
        text = harmless(f"missed: {row.question} ({row.file_name})")
        console.print(text, markup=False, highlight=False)
    console.print(
        f"All of it: ai-worker loops show {loop['id']}", style="dim", highlight=False, soft_wrap=True
    )


def _judge() -> str:
    """A judge configuration for the model of the demo."""
    provider = demo_provider()
    key, key_iv = sealed(key_of(provider).get_secret_value())
    id = new_id()
    loops().judges.insert(
        {
            "id": id,
            "name": MARK,
            "base_url": base_url_of(provider).rstrip("/") + _PATHS.get(provider, ""),
            "model": demo_models()[-1],
            "api_key_encrypted": key,
            "api_key_iv": key_iv,
        }
    )
    return id


def _loop() -> Row:
    """The loop that `load` created last.

    Raises:
        ConfigurationError: there is none.
    """
    found = [row for row in loops().loops.page(1, 100)[1] if row["name"] == MARK]
    if not found:
        raise ConfigurationError("there is no sample loop yet: `ai-worker demo --load` first")
    return found[0]
