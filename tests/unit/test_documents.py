"""The documents say what the code says: every setting, table, column, index, status, command, and every test
that a promise names.
"""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest
import typer
from pydantic_settings import BaseSettings
from typer.core import TyperGroup
from typer.main import get_command

import ai_worker
from ai_worker.cli.main import cli
from ai_worker.engine.contract.source import WORKER_LOST
from ai_worker.engine.sources.collection_rows import QUEUE_DOCUMENTS
from ai_worker.errors import WorkError
from ai_worker.outbound.records import mongo_records
from ai_worker.outbound.records.contract import Entry
from ai_worker.pipelines import folders, parts
from ai_worker.pipelines.corrections.statuses import ChangeStatus, ItemStatus, TaskStatus
from ai_worker.pipelines.evaluations import repository
from ai_worker.pipelines.evaluations.entries import entry_of, judge_entry
from ai_worker.pipelines.evaluations.judging import faults as transfer_faults
from ai_worker.pipelines.evaluations.judging import repository as judge_repository
from ai_worker.pipelines.evaluations.rerun.resetting import OF_AN_ANSWER
from ai_worker.pipelines.evaluations.schemas import EvaluationTask
from ai_worker.pipelines.evaluations.scoring import Kind
from ai_worker.pipelines.evaluations.scoring.registry import metrics
from ai_worker.pipelines.worlds.documents.job import new_job
from ai_worker.pipelines.worlds.documents.request import ApiRequest
from ai_worker.pipelines.worlds.documents.status import OUR_FIELDS, Order, new_status
from ai_worker.pipelines.worlds.limits import Limits
from ai_worker.pipelines.worlds.repository.indexes import INDEXES
from ai_worker.settings import Settings
from ai_worker.stores.existing_tables import declared
from ai_worker.stores.migrate import MIGRATIONS, statements_of
from devtools.layout import ROOT

WIDTH = 80
ENV_LINE = re.compile(r"([A-Z][A-Z0-9_]*)=(.*)")
OF_COMPOSE = "# --- Docker Compose alone"


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


# --- .env.example -------------------------------------------------------------------------------------------


def env_lines(part: str) -> dict[str, str]:
    return {found[1]: found[2] for line in part.splitlines() if (found := ENV_LINE.fullmatch(line))}


def settings_groups() -> list[type[BaseSettings]]:
    """The settings of all, and those that pipelines keep to themselves in a module `options`."""
    found: list[type[BaseSettings]] = [Settings]
    for _, module in parts(folders(), "options"):
        kinds = [kind for kind in vars(module).values() if isinstance(kind, type)]
        own = [kind for kind in kinds if kind.__module__ == module.__name__]
        found += [kind for kind in own if issubclass(kind, BaseSettings)]
    return found


def settings_part() -> str:
    before, marker, _ = text_of(".env.example").partition(OF_COMPOSE)
    assert marker
    return before


def test_the_example_of_an_env_file_names_every_setting_and_no_other() -> None:
    known = [name.upper() for group in settings_groups() for name in group.model_fields]
    assert set(env_lines(settings_part())) == set(known)
    assert len(known) == len(set(known))


@pytest.mark.parametrize("group", settings_groups())
def test_the_example_holds_the_defaults(group: type[BaseSettings], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in group.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    written = group(_env_file=ROOT / ".env.example")
    assert written.model_dump() == group.model_construct().model_dump()


def test_every_line_of_the_example_is_explained_or_belongs_to_the_one_above() -> None:
    lines = [line for line in text_of(".env.example").splitlines() if line]
    for before, line in pairwise(lines):
        if not line.startswith("#"):
            assert ENV_LINE.fullmatch(line), f"neither a comment nor NAME=value: {line}"
            assert before.startswith("# ") or before[:3] == line[:3], f"not explained: {line}"


def test_what_stands_for_compose_alone_is_read_by_the_compose_file() -> None:
    _, _, part = text_of(".env.example").partition(OF_COMPOSE)
    known_to_compose = {"COMPOSE_PROFILES"}
    files = text_of("docker-compose.yml") + text_of("deploy/monitoring.yml")
    secrets = re.findall(r"environment: ([A-Z_]+)$", files, re.MULTILINE)
    read = {*re.findall(r"\$\{(\w+)", files), *secrets}
    names = set(env_lines(part))
    assert names <= read | known_to_compose
    assert read <= names | set(env_lines(settings_part()))


# --- DB_Description.txt -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def statements() -> list[str]:
    return [
        statement
        for path in sorted(MIGRATIONS.glob("*.sql"))
        for statement in statements_of(path.read_text(encoding="utf-8"))
    ]


def sections(kind: str) -> dict[str, str]:
    """What is said of each table or collection; several that stand together share it."""
    found: dict[str, str] = {}
    waiting: list[str] = []
    for part in re.split(rf"^(?={kind} )", text_of("DB_Description.txt"), flags=re.MULTILINE)[1:]:
        heading, _, body = part.partition("\n")
        waiting.append(heading.removeprefix(f"{kind} "))
        if body.strip():
            found |= dict.fromkeys(waiting, re.split(r"^\S", body, maxsplit=1, flags=re.MULTILINE)[0])
            waiting = []
    return found


def described(body: str) -> dict[str, str]:
    """The names at the beginning of a section's lines, with what follows."""
    return dict(re.findall(r"^  (\w+) +(\S.*)$", body, flags=re.MULTILINE))


def test_every_column_is_described_with_its_type_and_no_other(statements: list[str]) -> None:
    tables = sections("TABLE")
    columns: dict[str, dict[str, str]] = {}
    dropped = {
        found[1] for statement in statements if (found := re.match(r"DROP TABLE IF EXISTS (\w+)", statement))
    }
    for column in declared(statements):
        if column.table in dropped:
            continue
        columns.setdefault(column.table, {})[column.name] = column.type
        line = described(tables[column.table]).get(column.name, "")
        assert line.split("(")[0].split(" ")[0] == column.type, (
            f"{column.table}.{column.name} {column.type}: {line!r}"
        )
    assert set(tables) == set(columns) | {"schema_migration"}
    typed = re.compile(r"[A-Z]+(\(\d\))? +[PRW]+ .*")
    for table, known in columns.items():
        said = {name for name, rest in described(tables[table]).items() if typed.fullmatch(rest)}
        assert said == set(known), table


def test_every_index_is_described(statements: list[str]) -> None:
    tables = sections("TABLE")
    for statement in statements:
        if found := re.match(r"ALTER TABLE (\w+) ADD (UNIQUE )?INDEX (\w+) \((.*)\)", statement):
            table, unique, name, columns = found.groups()
            line = described(tables[table])[name]
            assert line.startswith(f"({columns})"), f"{name}: {line}"
            assert ("unique" in line) is bool(unique)


def numbered(body: str) -> dict[int, str]:
    return {
        int(number): code for number, code in re.findall(r"^ {2,3}(\d+) ([A-Z_]+) ", body, flags=re.MULTILINE)
    }


def test_every_status_is_described() -> None:
    tables = sections("TABLE")
    assert numbered(tables["task"]) == {status.value: status.name for status in TaskStatus}
    assert numbered(tables["task_item"]) == {status.value: status.name for status in ItemStatus}
    joined = " ".join(tables["task_item_change"].split())
    assert ", ".join(f"{status.value} {status.name}" for status in ChangeStatus) in joined


def evaluation_task(**fields: Any) -> EvaluationTask:
    columns = {
        "include_column": "a",
        "exclude_column": "a",
        "rta_prompt": "p",
        "rta_model": "j",
        "temperature": 0.5,
        "seed": 1,
    }
    written = {
        "task_name": "t",
        "dataset_name": "d",
        "prompt": "p",
        "variables_cols": ["a"],
        "models": ["m"],
        "metric": "f1",
    }
    return EvaluationTask.model_validate({**written, **columns, **fields})


def test_every_field_of_evaluations_is_described() -> None:
    collections = sections("COLLECTION")
    assert {
        name for name, rest in described(collections["tasks"]).items() if re.match(r"[PRW]+ ", rest)
    } == set(EvaluationTask.model_fields)

    entries = [
        entry_of(evaluation_task(metric=metric), 0, {"a": "x"}, "m", 1)
        for metric in ("f1", "RtA", "include_exclude")
    ]
    wanted = {name for entry in entries for name in entry} | set(OF_AN_ANSWER) - {"owes_score"}
    assert wanted <= set(described(collections["queue_{task_name}"]))

    source = {**entries[1], "response": "r"}
    asked = {*judge_entry(source, "filled", "j", judgement=1), "owes_score"} - wanted
    assert asked <= set(described(collections["queue_rta_{task_name}"]))

    requests = {*Entry._fields, "created_at"}
    assert requests - {"request_id"} <= set(described(collections["api_requests_history"]))
    assert requests <= set(described(sections("TABLE")["api_requests_history"]))


def test_every_index_of_mongodb_is_described() -> None:
    models = [
        *QUEUE_DOCUMENTS.indexes,
        *repository.QUEUE_INDEXES,
        *judge_repository.JUDGE_INDEXES,
        *mongo_records.INDEXES,
    ]
    lines = described(text_of("DB_Description.txt").partition("6  MONGODB")[2])
    for document in (model.document for model in models):
        assert lines[document["name"]].startswith(f"({', '.join(document['key'])})"), document["name"]
    assert mongo_records.RETENTION in lines


def test_every_field_and_index_of_worlds_is_described() -> None:
    collections, now = sections("COLLECTION"), datetime.now(UTC)
    documents: dict[str, Any] = {
        "tasks (worlds)": new_job("j", "t", "w", {}, now),
        "world_generation_status": {
            **new_status("w", "j", Order("", 1, 1, Limits(1, 1)), now),
            **dict.fromkeys(OUR_FIELDS),
        },
        "api_requests_history (worlds)": ApiRequest("llm", "j", "w", "r", {}, None, 1, "e").document(now),
    }
    for name, document in documents.items():
        assert set(document) - set(described(collections[name])) == set(), name
    # Several collections have one name in two databases: what is said of one must not hide the other.
    assert "line_index" not in described(collections["tasks (worlds)"])
    for name, models in INDEXES.items():
        lines = described(collections.get(f"{name} (worlds)") or collections[name])
        for index in (model.document for model in models):
            assert lines[index["name"]].startswith(f"({', '.join(index['key'])})"), index["name"]


def test_the_words_of_evaluations_are_described_letter_for_letter() -> None:
    text = " ".join(text_of("DB_Description.txt").partition("6  MONGODB")[2].split())
    faults = [value for name, value in vars(transfer_faults).items() if name.isupper()]
    assert len(faults) == 5
    words = [*faults, *(kind.value for kind in Kind), *metrics(), *repository.NEVER, repository.STATE]
    assert [word for word in words if word not in text] == []


def failures() -> Iterator[type[WorkError]]:
    """Every failure that a row can be left with."""
    for module in pkgutil.walk_packages(ai_worker.__path__, "ai_worker."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)

    def below(kind: type[WorkError]) -> Iterator[type[WorkError]]:
        for child in kind.__subclasses__():
            yield child
            yield from below(child)

    of_requests = {"not_found", "conflict", "idempotency_key_reused"}
    for kind in below(WorkError):
        if kind.__module__.startswith("ai_worker.") and kind.error_class not in of_requests:
            yield kind


def test_every_error_class_is_described_with_what_becomes_of_the_row() -> None:
    _, _, rest = text_of("DB_Description.txt").partition("4  ERROR CLASSES")
    part = re.split(r"^5  ", rest, flags=re.MULTILINE)[0]
    groups = {
        label: " ".join(
            re.split(rf"^  {label} ", part, flags=re.MULTILINE)[1]
            .split("\n  a")[0]
            .split("\n  until")[0]
            .split("\n\n")[0]
            .split()
        )
        for label in (
            "without an attempt used",
            "until an age",
            "until a number of attempts",
            "at once",
            "after three lost workers",
        )
    }
    for kind in failures():
        label = "at once"
        if kind.retry:
            label = (
                "until an age"
                if kind.outage
                else "until a number of attempts"
                if kind.uses_attempt
                else "without an attempt used"
            )
        assert re.search(rf"\b{kind.error_class}\b", groups[label]), (
            f"{kind.error_class} is not said to be tried again {label!r}"
        )
    assert WORKER_LOST in groups["after three lost workers"]


# --- README.txt ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["README.txt", "DB_Description.txt", ".env.example"])
def test_lines_fit_a_terminal(name: str) -> None:
    assert [line for line in text_of(name).splitlines() if len(line) > WIDTH] == []


def whole_command_line() -> TyperGroup:
    root = get_command(cli)
    assert isinstance(root, TyperGroup)
    _import_all(root)
    return root


def _import_all(group: TyperGroup) -> None:
    """Groups import their commands when these are asked for."""
    group.list_commands(typer.Context(group))
    for command in group.commands.values():
        if isinstance(command, TyperGroup):
            _import_all(command)


def commands(group: TyperGroup, path: tuple[str, ...] = ()) -> Iterator[str]:
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from commands(command, (*path, name))
        else:
            yield " ".join((*path, name))


def test_every_command_is_described_and_no_other() -> None:
    root = whole_command_line()
    known = set(commands(root))
    readme = " ".join(text_of("README.txt").split())
    assert [command for command in known if f"ai-worker {command}" not in readme] == []
    groups = {command.partition(" ")[0] for command in known if " " in command}
    for first, second in re.findall(r"(?<!/)ai-worker (?!-)([a-z]+)(?: ([a-z][a-z-]*))?", readme):
        named = f"{first} {second}" if first in groups else first
        assert any(command == named or command.startswith(f"{named} ") for command in known), named


def test_every_option_that_is_shown_exists() -> None:
    root = whole_command_line()
    for line in re.findall(r"^  (ai-worker [a-z].*)$", text_of("README.txt"), flags=re.MULTILINE):
        words = line.split()[1:]
        command: Any = root
        while isinstance(command, TyperGroup):
            command = command.commands[words.pop(0)]
        options = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= options, line


def test_every_test_that_a_promise_names_exists() -> None:
    _, _, rest = text_of("README.txt").partition("2  WHAT IT PROMISES")
    promised = re.findall(r"^  (test_\w+)$", rest.partition("3  COMMANDS")[0], flags=re.MULTILINE)
    assert len(promised) > 10
    known = {
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert [name for name in promised if name not in known] == []


def test_the_lines_of_the_new_pipeline_are_those_of_the_example() -> None:
    _, _, rest = text_of("README.txt").partition("8  ADD A PIPELINE")
    code = text_of("examples/tickets.py")
    quoted = [line.strip() for line in rest.partition("9  WHEN")[0].splitlines() if line.startswith("     ")]
    assert len(quoted) >= 5
    assert [line for line in quoted if line not in code] == []


def test_the_files_that_are_named_exist() -> None:
    for name in ("README.txt", "DB_Description.txt", ".env.example"):
        for path in re.findall(r"\b(?:ai_worker|tests|examples|samples)/[\w/.]*[\w/]", text_of(name)):
            assert (ROOT / path).exists(), f"{name} names {path}"


def test_settings_that_are_named_exist() -> None:
    known = set(env_lines(text_of(".env.example")))
    of_others = {"AES_ENCRYPT", "AES_DECRYPT", "LAST_INSERT_ID", "UTC_TIMESTAMP", "RANDOM_BYTES", "MYSQL_PWD"}
    of_developers = {"REDIS_SERVER"}
    statuses = {*TaskStatus.__members__, *ItemStatus.__members__, "CURRENT_TIMESTAMP"}
    for name in ("README.txt", "DB_Description.txt"):
        named = set(re.findall(r"(?<![$%\w])[A-Z]+(?:_[A-Z]+)+\b(?!\*)", text_of(name)))
        unknown = {
            word
            for word in named - known - of_others - of_developers - statuses
            if not word.startswith(("MONGO_INITDB", "DB_D"))
        }
        assert unknown == set(), name
