import pytest

from ai_worker.errors import ConfigurationError
from ai_worker.pipelines.worlds.platform.gateway_paths import paths


def test_one_line_may_be_changed() -> None:
    found = paths({"create_post": "PUT /v2/posts"})
    assert found["create_post"] == ("PUT", "/v2/posts")
    assert found["confirm"] == ("POST", "/api/v1/media/confirm")


def test_a_path_may_be_missing() -> None:
    assert paths({"find_post": ""})["find_post"] == ("", "")


@pytest.mark.parametrize("changes", [{"bake": "GET /"}, {"confirm": "/api"}, {"confirm": "POST api"}])
def test_a_change_that_fits_nothing_is_named(changes: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError, match="PLATFORM_PATHS"):
        paths(changes)
