"""`ai-worker eval`: evaluations. Each command is imported when it is asked for."""

import typer

from ai_worker.kit.late_commands import late_group

group = typer.Typer(
    cls=late_group(
        "ai_worker.pipelines.evaluations.commands",
        init="init:init",
        run="run:run",
        tasks="queues:tasks",
        import_="data:import_",
        plan="plan:plan",
        apply="plan:apply",
        pause="control:pause",
        resume="control:resume",
        cancel="control:cancel",
        retry="again:retry",
        judges="judges:group",
        judge="again:judge",
        score="score:score",
        report="report:report",
        show="show:show",
        diff="show:diff",
        export="data:export",
        adopt="queues:adopt",
    ),
    help="Evaluations: scores, reports, judges, re-runs, data in and out.",
    no_args_is_help=True,
    # Typer takes what has neither commands nor this for a mistake.
    callback=lambda: None,
)
