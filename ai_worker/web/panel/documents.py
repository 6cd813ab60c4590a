"""/docs without a CDN: Swagger UI's own files as the package fastapi-offline ships them, started by a script
of ours.
"""

from importlib.resources import files
from pathlib import Path

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from ai_worker.kit.panel import Page

ASSETS = "/docs/assets"


def install(application: FastAPI) -> None:
    """Add the page and its files."""
    folder = Path(str(files("fastapi_offline"))) / "static"
    application.mount(ASSETS, StaticFiles(directory=folder))
    application.add_api_route("/docs", _page, include_in_schema=False)


def _page() -> Page:
    return Page("docs.html", {"assets": ASSETS})
