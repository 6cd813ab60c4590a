"""Learns the weights of names from marked letters: `python -m devtools.redaction.weigh`, with numpy and scipy;
two minutes. With `--kept-aside` it learns without every third of the further letters, and only prints how
those fare.
"""

import sys
import zlib
from array import array
from unittest.mock import patch

from ai_worker.llm.redaction.hiding import spans_of
from ai_worker.llm.redaction.recognisers.people.han import chinese
from ai_worker.llm.redaction.recognisers.people.weighing import weighed
from ai_worker.llm.redaction.recognisers.people.weighing.odds import (
    FILE,
    SIZE,
    SIZE_AGAIN,
    SIZE_HAN,
    SIZE_HAN_AGAIN,
    Weights,
)
from devtools.redaction.examples import FURTHER, KEPT_ASIDE, examples_of_han, examples_of_words
from devtools.redaction.learning import Look, learnt
from devtools.redaction.marked import Tally, letters
from devtools.redaction.measure import show

_WORDS = Look(SIZE, 5.0), Look(SIZE_AGAIN, 16.0)
_HAN = Look(SIZE_HAN, 3.0), Look(SIZE_HAN_AGAIN, 8.0)


def main() -> None:
    """Write the weights, or measure them."""
    kept_aside = "--kept-aside" in sys.argv
    tables = _tables(kept_aside=kept_aside)
    if kept_aside:
        _measure(tables)
        return
    FILE.write_bytes(zlib.compress(b"".join(_little(table) for table in tables), 9))
    print(f"{sum(step != 0 for table in tables for step in table)} weights, {FILE.stat().st_size} bytes")


def _tables(*, kept_aside: bool) -> list["array[int]"]:
    return [
        table
        for examples, looks in ((examples_of_words(), _WORDS), (examples_of_han(), _HAN))
        for table in learnt([example for example in examples if not (kept_aside and example.aside)], *looks)
    ]


def _little(table: "array[int]") -> bytes:
    if sys.byteorder == "big":
        table = array("h", table)
        table.byteswap()
    return table.tobytes()


def _measure(tables: list["array[int]"]) -> None:
    weights = tuple(map(Weights, tables))
    tally = Tally()
    with patch.object(weighed, "weights", lambda: weights), patch.object(chinese, "weights", lambda: weights):
        for path in sorted(FURTHER.glob("*.txt")):
            tally.read(path.stem, list(letters(path))[KEPT_ASIDE - 1 :: KEPT_ASIDE], spans_of)
    show(tally)


if __name__ == "__main__":
    main()
