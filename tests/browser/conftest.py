"""Debian's Chromium on the panel, served by this process over real HTTP, on databases of the test's own."""

import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, sync_playwright

from ai_worker.app import PIPELINES
from ai_worker.pipelines import load
from ai_worker.settings import settings
from ai_worker.web.application import create_application
from devtools.layout import LOCAL, find_program
from devtools.ports import free_port
from devtools.system_packages import BROWSERS
from tests.browser.pictures import Pictures
from tests.integration.web.conftest import deploy, model
from tests.integration.web.deployment import Deployment
from tests.waiting import wait_until

__all__ = ["deploy", "model"]

READ, ANNA, BERT, RUN = (f"{name}-key-0123456789" for name in ("reader", "anna", "bert", "runner"))
KEYS = f"reader:read:{READ},anna:read+review:{ANNA},bert:read+review:{BERT},runner:read+run+review:{RUN}"
HOST = "127.0.0.1"


@dataclass
class Panel:
    """A served panel.

    Args:
        faults: requests to other hosts and errors on the console, over all pages of the test.
    """

    deployment: Deployment
    port: int
    faults: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"


@pytest.fixture(scope="session")
def chromium() -> Iterator[Callable[[], Browser]]:
    """The browser of all tests; another one where it has ended, so that one test's crash fails no other."""
    program = find_program(*BROWSERS)
    if program is None:
        pytest.fail("there is no Chromium: `python3 dev.py test` installs it (apt-get install chromium)")
    with sync_playwright() as playwright:
        running: list[Browser] = []

        def current() -> Browser:
            if not running or not running[-1].is_connected():
                # As root, in a container, Chromium's own sandbox cannot be made.
                arguments = ["--no-sandbox", "--disable-gpu"]
                running.append(playwright.chromium.launch(executable_path=program, args=arguments))
            return running[-1]

        yield current
        for browser in running:
            browser.close()


@pytest.fixture
def browser(chromium: Callable[[], Browser]) -> Browser:
    """A browser that runs."""
    return chromium()


@pytest.fixture
def further_settings() -> dict[str, str]:
    """What a module's panel has beside the corrections of every panel."""
    return {}


@pytest.fixture
def panel(deploy: Callable[..., Deployment], further_settings: dict[str, str]) -> Iterator[Panel]:
    deployment = deploy(api_keys=KEYS, api_requests_per_minute="100000", **further_settings)
    application = create_application(settings())
    port = free_port()
    server = uvicorn.Server(
        uvicorn.Config(application, host=HOST, port=port, log_config=None, access_log=False)
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    wait_until(lambda: server.started, "the panel", seconds=30)
    served = Panel(deployment, port)
    yield served
    application.state.stopping = True
    server.should_exit = True
    thread.join(timeout=30)
    assert not thread.is_alive()
    assert served.faults == []


@pytest.fixture
def open_page(browser: Browser, panel: Panel) -> Iterator[Callable[..., Page]]:
    """Opens a browser of its own, signed in with a key, whose faults are collected."""
    contexts: list[BrowserContext] = []

    def opened(key: str = ANNA, *, width: int = 1280) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 900})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        watch(page, panel)
        page.goto(f"{panel.url}/panel/sign-in")
        page.get_by_label("API key").fill(key)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/panel")
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def pictures(request: pytest.FixtureRequest) -> Pictures:
    """Where this test's screenshots are kept."""
    folder = Path(os.environ.get("SCREENSHOTS") or LOCAL / "screenshots") / request.node.name
    folder.mkdir(parents=True, exist_ok=True)
    return Pictures(folder)


def watch(page: Page, panel: Panel) -> None:
    """Collect what no page may do: ask another host, break its own policy, fail on the console."""

    def on_request(request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob", "about") and parts.netloc != f"{HOST}:{panel.port}":
            panel.faults.append(f"{page.url} asked {request.url}")

    def on_console(message: ConsoleMessage) -> None:
        # Refusals are pages like others: 403, 404, 409, 422.
        if message.type == "error" and "with a status of 4" not in message.text:
            panel.faults.append(f"{page.url}: {message.text}")

    page.on("request", on_request)
    page.on("console", on_console)
    page.on("pageerror", lambda fault: panel.faults.append(f"{page.url}: {fault}"))


@pytest.fixture
def switch_on() -> Iterator[Callable[[str], None]]:
    """Makes a pipeline known to this process, whose first import read other settings."""
    added: list[str] = []

    def switched(name: str) -> None:
        if name not in PIPELINES:
            PIPELINES[name] = load(name)
            added.append(name)

    yield switched
    for name in added:
        del PIPELINES[name]
