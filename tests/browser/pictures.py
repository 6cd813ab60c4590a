"""Screenshots in light, dark and on a phone, each page looked at by axe as well."""

from pathlib import Path

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page

PHONE = 390
TALL = 844


class Pictures:
    """Args:
    folder: where the pictures are kept.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._axe = Axe()

    def look(self, page: Page, name: str) -> None:
        """Take the page in light, dark and 390 px wide; axe finds nothing, and nothing is wider than the
        phone."""
        before = page.viewport_size
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            page.screenshot(path=self._folder / f"{name}-{scheme}.png", full_page=True)
            self._check(page, f"{name}, {scheme}")
        page.emulate_media(color_scheme="light")
        page.set_viewport_size({"width": PHONE, "height": TALL})
        page.screenshot(path=self._folder / f"{name}-phone.png", full_page=True)
        self._check(page, f"{name}, phone")
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= PHONE, f"{name} is {width} px wide on a phone"
        if before:
            page.set_viewport_size(before)

    def _check(self, page: Page, what: str) -> None:
        found = self._axe.run(
            page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
        )
        assert found.violations_count == 0, f"{what}: {found.generate_report()}"
