"""`ai-worker eval`: evaluations, put together here."""

import typer

from ai_worker.cli import evaluation_report, evaluation_score

group = typer.Typer(help="Evaluations: scores, reports, judges, re-runs, data in and out.", no_args_is_help=True)
group.command("score")(evaluation_score.score)
group.command("report")(evaluation_report.report)
