"""Owners of leases, told from their tokens: only what has certainly ended is gone."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ai_worker.engine.contract import owner

PRINT = "from ai_worker.engine.contract.owner import new_token; print(new_token(), flush=True)"


def child(then: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", f"{PRINT}; {then}"],
        stdout=subprocess.PIPE,
        stdin=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[3],
    )


def owner_of(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline()[: owner.OWNER]


def test_tokens_fill_their_column_and_differ() -> None:
    tokens = {owner.new_token() for _ in range(1000)}
    assert len(tokens) == 1000
    assert {len(token) for token in tokens} == {32}
    assert {token[: owner.OWNER] for token in tokens} == {owner.new_token()[: owner.OWNER]}


def test_a_process_is_gone_once_it_has_ended_and_not_before() -> None:
    with child("input()") as living:
        name = owner_of(living)
        assert not owner.is_gone(name)
        living.kill()
        living.wait()
        assert owner.is_gone(name)
    assert not owner.is_gone(owner.new_token()[: owner.OWNER])


def test_a_killed_process_that_nobody_has_reaped_is_gone() -> None:
    with child("import os; os.kill(os.getpid(), 9)") as dead:
        name = owner_of(dead)
        os.waitid(os.P_PID, dead.pid, os.WEXITED | os.WNOWAIT)
        assert owner.is_gone(name)


def test_an_id_that_another_process_has_now_is_no_sign_of_life() -> None:
    mine = owner.new_token()[: owner.OWNER]
    other_start = f"{(int(mine[-4:], 16) + 1) % 16**4:04x}"
    assert owner.is_gone(f"{mine[:-4]}{other_start}")


def test_nothing_is_known_of_another_machine_or_container() -> None:
    mine = owner.new_token()[: owner.OWNER]
    place = f"{(int(mine[:8], 16) + 1) % 16**8:08x}"
    assert not owner.is_gone(f"{place}3fffff0000")


def test_nothing_is_known_where_processes_cannot_be_told_apart(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(owner, "_BOOT_ID", tmp_path / "none")
    owner._mine.cache_clear()
    try:
        assert (owner.place(), len(owner.new_token())) == ("", 32)
        assert not owner.is_gone(owner.new_token()[: owner.OWNER])
    finally:
        owner._mine.cache_clear()
