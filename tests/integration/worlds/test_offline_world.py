"""A world by the offline model, over real HTTP on both sides: what the demo shows."""

import secrets

import pytest
from pydantic import SecretStr

from ai_worker.llm.model import Model, Provider
from ai_worker.pipelines.worlds.view import view_of
from tests.integration.worlds.harness import Bench
from tests.offline_model import OfflineModel
from tests.worlds.double import Double

PATHS = {"gemini": "", "openai": "/v1"}


@pytest.mark.parametrize("provider", ["gemini", "openai"])
def test_three_people_and_five_posts(
    bench: Bench, double: Double, offline: OfflineModel, provider: Provider
) -> None:
    name = f"m-{secrets.token_hex(4)}"
    bench.model = Model(name, provider, offline.url + PATHS[provider], SecretStr("k"), deadline_seconds=10)
    world = bench.order(3, 5)
    bench.run()
    shown = view_of(bench.repository, world)
    assert shown.failures == {}
    assert shown.name and len({person["username"] for person in shown.people}) == 3
    assert len([post for post in shown.posts if post["content"]]) == 5
    assert (shown.status["users_created"], shown.status["posts_created"]) == (3, 5)
    assert shown.status["api_calls_made_LLM"] == 3 + 3 * 3 + 2 * 5, "no answer had to be repaired"
    assert {one.display_name for one in double.memory.characters.values()} == {
        person["display_name"] for person in shown.people
    }
