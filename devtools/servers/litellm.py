"""LiteLLM's proxy, answering by mock: the gateway before which many of our users put their models.

It lives in a virtual environment of its own, which `dev.py test` makes for the whole suite.
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.request import ProxyHandler, build_opener

from devtools.layout import LOCAL, LOGS
from devtools.lock import Lock
from devtools.ports import LOOPBACK
from devtools.servers.server import Server
from devtools.steps import run_logged

VENV = LOCAL / "litellm"
PROGRAM = VENV / "bin" / "litellm"
REQUIREMENTS = Path(__file__).with_name("litellm-requirements.txt")
_STAMP = VENV / "installed.txt"


def available() -> bool:
    """Return whether it is installed, in the version that is wanted."""
    return PROGRAM.exists() and _STAMP.exists() and _STAMP.read_bytes() == REQUIREMENTS.read_bytes()


def install() -> None:
    """Make its environment; nothing to do where it is there.

    Raises:
        StepFailed: venv or pip failed.
    """
    with Lock(LOCAL / "litellm.lock", wait=True):
        if available():
            return
        log = LOGS / "litellm.log"
        fix = "see the log; `python3 dev.py test` with arguments does without it"
        made: list[str | Path] = [sys.executable, "-m", "venv", "--clear", VENV]
        run_logged("Make a virtual environment for LiteLLM's proxy", made, log=log, fix=fix)
        # Most of it is never imported: what is, is compiled then.
        pip: list[str | Path] = [VENV / "bin" / "pip", "install", "--disable-pip-version-check", "--no-input"]
        listed: list[str | Path] = ["--no-compile", "--no-deps", "--requirement", REQUIREMENTS]
        run_logged("Install LiteLLM's proxy for the tests", [*pip, *listed], log=log, fix=fix)
        _STAMP.write_bytes(REQUIREMENTS.read_bytes())


class LiteLLM(Server):
    """The proxy.

    Args:
        models: by name, the `litellm_params` of each.
        key: that it wants of those who ask.
    """

    name = "litellm"
    ready_seconds = 240

    def __init__(
        self, folder: Path, port: int, log: Path, *, models: Mapping[str, Mapping[str, Any]], key: str
    ) -> None:
        super().__init__(folder, port, log)
        self._models, self._key = models, key

    def prepare(self) -> None:
        """Write its configuration; JSON is YAML."""
        self.folder.mkdir(parents=True, exist_ok=True)
        listed = [{"model_name": name, "litellm_params": how} for name, how in self._models.items()]
        settings = {
            "model_list": listed,
            "litellm_settings": {"num_retries": 0},
            "general_settings": {"master_key": self._key},
        }
        (self.folder / "config.yaml").write_text(json.dumps(settings), encoding="utf-8")

    def command(self) -> list[str | Path]:
        """`litellm` with that configuration."""
        config = self.folder / "config.yaml"
        # Neither its prices nor its news come from the network.
        local = ["env", "LITELLM_LOCAL_MODEL_COST_MAP=True", "LITELLM_TELEMETRY=False"]
        return [*local, PROGRAM, "--config", config, "--host", LOOPBACK, "--port", str(self.port)]

    def answers(self) -> bool:
        """Return whether it says that it lives."""
        with build_opener(ProxyHandler({})).open(f"{self.url}/health/liveliness", timeout=5) as response:
            return bool(response.status == 200)

    @property
    def url(self) -> str:
        """Its address, without the version."""
        return f"http://{self.address}"

    def environment(self) -> dict[str, str]:
        """The variables of OpenAI's form."""
        return {"OPENAI_BASE_URL": f"{self.url}/v1", "OPENAI_API_KEY": self._key}
