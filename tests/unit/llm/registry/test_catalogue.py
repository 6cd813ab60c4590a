"""Models by name: from the file, behind it the settings; whatever is missing or wrong is named with its
fix.
"""

import os
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from ai_worker.errors import ConfigurationError
from ai_worker.llm.registry.catalogue import base_url_of, known_models, model_named
from ai_worker.outbound.endpoint import Limits, Price
from ai_worker.settings import settings

EXAMPLE = Path(__file__).parents[4] / "models.example.toml"


@pytest.fixture(autouse=True)
def surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A models file of this test's own, and settings read anew."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "models.toml"
    settings.cache_clear()
    yield path
    settings.cache_clear()


def written(path: Path, text: str) -> Path:
    """Write the file with a time of change of its own, as a person's next edit has."""
    stamp = path.stat().st_mtime_ns + 1_000_000 if path.exists() else 1_000_000_000
    path.write_text(text, encoding="utf-8")
    os.utime(path, ns=(stamp, stamp))
    return path


def test_every_field_of_the_file(surroundings: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_KEY", " key-of-mine\n")
    written(
        surroundings,
        """
        [models."m-1"]
        provider = "openai"
        base_url = "http://gpu:8000/v1"
        api_key_env = "SOME_KEY"
        requests_per_minute = 60
        tokens_per_minute = 100_000
        in_flight = 8
        price_input = "0.10"
        price_output = 2.5
        price_cached = 0.01
        deadline_seconds = 12.5
        max_input_tokens = 1000
        max_output_tokens = 500
        """,
    )
    model = model_named("m-1")
    assert (model.name, model.provider, model.base_url, model.key) == (
        "m-1",
        "openai",
        "http://gpu:8000/v1",
        "openai/m-1@gpu:8000#" + model.credential[:6],
    )
    assert model.api_key.get_secret_value() == "key-of-mine"
    assert model.limits == Limits(60, 100_000, 8)
    assert model.price == Price(Decimal("0.10"), Decimal("2.5"), Decimal("0.01"))
    assert (model.deadline_seconds, model.max_input_tokens, model.max_output_tokens) == (12.5, 1000, 500)
    assert "key-of-mine" not in repr(model)


def test_the_example_is_valid(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODELS_FILE", str(EXAMPLE))
    monkeypatch.setenv("GEMINI_API_KEY", "g")
    monkeypatch.setenv("API_URL", "http://api/ask")
    monkeypatch.setenv("OPENAI_API_KEY", "o")
    monkeypatch.setenv("AZURE_API_KEY", "a")
    monkeypatch.setenv("TEAM", "t")
    monkeypatch.setenv("ANTHROPIC_API_KEY", "c")
    price = model_named("gemini-2.5-pro").price
    assert price is not None
    assert (price.input, price.output, price.cached) == (Decimal("1.25"), Decimal("10.00"), Decimal("0.125"))
    assert [model_named(name).fault for name in known_models()] == [""] * 6
    assert model_named("llama-3.3-70b-instruct").api_key.get_secret_value() == ""
    assert model_named("anything else").provider == "prompt_api"


def test_a_model_that_is_not_listed_takes_the_files_default(
    surroundings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEFAULT_PROVIDER", "gemini")
    written(surroundings, '[default]\nprovider = "offline"')
    assert model_named("a").provider == "offline"


def test_without_a_file_the_settings_decide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEFAULT_PROVIDER", "offline")
    monkeypatch.setenv("OFFLINE_URL", "http://127.0.0.1:1234")
    monkeypatch.setenv("MODEL_DEADLINE_SECONDS", "7")
    model = model_named("a")
    assert (model.provider, model.base_url, model.deadline_seconds, model.price) == (
        "offline",
        "http://127.0.0.1:1234",
        7,
        None,
    )


def test_api_url_alone_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("API_URL", "http://api/ask")
    assert (model_named("a").provider, model_named("a").base_url) == ("prompt_api", "http://api/ask")


def test_an_unknown_model_without_a_default_names_file_and_fix() -> None:
    fault = model_named("who").fault
    assert re.search(r'unknown model \'who\': add \[models\."who"\].*models\.toml.*DEFAULT_PROVIDER', fault)


@pytest.mark.parametrize(
    ("content", "variable"),
    [
        ('[models.a]\nprovider = "gemini"', "GEMINI_API_KEY"),
        ('[models.a]\nprovider = "openai"', "OPENAI_API_KEY"),
        ('[models.a]\nprovider = "openai"\nbase_url = "http://x/v1"\napi_key_env = "MY_KEY"', "MY_KEY"),
    ],
)
def test_a_missing_key_names_its_variable(surroundings: Path, content: str, variable: str) -> None:
    written(surroundings, content)
    assert f"'a' needs a key: set {variable}" in model_named("a").fault


def test_a_server_of_ones_own_needs_no_key(surroundings: Path) -> None:
    written(surroundings, '[models.a]\nprovider = "openai"\nbase_url = "http://x/v1"')
    assert model_named("a").api_key.get_secret_value() == ""


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("requests_per_minut = 5", "'requests_per_minut': there is no such field"),
        ('requests_per_minute = "many"', "'requests_per_minute'"),
        ("requests_per_minute = 0", "'requests_per_minute'"),
        ("requests_per_minute = true", "'requests_per_minute'"),
        ('price_input = "cheap"', "'price_input'"),
        ("price_input = -1", "'price_input'"),
        ('provider = "claude"', "'provider'"),
        ('base_url = "gpu:8000"', "'base_url'"),
        ("deadline_seconds = 0", "'deadline_seconds'"),
    ],
)
def test_a_wrong_field_names_file_model_and_field(surroundings: Path, line: str, named: str) -> None:
    written(surroundings, f'[models."gpt-4.1"]\n{line}')
    fault = model_named("another").fault
    assert "models.toml" in fault and "model 'gpt-4.1'" in fault and named in fault


@pytest.mark.parametrize(
    ("content", "named"), [("[models", "is not TOML"), ("[defaults]\n", "defaults: there is no such field")]
)
def test_a_wrong_file_is_told(surroundings: Path, content: str, named: str) -> None:
    written(surroundings, content)
    assert named in model_named("a").fault


def test_an_edit_counts_at_once(surroundings: Path) -> None:
    written(surroundings, '[models.a]\nprovider = "offline"\nin_flight = 1')
    assert model_named("a").limits.in_flight == 1
    written(surroundings, '[models.a]\nprovider = "offline"\nin_flight = 2')
    assert model_named("a").limits.in_flight == 2


def test_base_urls_come_from_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    assert base_url_of("openai") == "https://api.openai.com/v1"
    with pytest.raises(ConfigurationError, match="API_URL"):
        base_url_of("prompt_api")


def test_an_unknown_default_provider_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEFAULT_PROVIDER", "claude")
    assert re.search(r"claude.*gemini", model_named("a").fault)


def test_how_one_models_server_wants_its_requests(
    surroundings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TENANT", "acme")
    written(
        surroundings,
        """
        [models.a]
        provider = "openai"
        base_url = "http://one:8000/v1"
        family = "vllm"
        headers = { X-Tenant = "${TENANT}" }
        body = { chat_template_kwargs = { enable_thinking = false } }
        omit = ["seed"]
        token_field = "max_new_tokens"
        structured = "json_object"
        stream = true
        idle_seconds = 20
        proxy = "none"
        price_input = 1
        price_output = 2
        price_cache_write = 3
        price_tiers = { flex = 0.5 }
        """,
    )
    model = model_named("a")
    dialect = model.dialect
    assert (model.fault, dialect.headers, dialect.omit) == ("", {"X-Tenant": "acme"}, frozenset({"seed"}))
    assert dialect.body == {"chat_template_kwargs": {"enable_thinking": False}}
    assert (dialect.token_field, dialect.structured, dialect.stream) == (
        "max_new_tokens",
        "json_object",
        True,
    )
    assert dialect.transport.proxy == "none"
    assert model.price == Price(Decimal(1), Decimal(2), written=Decimal(3), tiers={"flex": Decimal("0.5")})


def test_a_header_whose_variable_is_missing_closes_the_model(surroundings: Path) -> None:
    written(surroundings, '[models.a]\nprovider = "offline"\nheaders = { X-Tenant = "${NOT_SET_HERE}" }')
    assert "NOT_SET_HERE is not set" in model_named("a").fault


def test_what_one_process_lacks_closes_the_model_for_no_other(
    surroundings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Address and key are the same for all; a variable of a header is set in one process alone."""
    written(
        surroundings, '[models.m]\nprovider = "offline"\nheaders = { X-Team = "${TEAM_OF_THE_GATEWAY}" }\n'
    )
    without = model_named("m")
    monkeypatch.setenv("TEAM_OF_THE_GATEWAY", "blue")
    found = model_named("m")
    assert without.fault and not found.fault
    assert without.holds[-1] != found.holds[-1] and without.key != found.key


def test_two_servers_of_one_provider_are_two_models(surroundings: Path) -> None:
    written(
        surroundings,
        '[models.a]\nprovider = "openai"\nbase_url = "http://one/v1"\n[models.b]\nprovider = "openai"\n'
        'base_url = "http://two/v1"',
    )
    assert [model_named(name).key for name in "ab"] == ["openai/a@one", "openai/b@two"]


def test_another_key_is_another_gate_and_no_key_shows(
    surroundings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    holds = []
    for key in ("sk-first-000", "sk-second-00"):
        monkeypatch.setenv("GEMINI_API_KEY", key)
        settings.cache_clear()
        model = model_named("gemini-x") if written(surroundings, '[default]\nprovider = "gemini"') else None
        assert model is not None
        holds.append(model.asked_as)
        assert key not in repr(model) and key not in "".join(model.holds)
    assert model is not None and holds[0] != holds[1] and model.key == "gemini/gemini-x"
