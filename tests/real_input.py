"""Where real input lies, for tests that use it where it is present."""

from pathlib import Path

_ROOT = Path(__file__).resolve().parents[1]
_PLACES = [folder / "shared" / "data" for folder in (_ROOT.parent, _ROOT.parent.parent)]

REAL_INPUT = next((place for place in _PLACES if place.is_dir()), _PLACES[0])
"""Beside the repository, or beside the folder of its worktrees."""
