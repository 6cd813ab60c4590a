"""The panel as a pipeline sees it: pages, live fragments and what a pipeline contributes.

Entry: `PanelPages`, which `ai_worker/pipelines/NAME/panel` holds as `PANEL`. It may not know templates'
surroundings, sessions or any other part of the web floor: those are put around a page when it is sent.
"""

from ai_worker.kit.panel.contract import Attention, Link, PanelPages
from ai_worker.kit.panel.jobs import Job, Jobs
from ai_worker.kit.panel.live import Fragment, follow
from ai_worker.kit.panel.page import Page, Renderer, changes_nothing, client_name, note, redirect

__all__ = [
    "Attention",
    "Fragment",
    "Job",
    "Jobs",
    "Link",
    "Page",
    "PanelPages",
    "Renderer",
    "changes_nothing",
    "client_name",
    "follow",
    "note",
    "redirect",
]
