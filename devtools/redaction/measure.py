"""The share of the marked items that redaction hides, and its false placeholders in ordinary texts: `python
-m devtools.redaction.measure FOLDER…`.

A folder's files are named by language; those of a folder named `plain` hold nothing personal. With
`--missed`, each fault is shown: for the development letters, never for those of the tests.
"""

import sys
import time
from pathlib import Path

from ai_worker.llm.redaction.redacting import spans_of
from devtools.redaction.marked import NUMBERS, Tally, letters


def main() -> None:
    """Print the figures of each folder."""
    shown = "--missed" in sys.argv
    for folder in (Path(name) for name in sys.argv[1:] if not name.startswith("--")):
        tally = Tally()
        size, started = 0, time.process_time()
        for path in sorted(folder.glob("*.txt")):
            texts = list(letters(path))
            size += sum(len(text.encode()) for text, _ in texts)
            tally.read(path.stem, texts, spans_of)
        spent = time.process_time() - started
        print(f"== {folder}: {1000 * spent / max(size / 1000, 1):.1f} ms of CPU a kilobyte")
        show(tally)
        if shown:
            print(*tally.missed, *(f"FALSE {wrong}" for wrong in tally.wrong), sep="\n")


def show(tally: Tally) -> None:
    """Print the figures by kind and language."""
    languages = sorted(tally.words)
    kinds = sorted({kind for _, kind in tally.marked})
    print(f"{'':10}", *(f"{language:>7}" for language in languages), "    all")
    for kind in kinds:
        rows = (
            f"{tally.hidden[language, kind]:>3}/{tally.marked[language, kind]:<3}" for language in languages
        )
        print(f"{kind:10}", *rows, f"{tally.recall([kind]):.3f}")
    if kinds:
        print("numbers", f"{tally.recall(NUMBERS):.3f}")
    words = sum(tally.words.values())
    rates = (f"{1000 * tally.false[language] / tally.words[language]:>7.1f}" for language in languages)
    print(
        f"{'false':10}", *rates, f"{1000 * sum(tally.false.values()) / words:.2f} in 1,000 words of {words}"
    )


if __name__ == "__main__":
    main()
