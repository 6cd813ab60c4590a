"""`ai-worker eval`: evaluations, put together here."""

import typer

from ai_worker.pipelines.evaluations.commands import (
    again,
    control,
    data,
    init,
    judges,
    plan,
    queues,
    report,
    run,
    score,
    show,
)

group = typer.Typer(
    help="Evaluations: scores, reports, judges, re-runs, data in and out.", no_args_is_help=True
)
group.command("init")(init.init)
group.command("run")(run.run)
group.command("tasks")(queues.tasks)
group.command("import")(data.import_)
group.command("plan")(plan.plan)
group.command("apply")(plan.apply)
group.command("pause")(control.pause)
group.command("resume")(control.resume)
group.command("cancel")(control.cancel)
group.command("retry")(again.retry)
group.add_typer(judges.group, name="judges")
group.command("judge")(again.judge)
group.command("score")(score.score)
group.command("report")(report.report)
group.command("show")(show.show)
group.command("diff")(show.diff)
group.command("export")(data.export)
group.command("adopt")(queues.adopt)
