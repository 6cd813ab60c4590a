"""The panel's pages of evaluations: tasks, reports with intervals and plots, samples, plan and apply.

Entry: `PANEL`. It may not know sessions or the layout around a page, and it computes nothing of its own:
reports, verdicts and plans come from the rooms of evaluations, in threads where they read a whole queue.
"""

from ai_worker.kit.panel import Link, PanelPages
from ai_worker.pipelines.evaluations.panel import plan_pages, report_pages, sample_pages
from ai_worker.settings import settings

report_pages.reading.include_router(sample_pages.reading)
report_pages.reading.include_router(plan_pages.reading)
sample_pages.running.include_router(plan_pages.running)

PANEL = PanelPages(
    routers={"read": report_pages.reading, "run": sample_pages.running},
    links=(Link("Evaluations", "/panel/evaluations", "e"),),
    task_link=report_pages.task_link,
    row_link=sample_pages.row_link,
    request_logs=lambda: settings().evaluation_databases,
)
