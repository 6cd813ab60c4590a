"""The options of the command line."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Options:
    """One run of benchmarks.

    Args:
        runs: of every engine; medians are shown.
        scale: the share of the usual numbers of rows.
        peers_python: the Python of the peers' environment, or None.
    """

    runs: int
    scale: float
    peers_python: Path | None

    def rows(self, usual: int) -> int:
        """The number of rows to take in place of the usual `usual`."""
        return max(20, int(usual * self.scale))
