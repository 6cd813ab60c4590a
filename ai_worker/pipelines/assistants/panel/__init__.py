"""The panel's pages of assistants: forms with a live check of schemas, versions, where-used, a test chat.

Entry: `PANEL`. It may not know sessions or the layout around a page. Every change goes through the registry's
service, so that it makes a version as a change over HTTP does.
"""

from ai_worker.kit.panel import Link, PanelPages
from ai_worker.pipelines.assistants.panel import (
    assistant_pages,
    chat_pages,
    overview_pages,
    tool_pages,
    version_pages,
)

for _further in (assistant_pages, tool_pages, version_pages, chat_pages):
    overview_pages.reading.include_router(_further.reading)
for _further in (tool_pages, version_pages, chat_pages):
    assistant_pages.running.include_router(_further.running)

PANEL = PanelPages(
    routers={"read": overview_pages.reading, "run": assistant_pages.running},
    links=(Link("Assistants", "/panel/assistants", "s"),),
    task_link=overview_pages.task_link,
    request_logs=lambda: ("mysql",),
)
