"""Pictures of a world that lie in our own bucket, shown by the panel itself, and nothing else by that way."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from ai_worker.llm.images.picture import PictureRequest
from ai_worker.llm.images.placeholder import placeholder
from ai_worker.pipelines.worlds import dag
from ai_worker.pipelines.worlds.panel import pictures as served
from ai_worker.pipelines.worlds.platform.bindings import with_bucket
from ai_worker.pipelines.worlds.platform.gateway import Gateway, GatewaySettings
from ai_worker.pipelines.worlds.platform.media import BucketMedia
from ai_worker.stores import objects as bucket
from devtools.ports import free_port
from devtools.servers.objects import BUCKET, USER, MotoServer
from tests.browser.conftest import READ, Panel
from tests.browser.pictures import Pictures
from tests.browser.test_worlds import forget
from tests.integration.worlds.harness import Bench
from tests.waiting import wait_until
from tests.worlds.double import running

PASSWORD = "only-for-a-test"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MotoServer]:
    folder = tmp_path_factory.mktemp("objects")
    made = MotoServer(folder / "data", free_port(), folder / "log", password=PASSWORD)
    made.start()
    yield made
    made.kill()


@pytest.fixture
def further_settings(
    mongodb_uri: str, mongo_database: str, server: MotoServer, switch_on: Callable[[str], None]
) -> dict[str, str]:
    switch_on("worlds")
    names = {"mongo_db": mongo_database, "mongodb_database": mongo_database}
    keys = {"minio_access_key": USER, "minio_secret_key": PASSWORD, "minio_bucket": BUCKET}
    return {
        "pipelines": "corrections,worlds",
        "mongodb_uri": mongodb_uri,
        "minio_endpoint": server.address,
        **names,
        **keys,
    }


@pytest.fixture
def bench(panel: Panel, mongodb_uri: str, mongo_database: str) -> Iterator[Bench]:
    """Worlds whose pictures are put straight into the bucket."""
    forget()
    bucket._objects_of.cache_clear()
    with running() as platform:
        platform.memory.bucket = True
        gateway = Gateway(GatewaySettings(platform.url, seconds=5))
        made = Bench(mongodb_uri, mongo_database, with_bucket(gateway, BucketMedia(bucket.objects())))
        yield made
        made.client.close()
    bucket._objects_of.cache_clear()
    forget()


def test_pictures_are_seen_and_load_from_the_panel_alone(
    bench: Bench, panel: Panel, open_page: Callable[..., Page], pictures: Pictures
) -> None:
    world = bench.order(3, 4)
    bench.run()
    page = open_page(READ)
    page.goto(f"{panel.url}/panel/worlds/{world}")
    expect(page.get_by_role("img", name="header of the world")).to_be_visible()
    shown = page.locator(".pictures img")
    assert shown.count() == 2 + 3 + len(bench.jobs(world, dag.POST_IMAGE))
    person = bench.jobs(world, dag.CHARACTER)[0]["result"]["username"]
    expect(page.get_by_role("img", name=f"avatar of {person}")).to_have_count(1)
    # In one step of the page, which replaces what is live at any moment.
    page.evaluate("document.querySelector('.pictures').scrollIntoView()")
    drawn = "images => images.every(image => image.complete && image.naturalWidth > 0)"
    # Not `wait_for_function`: it evaluates text within the page, which the page's policy forbids.
    wait_until(lambda: shown.evaluate_all(drawn), "the pictures")
    pictures.look(page, "world_pictures")
    found = page.request.get(f"{panel.url}{shown.first.get_attribute('src')}")
    assert found.headers["content-type"] in ("image/png", "image/jpeg")
    assert found.headers["x-content-type-options"] == "nosniff"
    assert found.headers["content-security-policy"] == "default-src 'none'; sandbox"
    policy = page.request.get(page.url).headers["content-security-policy"]
    assert "img-src 'self' data:;" in policy and "default-src 'none'" in policy


def test_nothing_else_of_the_bucket_is_served(
    bench: Bench,
    panel: Panel,
    open_page: Callable[..., Page],
    server: MotoServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world, other = bench.order(1, 1), bench.order(1, 1)
    bench.run()
    job, strange = bench.jobs(world, dag.WORLD_IMAGE)[0], bench.jobs(other, dag.WORLD_IMAGE)[0]
    page = open_page(READ)

    def status(path: str = f"jobs/{job['_id']}/header_url") -> int:
        return page.request.get(f"{panel.url}/panel/worlds/{world}/{path}").status

    def holds(address: str) -> None:
        bench.tasks.update_one({"_id": job["_id"]}, {"$set": {"result.header_url": address}})

    assert status() == 200
    assert status(f"jobs/{job['_id']}/world_id") == 404
    assert status(f"jobs/{strange['_id']}/header_url") == 404, "another world's job"
    mine, base = bucket.objects(), bucket.objects().url("")
    holds(strange["result"]["header_url"])
    assert status() == 404, "another world's object"
    holds("http://127.0.0.1:1/header.png")
    assert status() == 404, "another host's"
    for content in (b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"<script>alert(1)</script>", b""):
        holds(mine.put(f"{world}/evil.png", content, "image/png"))
        assert status() == 404, content
    holds(f"{base}{world}/gone.png")
    assert status() == 404, "none there"
    picture = placeholder(PictureRequest("a", 32, 32), "b").content
    holds(mine.put(f"{world}/good.png", picture, "text/html"))
    assert status() == 200
    monkeypatch.setattr(served, "LARGEST", len(picture) - 1)
    assert status() == 404, "too large"
    page.context.clear_cookies()
    page.goto(f"{panel.url}/panel/worlds/{world}/jobs/{job['_id']}/header_url")
    assert page.url.startswith(f"{panel.url}/panel/sign-in"), "only who has signed in"


def test_a_bucket_that_is_away_spoils_one_picture_and_no_page(
    bench: Bench, panel: Panel, open_page: Callable[..., Page], monkeypatch: pytest.MonkeyPatch
) -> None:
    world = bench.order(1, 1)
    bench.run()
    job = bench.jobs(world, dag.WORLD_IMAGE)[0]
    address = job["result"]["header_url"]
    away = bucket.connect(f"127.0.0.1:{free_port()}", USER, PASSWORD, secure=False)
    monkeypatch.setattr(served, "objects", lambda: bucket.Objects(away, BUCKET, address))
    page = open_page(READ)
    found = page.request.get(f"{panel.url}/panel/worlds/{world}/jobs/{job['_id']}/header_url")
    assert found.status == 503
    assert page.request.get(f"{panel.url}/panel/worlds/{world}").status == 200
