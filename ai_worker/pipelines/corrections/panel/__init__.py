"""The panel's pages of corrections: tasks, review by keyboard, export with preview, import by upload.

Entry: `PANEL`. It may not know sessions, cookies or the layout around a page, and it decides nothing by
itself: decisions go through the services of reviewing, and every decision is kept so that it can be undone
until it is exported.
"""

from ai_worker.kit.panel import Link, PanelPages
from ai_worker.pipelines.corrections.panel import item_pages, list_pages, task_pages, transfer_pages

PANEL = PanelPages(
    routers={
        "read": task_pages.reading,
        "run": task_pages.running,
        "review": list_pages.reviewing,
    },
    links=(Link("Corrections", "/panel/corrections", "c"), Link("Review", "/panel/corrections/review", "r")),
    attention=task_pages.attention,
    task_link=task_pages.task_link,
    row_link=task_pages.row_link,
    request_logs=lambda: ("mysql",),
)
for _further in (list_pages.reading, item_pages.reading, transfer_pages.reading):
    task_pages.reading.include_router(_further)
task_pages.running.include_router(transfer_pages.running)
for _further in (item_pages.reviewing, transfer_pages.reviewing):
    list_pages.reviewing.include_router(_further)
