import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from devtools import instance as instances
from devtools.children import started_at
from devtools.instance import Instance
from devtools.lock import AlreadyRunning, Lock
from devtools.ports import FIRST, LAST, LOOPBACK, accepts, free_port, is_free


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("0.0.0.0", 0)) as opened:
        yield opened


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(["sleep", "60"]) as started:
        yield started
        started.kill()


def test_a_free_port_is_one_that_outgoing_connections_never_take() -> None:
    port = free_port()
    assert FIRST <= port <= LAST
    assert not accepts(port)


def test_a_port_on_which_somebody_listens_is_not_free(listener: socket.socket) -> None:
    port = listener.getsockname()[1]
    assert accepts(port)
    assert not is_free(port)


def test_a_port_is_remembered_until_somebody_else_takes_it(tmp_path: Path) -> None:
    port = Instance(tmp_path).port("redis")
    assert Instance(tmp_path).port("redis") == port
    with socket.create_server((LOOPBACK, port)):
        assert Instance(tmp_path).port("redis") != port


def test_a_secret_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    secret = Instance(tmp_path).secret("mariadb")
    assert len(secret) >= 32
    assert Instance(tmp_path).secret("mariadb") == secret
    assert (tmp_path / "secrets.json").stat().st_mode & 0o777 == 0o600


def test_the_lock_names_its_holder_and_is_free_after_it(tmp_path: Path) -> None:
    with Lock(tmp_path / "lock"), pytest.raises(AlreadyRunning) as refused, Lock(tmp_path / "lock"):
        pass
    assert refused.value.pid == os.getpid()
    with Lock(tmp_path / "lock"):
        pass


def test_a_process_left_behind_is_stopped_once(tmp_path: Path, sleeper: subprocess.Popen[bytes]) -> None:
    Instance(tmp_path).remember("redis", sleeper.pid)
    assert Instance(tmp_path).stop_leftovers() == ["redis"]
    assert sleeper.wait(5) != 0
    assert Instance(tmp_path).stop_leftovers() == []


def test_a_number_that_another_process_got_is_left_alone(
    tmp_path: Path, sleeper: subprocess.Popen[bytes]
) -> None:
    earlier = Instance(tmp_path)
    earlier.remember("redis", sleeper.pid)
    state = (tmp_path / "state.json").read_text(encoding="utf-8").replace(str(started_at(sleeper.pid)), "1")
    (tmp_path / "state.json").write_text(state, encoding="utf-8")
    assert earlier.stop_leftovers() == []
    assert sleeper.poll() is None


def test_the_start_of_a_process_that_has_ended_is_unknown(sleeper: subprocess.Popen[bytes]) -> None:
    assert started_at(sleeper.pid)
    sleeper.kill()
    sleeper.wait()
    assert started_at(sleeper.pid) is None


def test_folders_of_killed_runs_are_removed_and_those_in_use_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(instances, "LOCAL", tmp_path)
    abandoned, in_use, young = (Instance(tmp_path / name) for name in ("test-old", "test-used", "test-young"))
    for made in (abandoned, in_use, young):
        with made.lock:
            made.secret("redis")
    holding = (
        f"import sys; from devtools.lock import Lock; "
        f"Lock(__import__('pathlib').Path({str(in_use.folder / 'lock')!r})).__enter__()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", f"{holding}; print(flush=True); sys.stdin.read()"], stdin=-1, stdout=-1
    )
    assert holder.stdout
    holder.stdout.readline()
    for made in (abandoned, in_use):
        os.utime(made.folder / "lock", (0, 0))
    instances.remove_abandoned()
    assert sorted(folder.name for folder in tmp_path.iterdir()) == ["test-used", "test-young"]
    holder.communicate()


@pytest.mark.parametrize("enough", [0, 2**60], ids=["room", "no room"])
def test_the_data_of_tests_lies_in_memory_where_there_is_room_and_is_gone_afterwards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, enough: int
) -> None:
    memory = tmp_path / "memory"
    memory.mkdir()
    for name, value in (("LOCAL", tmp_path / "local"), ("MEMORY", memory), ("ENOUGH", enough)):
        monkeypatch.setattr(instances, name, value)
    with instances.passing("test", in_memory=True) as made:
        data = made.folder / "data" / "redis"
        data.mkdir(parents=True)
        (data / "file").touch()
        assert data.resolve().is_relative_to(memory) == (enough == 0)
    assert not made.folder.exists()
    assert list(memory.iterdir()) == []


def test_the_data_of_an_abandoned_run_is_removed_from_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = tmp_path / "memory" / "of-test-old"
    memory.mkdir(parents=True)
    old = Instance(tmp_path / "test-old")
    old.secret("redis")
    with old.lock:
        (old.folder / "data").symlink_to(memory, target_is_directory=True)
    os.utime(old.folder / "lock", (1, 1))
    monkeypatch.setattr(instances, "LOCAL", tmp_path)
    instances.remove_abandoned()
    assert not old.folder.exists()
    assert not memory.exists()
