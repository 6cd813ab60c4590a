"""The panel's pages of loops: a form, rounds live, questions with filters, recall charts, control.

Entry: `PANEL`. It may not know sessions or the layout around a page, and it computes no metric of its own:
they come from `metrics`, in threads, since they read every tested question of a loop.
"""

from ai_worker.kit.panel import Link, PanelPages
from ai_worker.pipelines.loops.panel import form_pages, loop_pages, question_pages, recall_pages

for _further in (form_pages.reading, question_pages.reading, recall_pages.reading):
    loop_pages.reading.include_router(_further)
loop_pages.running.include_router(form_pages.running)

PANEL = PanelPages(
    routers={"read": loop_pages.reading, "run": loop_pages.running},
    links=(Link("Loops", "/panel/loops", "l"),),
    task_link=loop_pages.task_link,
    row_link=loop_pages.row_link,
    request_logs=lambda: ("mysql",),
)
