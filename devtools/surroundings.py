"""The variables that AI Worker's processes get beside the servers' addresses."""

import os
import re
import shlex
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from devtools.instance import Instance
from devtools.layout import ON_WINDOWS, ROOT, venv_program
from devtools.ports import LOOPBACK
from devtools.processes import PIPELINES
from devtools.steps import shown

_GUARD = (
    "kill -0 {pid} 2>/dev/null || "
    "{{ echo 'AI Worker has stopped: these addresses lead nowhere' >&2; return 1; }}\n"
)


def model(environment: Mapping[str, str]) -> tuple[str, str]:
    """The model that is asked.

    Args:
        environment: a key or a base URL in it chooses a real model.

    Returns:
        The value of DEFAULT_PROVIDER, and a sentence about it.
    """
    if chosen := environment.get("DEFAULT_PROVIDER"):
        return chosen, f"the provider {chosen}, named by DEFAULT_PROVIDER"
    if environment.get("GEMINI_API_KEY"):
        return "gemini", "Google's Gemini, since GEMINI_API_KEY is set: this costs money"
    if address := environment.get("OPENAI_BASE_URL"):
        return (
            "openai",
            f"the OpenAI-compatible server at {urlsplit(address).hostname}, since OPENAI_BASE_URL is set",
        )
    return (
        "offline",
        "the offline model, which runs here and costs nothing (set GEMINI_API_KEY or "
        "OPENAI_BASE_URL for a real one)",
    )


def pipelines(environment: Mapping[str, str]) -> list[str]:
    """The pipelines that run: those of PIPELINES, else all of ours."""
    named = environment.get("PIPELINES") or ",".join(PIPELINES)
    return [name.strip() for name in named.split(",") if name.strip()]


def variables(instance: Instance, environment: Mapping[str, str]) -> dict[str, str]:
    """Addresses and keys of this run.

    Args:
        instance: keeps ports and the master key.
        environment: ours; what it sets is left as it is.
    """
    provider = model(environment)[0]
    found = {
        "PIPELINES": ",".join(pipelines(environment)),
        "OFFLINE_URL": f"http://{LOOPBACK}:{instance.port('offline')}",
        "DEFAULT_PROVIDER": provider,
        "API_HOST": LOOPBACK,
        "API_PORT": str(instance.port("api")),
        "MASTER_KEY": environment.get("MASTER_KEY") or instance.secret("master_key"),
        "PYTHONUNBUFFERED": "1",
    }
    if not environment.get("SCAN_SECONDS"):
        found["SCAN_SECONDS"] = "1"  # Of few rows a scan costs nothing, and whoever looks on sees them move.
    if not environment.get("API_GATEWAY_URL") and environment.get("PLATFORM", "gateway") == "gateway":
        double = {"API_GATEWAY_URL": f"http://{LOOPBACK}:{instance.port('platform')}"}
        found |= {**double, "PLATFORM_HONOURS_KEYS": "true"}
    if provider == "offline" and not environment.get("WORLDS_MODEL"):
        found["WORLDS_MODEL"] = "offline-large"
    return found


def given(environment: Mapping[str, str], made: Mapping[str, str]) -> dict[str, str]:
    """Everything that the running processes were given: what was made for them, and of our environment each
    setting of theirs.
    """
    names = re.findall(
        r"^([A-Z][A-Z0-9_]*)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE
    )
    ours = {name: environment[name] for name in names if environment.get(name)}
    return {**ours, **made}


def write_for_a_person(path: Path, values: Mapping[str, str]) -> str:
    """Write variables to a file, readable by its owner alone since it holds passwords. A shell that reads it
    after this process has ended is told so, and gets nothing.

    Returns:
        How to use the file.
    """
    with os.fdopen(
        os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8"
    ) as file:
        if not ON_WINDOWS:
            file.write(_GUARD.format(pid=os.getpid()))
        file.writelines(f"{name}={shlex.quote(value)}\n" for name, value in values.items())
    program = shown(venv_program("ai-worker"))
    if ON_WINDOWS:
        return (
            f"Get-Content {shown(path)} | ForEach-Object {{ $k, $v = $_ -split '=', 2; "
            f"Set-Item env:$k $v }}; {program} status"
        )
    return f"set -a; . {shown(path)}; set +a; {program} status"
