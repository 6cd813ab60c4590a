"""The pipeline of loops: its kinds of rows, each with its source, its work and its rounds."""

from dataclasses import replace
from functools import partial

from ai_worker.engine.contract.pipeline import Kind, Pipeline
from ai_worker.engine.contract.row import Claim, Result
from ai_worker.engine.sources.table_source import TableSource
from ai_worker.engine.worker.checkpoints import Checkpoints
from ai_worker.kit.attempt import Attempt
from ai_worker.llm.registry.catalogue import catalogued
from ai_worker.outbound.records.mysql_records import mysql_records
from ai_worker.pipelines.loops.control import LoopControl
from ai_worker.pipelines.loops.groups import RoundGroups
from ai_worker.pipelines.loops.lanes import Open, lanes_of_models, lanes_of_servers, lanes_of_steps
from ai_worker.pipelines.loops.outgoing import judge_model, open_ask
from ai_worker.pipelines.loops.ports import Ask, Once, every_time
from ai_worker.pipelines.loops.task_progress import task_progress
from ai_worker.pipelines.loops.work.kinds import (
    COMPARE,
    JUDGE,
    STEP,
    TEST,
    WRITE,
    Ports,
    RowKind,
    loop_check,
    worked,
)
from ai_worker.pipelines.loops.writing.language import load_identifier
from ai_worker.stores.mysql import mysql


def _work(kind: RowKind, claim: Claim) -> Result:
    """Work a row; what its calls took is stored with the outcome, also of a failure."""
    loop_id = str(claim.fields["loop_id"])
    attempt = Attempt.of(claim, pipeline="loops", task=loop_id, records=mysql_records(), redact=False)
    context = replace(attempt.context, before_call=loop_check(claim.fields, mysql()))

    def ask(claimed: Claim) -> Ask:
        return open_ask(judge_model(claimed.fields), context)

    with attempt.recorded():
        result = worked(kind, claim, Ports(mysql(), ask, lambda _: context), _once(kind, claim))
    return Result({**result.fields, **attempt.fields}, result.also)


def _once(kind: RowKind, claim: Claim) -> Once:
    return Checkpoints(PIPELINE.kind(kind.name).source, claim).once if kind.table.checkpoints else every_time


def _kind(
    kind: RowKind,
    open_lanes: Open,
    groups: RoundGroups,
) -> Kind:
    return Kind(
        name=kind.name,
        open_source=lambda: TableSource(mysql(), kind.table),
        work=partial(_work, kind),
        open_lanes=open_lanes,
        groups=groups,
    )


PIPELINE = Pipeline(
    name="loops",
    kinds=[
        _kind(STEP, lanes_of_steps, RoundGroups(scanned=True)),
        _kind(TEST, lanes_of_servers, RoundGroups(job="single_jump_task")),
        _kind(COMPARE, lanes_of_models, RoundGroups()),
        _kind(JUDGE, lanes_of_models, RoundGroups()),
        _kind(WRITE, lanes_of_models, RoundGroups(job="qa_gen_task")),
    ],
    stores=["mysql"],
    progress=task_progress,
    control=LoopControl(),
    records=lambda: [mysql_records()],
    models=catalogued,
    warm_up=load_identifier,
)
