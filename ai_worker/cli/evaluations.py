"""`ai-worker eval`: evaluations, put together here."""

import typer

from ai_worker.cli import evaluation_again, evaluation_data, evaluation_plan, evaluation_queues, evaluation_report, evaluation_score

group = typer.Typer(help="Evaluations: scores, reports, judges, re-runs, data in and out.", no_args_is_help=True)
group.command("tasks")(evaluation_queues.tasks)
group.command("import")(evaluation_data.import_)
group.command("plan")(evaluation_plan.plan)
group.command("apply")(evaluation_plan.apply)
group.command("retry")(evaluation_again.retry)
group.command("judge")(evaluation_again.judge)
group.command("score")(evaluation_score.score)
group.command("report")(evaluation_report.report)
group.command("export")(evaluation_data.export)
group.command("adopt")(evaluation_queues.adopt)
