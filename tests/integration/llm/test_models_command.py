"""`ai-worker models`: one screen that says what works, and a closed model that is asked again at once."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from typer.testing import CliRunner

from ai_worker.cli.operations import models
from ai_worker.errors import NotFound
from ai_worker.llm import adaptation
from ai_worker.llm.model import Model
from ai_worker.outbound.limits.local_limiter import LocalLimiter
from ai_worker.settings import settings
from tests.integration.conftest import use_limiter
from tests.offline_model import OfflineModel


@pytest.fixture
def limiter(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[LocalLimiter]:
    made = LocalLimiter()
    use_limiter(monkeypatch, made)
    monkeypatch.setattr(models, "limiter", lambda: made)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PIPELINES", "evaluations")
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("MODELS_FILE", "models.toml")
    settings.cache_clear()
    adaptation.forget()
    yield made
    made.close()
    settings.cache_clear()


def test_each_model_is_asked_plain_and_structured(limiter: LocalLimiter, offline: OfflineModel) -> None:
    Path("models.toml").write_text(
        f'[models.tiny]\nprovider = "openai"\nbase_url = "{offline.url}/v1"\n'
        "price_input = 1\nprice_output = 2\n"
        '[models.locked]\nprovider = "gemini"\n',
        encoding="utf-8",
    )
    refusal = {"error": {"message": "Unsupported parameter: max_tokens"}}
    offline.tell({"fault": "400", "body": refusal, "times": 1})
    shown = CliRunner().invoke(models.group, ["check"])
    assert shown.exit_code == 1, "one of them does not work"
    lines = shown.output.splitlines()
    tiny = next(line for line in lines if "openai/tiny" in line)
    assert tiny.count("works") == 2
    assert "max_completion_tokens" in shown.output and "GEMINI_API_KEY" in shown.output
    assert CliRunner().invoke(models.group, ["check", "tiny"]).exit_code == 0
    assert isinstance(CliRunner().invoke(models.group, ["check", "nobody"]).exception, NotFound)


@pytest.mark.parametrize("name", ["m", "openai/m", "m@gpu:8000"])
def test_a_closed_model_is_reopened_by_its_name(limiter: LocalLimiter, name: str) -> None:
    label = "@gpu:8000" if "gpu" in name else ""
    model = Model("m", "openai", "http://gpu:8000/v1", SecretStr("k"), credential="c", label=label)
    permit = limiter.acquire(model)
    limiter.shut(model, "unauthorized: 401", by=permit)
    limiter.give_back(permit)
    assert limiter.availability([model], 0)[model.key].closed
    shown = CliRunner().invoke(models.group, ["reopen", name])
    assert shown.exit_code == 0 and "may be asked again" in shown.output
    limiter.settle(limiter.acquire(model))
    assert isinstance(CliRunner().invoke(models.group, ["reopen", "nobody"]).exception, NotFound)
