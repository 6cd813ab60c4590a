"""The Compose file, the image and the workflow, held against their schemas and against what they start."""

import ast
import json
import re
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import jsonschema
import pytest
from ruamel.yaml import YAML

from ai_worker.pipelines import folders, load
from ai_worker.pipelines.assistants.options import AssistantSettings
from ai_worker.settings import Settings
from devtools.layout import ROOT
from devtools.processes import everything_else

VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?P<rest>[^}]*)\}")
SECRETS = re.compile(r".*(PASSWORD|AUTH|KEY|KEYS)")
STORES = {"redis", "mysql", "mongo"}
OF_WORLDS = {"kafka", "objects"}
SERVERS = STORES | OF_WORLDS
ONE_SHOT = {"migrate", "bucket"}
ROOTS = {"MYSQL_ROOT_PASSWORD", "MONGO_ROOT_PASSWORD"}
OF_OTHER_PROGRAMS = ROOTS | {"FLOWER_BASIC_AUTH", "METRICS_API_KEY", "GRAFANA_PASSWORD"}
OF_PAGES = {"flower": {"FLOWER_BASIC_AUTH"}, "api": {"API_KEYS", "PANEL_PROXY_SECRET"}}
"""Secrets that one process has and no other."""
OF_CALLS = {
    "MASTER_KEY",
    "GEMINI_API_KEY",
    "OPENAI_API_KEY",
    "PLATFORM_TOKEN",
    "MINIO_SECRET_KEY",
    "CALDAV_PASSWORD",
}
"""Secrets of calls that leave, for those processes alone that make them."""
MAKE_NO_CALLS = {"beat", "flower", "consumer"}


def read_yaml(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = YAML(typ="safe", pure=True).load((ROOT / name).read_text(encoding="utf-8"))
    return loaded


def schema(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(
        (files("check_jsonschema.builtin_schemas.vendor") / name).read_text(encoding="utf-8")
    )
    return loaded


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return read_yaml("docker-compose.yml")


@pytest.fixture(scope="module")
def services(compose: dict[str, Any]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = compose["services"]
    return found


@pytest.fixture(scope="module")
def ours(services: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {name: service for name, service in services.items() if name not in SERVERS}


def variables(text: str) -> list[tuple[str, str]]:
    return [(found["name"], found["rest"]) for found in VARIABLE.finditer(text)]


def seconds(duration: str) -> float:
    number, unit = re.fullmatch(r"(\d+)(s|m)", duration).groups()  # type: ignore[union-attr]
    return int(number) * {"s": 1, "m": 60}[unit]


def test_the_compose_file_is_valid_by_the_compose_specification(compose: dict[str, Any]) -> None:
    jsonschema.validate(compose, schema("compose-spec.json"))


def test_the_workflow_is_valid_by_githubs_schema() -> None:
    jsonschema.validate(read_yaml(".github/workflows/tests.yml"), schema("github-workflows.json"))


def test_the_whole_stack_is_there(services: dict[str, dict[str, Any]]) -> None:
    processes = {program.name for program in everything_else(ROOT, flower_port=1, api_port=2)}
    assert set(services) == SERVERS | processes | ONE_SHOT
    images = {name: services[name]["image"].partition(".")[0] for name in STORES}
    assert images == {"redis": "redis:7", "mysql": "mysql:8", "mongo": "mongo:7"}
    assert services["kafka"]["image"].startswith("apache/kafka:4.")
    assert "minio" not in services["objects"]["image"], "its server repository is archived"


def test_each_process_is_started_as_the_demo_starts_it(ours: dict[str, dict[str, Any]]) -> None:
    """The demo's commands run in the tests. Only sizes, addresses and places differ."""

    def options(command: list[str]) -> list[str]:
        text = " ".join(command).replace("ai_worker ", "ai-worker ")
        return sorted(re.sub(r"(-c|--schedule|--host|--port|--address)[ =]\S+", r"\1", text).split())

    for program in everything_else(ROOT, flower_port=1, api_port=2):
        assert options(ours[program.name]["command"]) == options(list(program.arguments)), program.name
    assert ours["migrate"]["command"] == ["ai-worker", "db", "upgrade"]


def test_every_service_restarts_and_every_lasting_one_is_checked(services: dict[str, dict[str, Any]]) -> None:
    for name, service in services.items():
        if name in ONE_SHOT:
            assert service["restart"] == "no"
            continue
        assert service["restart"] == "unless-stopped", name
        check = service["healthcheck"]
        assert check["test"][0] in ("CMD", "CMD-SHELL"), name
        assert seconds(check["timeout"]) <= seconds(check["interval"]), name


def test_a_workers_check_pings_that_worker(ours: dict[str, dict[str, Any]]) -> None:
    for name in ("items", "scans", "bulk", "quarantine"):
        node = ours[name]["command"][ours[name]["command"].index("-n") + 1]
        assert f'inspect ping -d "{node.replace("%h", "$$HOSTNAME")}"' in ours[name]["healthcheck"]["test"][1]


def test_workers_are_given_the_time_that_a_call_may_take(ours: dict[str, dict[str, Any]]) -> None:
    deadline = Settings.model_fields["model_deadline_seconds"].default
    for name in ("items", "scans", "bulk", "quarantine"):
        assert seconds(ours[name]["stop_grace_period"]) > deadline


def test_nothing_of_ours_starts_before_what_it_needs(ours: dict[str, dict[str, Any]]) -> None:
    assert ours["migrate"]["depends_on"]["mysql"]["condition"] == "service_healthy"
    assert ours["bucket"]["depends_on"]["objects"]["condition"] == "service_healthy"
    for name in set(ours) - ONE_SHOT:
        needs = ours[name]["depends_on"]
        assert needs["redis"]["condition"] == "service_healthy"
        assert needs["migrate"]["condition"] == "service_completed_successfully"


def test_a_store_runs_only_for_pipelines_that_use_it(services: dict[str, dict[str, Any]]) -> None:
    stores = {name: load(name).stores for name in folders()}
    for server, store in (("mysql", "mysql"), ("mongo", "mongo")):
        assert set(services[server]["profiles"]) == {
            name for name, needed in stores.items() if store in needed
        }
    worlds = {*OF_WORLDS, "bucket", "consumer"}
    assert {name for name in worlds if services[name]["profiles"] == ["worlds"]} == worlds
    for name, service in services.items():
        if name in {"mysql", "mongo"} | worlds:
            continue
        assert "profiles" not in service
        for store in {"mysql", "mongo", *OF_WORLDS} & set(service.get("depends_on", {})):
            assert service["depends_on"][store]["required"] is False, f"{name} could not run without {store}"
    assert "COMPOSE_PROFILES=${PIPELINES}" in (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()


def test_no_secret_has_a_default_and_none_is_written_down(services: dict[str, dict[str, Any]]) -> None:
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    wanted = {name for name, rest in variables(text) if SECRETS.fullmatch(name) and rest.startswith(":?")}
    assert wanted == {
        "REDIS_PASSWORD",
        "MYSQL_PASSWORD",
        "MYSQL_ROOT_PASSWORD",
        "MONGO_PASSWORD",
        "MONGO_ROOT_PASSWORD",
        "MINIO_ACCESS_KEY",
        "MINIO_SECRET_KEY",
        "FLOWER_BASIC_AUTH",
        "API_KEYS",
    }
    assert [
        name for name, rest in variables(text) if SECRETS.fullmatch(name) and not rest.startswith(":?")
    ] == []
    for name, service in services.items():
        for variable, value in service["environment"].items():
            if SECRETS.fullmatch(variable):
                assert value == "" or VARIABLE.fullmatch(value), f"{name}: {variable}"


def test_the_example_of_an_env_file_leaves_blank_what_is_required_and_repeats_the_defaults() -> None:
    values = env_example()
    for name, rest in variables((ROOT / "docker-compose.yml").read_text(encoding="utf-8")):
        assert values[name] in ("", rest.removeprefix(":-")), name


def env_example() -> dict[str, str]:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    return {
        name: value
        for name, _, value in (line.partition("=") for line in lines if line and not line.startswith("#"))
    }


def test_every_variable_that_our_processes_get_is_a_setting(ours: dict[str, dict[str, Any]]) -> None:
    groups = (Settings, AssistantSettings)
    known = {name.upper() for group in groups for name in group.model_fields} | OF_OTHER_PROGRAMS
    for name, service in ours.items():
        assert set(service["environment"]) <= known, name
        assert service["env_file"] == ".env"
        pages = {secret for secrets in OF_PAGES.values() for secret in secrets}
        for variable in (OF_OTHER_PROGRAMS | pages) - OF_PAGES.get(name, set()):
            assert service["environment"][variable] == "", f"{name} is handed {variable}"
    for name in MAKE_NO_CALLS:
        assert {ours[name]["environment"].get(variable) for variable in OF_CALLS} == {""}, name


def test_the_user_of_mongodb_administers_nothing(services: dict[str, dict[str, Any]]) -> None:
    given = services["mongo"]["environment"]
    assert given["MONGO_INITDB_ROOT_USERNAME"] != "${MONGO_USERNAME:-ai_worker}"
    assert "./deploy/mongo:/docker-entrypoint-initdb.d:ro" in services["mongo"]["volumes"]
    script = (ROOT / "deploy" / "mongo" / "application_user.js").read_text(encoding="utf-8")
    assert re.findall(r"roles: \[(.*)\]", script) == ['"readWriteAnyDatabase"']


def unit_files() -> dict[str, str]:
    found = (ROOT / "deploy" / "systemd").glob("*.service")
    return {path.stem.removeprefix("ai-worker-"): path.read_text(encoding="utf-8") for path in found}


def test_each_process_has_a_unit_of_systemd_that_starts_it_as_compose_does(
    ours: dict[str, dict[str, Any]],
) -> None:
    units = unit_files()
    assert set(units) == set(ours) - ONE_SHOT
    for name, text in units.items():
        assert "LimitNOFILE=65536" in text and "Restart=always" in text, name
        started = re.findall(r"^ExecStart=((?:.*\\\n)*.*)", text, flags=re.MULTILINE)[0]
        words = started.replace("\\\n", " ").replace("%%", "%").split()
        assert words[0].startswith("/opt/ai-worker/.venv/bin/"), name
        plain = [re.sub(r"^(--schedule|--address|--port|--host)\b.*", r"\1", word) for word in words[1:]]
        wanted = [word for word in ours[name]["command"] if word.startswith("-") and "=" not in word]
        assert [word for word in wanted if word not in plain] == [], name


def test_ports_are_published_on_loopback_alone(services: dict[str, dict[str, Any]]) -> None:
    values = env_example()
    published = {name: service["ports"] for name, service in services.items() if "ports" in service}
    assert set(published) == {"mysql", "mongo", "objects", "flower", "api"}
    for port in (port for ports in published.values() for port in ports):
        [(variable, rest)] = variables(port)
        assert rest.startswith(":-127.0.0.1:")
        assert rest == f":-{values[variable]}"


def test_our_processes_have_no_rights_that_they_do_not_need(ours: dict[str, dict[str, Any]]) -> None:
    for name, service in ours.items():
        assert service["read_only"] is True, name
        assert service["user"].split(":")[0] not in ("", "0", "root"), name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert all(volume.endswith(":ro") for volume in service["volumes"]), name


def test_every_container_knows_its_bounds(services: dict[str, dict[str, Any]]) -> None:
    for name in set(services) - ONE_SHOT:
        assert services[name]["deploy"]["resources"]["limits"]["memory"], name
    for name, service in services.items():
        assert service["logging"]["options"]["max-size"], name


def test_redis_keeps_what_it_is_given(services: dict[str, dict[str, Any]]) -> None:
    command = " ".join(services["redis"]["command"])
    assert "--maxmemory-policy noeviction" in command
    assert "--appendonly yes" in command
    volumes: Mapping[str, Any] = read_yaml("docker-compose.yml")["volumes"]
    for name in SERVERS:
        named = [volume.partition(":")[0] for volume in services[name]["volumes"] if volume[0] != "."]
        assert named and set(named) <= set(volumes), name


def instructions(stage: int) -> list[str]:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    stages = re.split(r"^(?=FROM )", text, flags=re.MULTILINE)[1:]
    return [line for line in stages[stage].splitlines() if line and not line.startswith("#")]


def test_the_image_is_made_of_files_that_are_there_and_sent_to_the_builder() -> None:
    sent = {
        line.removeprefix("!")
        for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
        if line.startswith("!")
    }
    copied = [name for line in instructions(0) if line.startswith("COPY ") for name in line.split()[1:-1]]
    assert sorted(copied) == sorted(sent)
    assert [name for name in copied if not (ROOT / name).exists()] == []
    assert "*" in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines(), (
        "secrets of .env would reach the builder"
    )


def test_the_image_runs_as_nobody_with_pinned_packages(ours: dict[str, dict[str, Any]]) -> None:
    build, image = instructions(0), instructions(1)
    assert any(
        "--constraint constraints.txt" in line and "--requirement requirements.txt" in line for line in build
    )
    assert f"USER {ours['items']['user']}" in image
    assert "PYTHONUNBUFFERED=1" in " ".join(image)
    assert {line for line in build + image if line.startswith("FROM ")} == {
        "FROM python:3.12-slim AS build",
        "FROM python:3.12-slim",
    }


def test_the_workflow_runs_every_test_on_the_servers_of_production(
    services: dict[str, dict[str, Any]],
) -> None:
    job = read_yaml(".github/workflows/tests.yml")["jobs"]["tests"]
    assert job["strategy"]["matrix"]["python"] == ["3.11", "3.12"]
    assert job["steps"][-1]["run"] == "python3 dev.py test"
    for name, service in job["services"].items():
        assert services[name]["image"].startswith(service["image"])
        assert "--health-cmd" in service["options"]
    assert set(job["services"]) == STORES
    assert job["env"]["CI"] == "true"
    assert {name.lower() for name in job["env"]} - {"ci"} <= set(Settings.model_fields)
    hosts = " ".join(str(job["env"][name]) for name in ("REDIS_URL", "MYSQL_HOST", "MONGODB_URI"))
    assert all(name in hosts for name in STORES)


def test_production_imports_nothing_that_is_not_installed_with_it() -> None:
    """The doubles, the offline model and the tests stay in the clone."""
    files_of = [*(ROOT / "ai_worker").rglob("*.py"), ROOT / "celery_config.py"]
    assert len(files_of) > 300
    for path in files_of:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert {name.partition(".")[0] for name in names}.isdisjoint({"devtools", "tests"}), path
