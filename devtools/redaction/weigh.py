"""Learns the weights of names from marked letters: `python -m devtools.redaction.weigh`, with numpy, scipy
and lightgbm; two minutes. With `--kept-aside` it learns without every third of the further letters, and only
prints how those fare.
"""

import sys
import zlib
from unittest.mock import patch

from ai_worker.llm.redaction.recognisers.people.han import chinese
from ai_worker.llm.redaction.recognisers.people.weighing import weighed
from ai_worker.llm.redaction.recognisers.weights.odds import DATA, SIZE, SIZE_HAN, Looks, Weights
from ai_worker.llm.redaction.redacting import spans_of
from devtools.redaction.examples import FURTHER, KEPT_ASIDE, examples_of_han, examples_of_words
from devtools.redaction.learning import Look, learnt, little, packed
from devtools.redaction.marked import Tally, letters
from devtools.redaction.measure import show

_WORDS = Look(SIZE, decay=5.0, trees=180, leaves=24)
_HAN = Look(SIZE_HAN, decay=3.0, trees=80, leaves=12)


def main() -> None:
    """Write the weights, or measure them."""
    kept_aside = "--kept-aside" in sys.argv
    words, han = (
        learnt([example for example in examples if not (kept_aside and example.aside)], look)
        for examples, look in ((examples_of_words(), _WORDS), (examples_of_han(), _HAN))
    )
    if kept_aside:
        _measure(Looks(Weights(words[0]), words[1]), Looks(Weights(han[0]), han[1]))
        return
    for name, (table, trees) in (("", words), ("chinese_", han)):
        for kind, content in (("weights", little(table)), ("trees", packed(trees))):
            path = DATA / f"{name}{kind}.bin"
            path.write_bytes(zlib.compress(content, 9))
            print(f"{path.name}: {path.stat().st_size} bytes")


def _measure(words: Looks, han: Looks) -> None:
    tally = Tally()
    with patch.object(weighed, "of_words", lambda: words), patch.object(chinese, "of_han", lambda: han):
        for path in sorted(FURTHER.glob("*.txt")):
            tally.read(path.stem, list(letters(path))[KEPT_ASIDE - 1 :: KEPT_ASIDE], spans_of)
    show(tally)


if __name__ == "__main__":
    main()
