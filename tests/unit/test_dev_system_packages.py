from collections.abc import Iterator
from pathlib import Path

import pytest

from devtools import layout, system_packages
from devtools.servers import mariadb
from devtools.steps import StepFailed

NAMED = {"REDIS_URL": "redis://elsewhere/0", "MYSQL_HOST": "elsewhere", "MONGO_HOST": "elsewhere"}


@pytest.fixture
def bare_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """No program is installed but what the test puts into this folder."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(layout, "SYSTEM_FOLDERS", ())
    mariadb.program.cache_clear()
    yield tmp_path
    mariadb.program.cache_clear()


def install(folder: Path, name: str, says: str = "") -> None:
    program = folder / name
    program.write_text(f"#!/bin/sh\necho '{says}'\n", encoding="utf-8")
    program.chmod(0o755)


def test_no_install_lists_everything_that_is_missing_and_the_way_out(bare_machine: Path) -> None:
    with pytest.raises(StepFailed) as refused:
        system_packages.provide({}, may_install=False)
    message = str(refused.value)
    assert (
        "--no-install forbids to install it: redis-server mariadb-server-core mariadb-client-core" in message
    )
    assert "REDIS_URL" in message
    assert "MYSQL_HOST" in message


def test_a_machine_without_apt_get_is_told_what_to_install(bare_machine: Path) -> None:
    with pytest.raises(StepFailed, match="there is no apt-get: redis-server mariadb-server-core"):
        system_packages.provide({}, may_install=True)


def test_servers_that_the_environment_names_are_not_missing(bare_machine: Path) -> None:
    system_packages.provide(NAMED, may_install=False)
    with pytest.raises(StepFailed, match=r"to install it: redis-server\n"):
        system_packages.provide({**NAMED, "REDIS_URL": ""}, may_install=False)


def test_an_installed_mariadb_is_enough_under_its_old_name_too(bare_machine: Path) -> None:
    install(bare_machine, "redis-server")
    install(bare_machine, "mysqld", "mysqld  Ver 10.11.6-MariaDB for Linux")
    install(bare_machine, "mysql_install_db")
    system_packages.provide({}, may_install=False)


def test_a_mysqld_of_oracle_is_not_taken_for_mariadb(bare_machine: Path) -> None:
    install(bare_machine, "redis-server")
    install(bare_machine, "mysqld", "mysqld  Ver 8.0.39 for Linux (MySQL Community Server)")
    install(bare_machine, "mysql_install_db")
    with pytest.raises(StepFailed, match="mariadb-server-core"):
        system_packages.provide({}, may_install=False)


def test_windows_is_told_to_name_its_servers(bare_machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system_packages, "ON_WINDOWS", True)
    with pytest.raises(StepFailed) as refused:
        system_packages.provide({"MYSQL_HOST": "db"}, may_install=True)
    assert "missing: redis, mongodb" in str(refused.value)
    assert "REDIS_URL, MONGODB_URI" in str(refused.value)
    system_packages.provide(NAMED, may_install=True)


def test_what_the_tests_alone_need_is_looked_for_by_its_program(bare_machine: Path) -> None:
    system_packages.provide(NAMED, may_install=False)
    with pytest.raises(StepFailed, match=r"to install it: chromium prometheus nginx tinyproxy-bin\n"):
        system_packages.provide(NAMED, may_install=False, tests=True)
    install(bare_machine, "google-chrome")
    install(bare_machine, "nginx")
    with pytest.raises(StepFailed, match=r"to install it: prometheus tinyproxy-bin\n"):
        system_packages.provide(NAMED, may_install=False, tests=True)
