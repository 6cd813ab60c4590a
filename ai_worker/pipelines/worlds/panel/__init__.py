"""The panel's pages of worlds: the newest ones, and one world live with jobs, people, pictures and posts.

Entry: `PANEL`. It may not know sessions or the layout around a page, and it changes worlds by their control
alone, except for the retry of a branch.
"""

from ai_worker.kit.panel import Link, PanelPages
from ai_worker.pipelines.worlds.panel import pictures, world_pages
from ai_worker.settings import settings

PANEL = PanelPages(
    routers={"read": world_pages.reading, "run": world_pages.running},
    links=(Link("Worlds", "/panel/worlds", "w"),),
    task_link=world_pages.world_path,
    row_link=world_pages.row_link,
    request_logs=lambda: (settings().mongo_db,),
)
world_pages.reading.include_router(pictures.reading)
