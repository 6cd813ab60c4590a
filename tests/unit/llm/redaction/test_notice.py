"""Data that was built from the work of others says so, with its licence."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[4]
RECOGNISERS = ROOT / "ai_worker" / "llm" / "redaction" / "recognisers"


def test_every_shipped_file_of_data_is_named_with_its_source_and_licence() -> None:
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    shipped = {path.name for path in RECOGNISERS.rglob("*") if path.suffix in (".bin", ".txt")}
    assert len(shipped) > 10
    assert shipped <= set(re.findall(r"\w+\.(?:bin|txt)", notice))
    assert "Attribution-ShareAlike 4.0" in notice and "wordfreq" in notice


def test_every_source_that_the_building_reads_is_named() -> None:
    listed = (ROOT / "devtools" / "redaction" / "requirements.txt").read_text(encoding="utf-8")
    notice = " ".join((ROOT / "NOTICE").read_text(encoding="utf-8").split())
    for name, version in re.findall(r"^(\w+)==(\S+)$", listed, re.M):
        assert f"{name} {version}".lower() in notice.lower()
