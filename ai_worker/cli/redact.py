"""`ai-worker redact FILE`: what redaction would hide in a text, kind by kind, before any model is asked."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ai_worker.errors import ConfigurationError
from ai_worker.kit.terminal import harmless
from ai_worker.llm.redaction.configured import recognisers
from ai_worker.llm.redaction.redacting import spans_of
from ai_worker.llm.redaction.spans import Span

NOT_COVERED = (
    "names in languages other than Polish, Russian, English, German,"
    " Ukrainian, Chinese and Czech, where they are rare",
    "surnames that are ordinary words, without a title, a label or a full name elsewhere in the text",
    "addresses without a house number; a town by itself",
    "what describes someone without a name: an office, a kinship, an illness",
    "pictures, and files that a text refers to",
)


_FAULTS_SHOWN = 20


def redact(
    file: Annotated[
        Path,
        typer.Argument(
            help="A text, or JSON Lines whose objects have a field text (file.jsonl).",
            exists=True,
            dir_okay=False,
        ),
    ],
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object a text: where what would be hidden, and its kind.")
    ] = False,
) -> None:
    """Show what would be hidden from a model. Nothing is sent, nothing is stored. A line of JSON Lines that
    holds no text is named at the end, with exit code 2; the others are shown.
    """
    console = Console()
    faults: list[str] = []
    kinds: Counter[str] = Counter()
    try:
        used = recognisers()
        for number, (line, text) in enumerate(_texts(file, faults), start=1):
            spans = spans_of(text, used)
            kinds.update(span.kind for span in spans)
            if as_json:
                typer.echo(json.dumps({"text": number, **line, **_record(text, spans)}, ensure_ascii=False))
            else:
                console.print(_marked(text, spans))
    except (ConfigurationError, ValueError) as fault:
        _report([str(fault)])
        raise typer.Exit(2) from None
    if not as_json:
        _summarise(console, kinds)
    if faults:
        _report(faults)
        raise typer.Exit(2)


def _report(faults: Sequence[str]) -> None:
    """Show faults where they do not mix with the texts."""
    console = Console(stderr=True)
    for fault in faults[:_FAULTS_SHOWN]:
        console.print(Text(harmless(fault), style="red"), soft_wrap=True)
    if (more := len(faults) - _FAULTS_SHOWN) > 0:
        console.print(Text(f"and {more} more lines", style="red"))


def _texts(file: Path, faults: list[str]) -> Iterator[tuple[dict[str, int], str]]:
    """The texts of a file, each with its line in JSON Lines.

    Args:
        faults: to be added to: the lines that hold no text.

    Raises:
        ValueError: it is not UTF-8.
    """
    try:
        content = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as fault:
        raise ValueError(f"{file} is no UTF-8 text (byte {fault.start}); save it as UTF-8") from None
    if file.suffix not in (".jsonl", ".ndjson"):
        yield {}, content
        return
    # Other ends of lines that `splitlines` knows may stand within a JSON text.
    for number, line in enumerate(content.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            yield {"line": number}, _text_of(line)
        except ValueError as fault:
            faults.append(f"{file}, line {number} was left out: {fault}")


def _text_of(line: str) -> str:
    try:
        record = json.loads(line)
    except json.JSONDecodeError as fault:
        raise ValueError(f"it is no JSON ({fault.msg} at character {fault.pos + 1}); correct it") from None
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    text = record.get("text") if isinstance(record, dict) else None
    if not isinstance(text, str):
        raise ValueError('it holds no text; it needs an object such as {"text": "…"}')
    return text


def _record(text: str, spans: list[Span]) -> dict[str, Any]:
    found = [
        {"start": span.start, "end": span.end, "kind": span.kind, "value": text[span.start : span.end]}
        for span in spans
    ]
    return {"found": found, "kinds": dict(Counter(span.kind for span in spans))}


def _marked(text: str, spans: list[Span]) -> Text:
    shown = Text()
    position = 0
    for span in spans:
        shown.append(harmless(text[position : span.start]))
        shown.append(harmless(text[span.start : span.end]), style="black on yellow")
        shown.append(f" {span.kind} ", style="dim")
        position = span.end
    shown.append(harmless(text[position:]))
    return shown


def _summarise(console: Console, kinds: Counter[str]) -> None:
    table = Table("kind", "found")
    for kind, times in sorted(kinds.items()):
        table.add_row(kind, str(times))
    console.print(table if kinds else "Nothing would be hidden.")
    console.print("Not covered:", *(f"- {what}" for what in NOT_COVERED), sep="\n", style="dim")
