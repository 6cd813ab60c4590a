import re
from pathlib import Path

import pytest

from devtools.layout import ROOT

PINNED = re.compile(r"(?P<name>[\w-]+)==(?P<version>[\w.]+) +# \S.*")


def pins(name: str) -> dict[str, str]:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return {
        key.lower().replace("_", "-"): version
        for key, _, version in (line.partition(" ")[0].partition("==") for line in lines)
        if version
    }


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_is_pinned_and_says_what_it_is_for(name: str) -> None:
    lines = [
        line
        for line in Path(ROOT / name).read_text(encoding="utf-8").splitlines()
        if line and not line.startswith(("#", "-r "))
    ]
    assert [line for line in lines if not PINNED.fullmatch(line)] == []
    names = [line.partition("==")[0] for line in lines]
    assert len(names) == len(set(names)) > 10


def test_the_constraints_agree_with_the_requirements() -> None:
    direct = pins("requirements.txt") | pins("requirements-dev.txt")
    constraints = pins("constraints.txt")
    assert {name: constraints.get(name) for name in direct} == direct
