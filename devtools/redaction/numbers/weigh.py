"""Learns the weights of numbers from marked letters: `python -m devtools.redaction.numbers.weigh`, with
numpy, scipy and lightgbm; a minute. Run it after `devtools.redaction.weigh`: the names that are found are
features of the numbers beside them.

With `--also FOLDER…` it learns from these letters too. With `--folds` it writes nothing, and prints how each
folder fares by weights that were learnt without the text in question; with `--missed`, each fault.
"""

import sys
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from unittest.mock import patch

from ai_worker.llm.redaction.recognisers.digits.weighing import weighed
from ai_worker.llm.redaction.recognisers.weights.odds import DATA, SIZE_KINDS, SIZE_NUMBERS, Weights
from ai_worker.llm.redaction.redacting import spans_of
from devtools.redaction.learning import Look, little, weights_of
from devtools.redaction.marked import Tally, letters
from devtools.redaction.measure import show
from devtools.redaction.numbers.examples import FOLDERS, Piece, example_of_kinds, examples, pieces_of

_NUMBERS = Look(SIZE_NUMBERS, decay=4.0)
_KINDS = Look(SIZE_KINDS, decay=4.0)
_FOLDS = 5


def main() -> None:
    """Write the weights, or measure them."""
    also = sys.argv.index("--also") if "--also" in sys.argv else len(sys.argv)
    folders = (*FOLDERS, *(Path(name) for name in sys.argv[also + 1 :] if not name.startswith("--")))
    pieces = list(pieces_of(folders))
    if "--folds" in sys.argv:
        _measure(folders, pieces)
        return
    learnt = (
        ("number_weights.bin", weights_of([made for piece in pieces for made in examples(piece)], _NUMBERS)),
        ("number_kinds.bin", weights_of([example_of_kinds(piece) for piece in pieces], _KINDS)),
    )
    for name, table in learnt:
        path = DATA / name
        path.write_bytes(zlib.compress(little(table), 9))
        print(f"{name}: {path.stat().st_size} bytes")


def _measure(folders: Sequence[Path], pieces: Sequence[Piece]) -> None:
    tallies = {folder: Tally() for folder in folders}
    made = [(piece.text, example) for piece in pieces for example in examples(piece)]
    for fold in range(_FOLDS):
        table = weights_of([example for text, example in made if text % _FOLDS != fold], _NUMBERS)
        weights = Weights(table)
        with patch.object(weighed, "of_numbers", lambda weights=weights: weights):
            for folder, tally in tallies.items():
                for path in sorted(folder.glob("*.txt")):
                    chosen = (
                        (text, items)
                        for text, items in letters(path)
                        if zlib.crc32(text.encode()) % _FOLDS == fold
                    )
                    tally.read(path.stem, chosen, spans_of)
    for folder, tally in tallies.items():
        print(f"== {folder}")
        show(tally)
        if "--missed" in sys.argv:
            print(*_faults(tally), sep="\n")


def _faults(tally: Tally) -> Iterator[str]:
    yield from tally.missed
    for wrong in tally.wrong:
        yield f"FALSE {wrong}"


if __name__ == "__main__":
    main()
