"""Files of translators and writers as sources with a way back: PO, XLIFF, and texts of one item each."""

import csv
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ai_worker.errors import BadRequest
from ai_worker.pipelines.corrections.sources.text_files import Line

Answer = tuple[str, str, str]
"""`source_id`, the text, and the text that was accepted in its place."""

WHOLE = (".srt", ".vtt", ".md", ".markdown", ".html", ".htm", ".txt", ".tex")
"""Endings of files that are one text each."""
PO, XLIFF = (".po", ".pot"), (".xlf", ".xliff")
_UNIT = "{*}trans-unit", "{*}unit"


def reader_of(path: Path) -> Callable[[], Iterator[Line]] | None:
    """The function that reads the texts of such a file; None for other files, by its ending."""
    readers = {
        **dict.fromkeys(PO, _po_lines),
        **dict.fromkeys(XLIFF, _xliff_lines),
        **dict.fromkeys(WHOLE, _whole),
    }
    read = readers.get(path.suffix.lower())
    return None if read is None else lambda: read(path)


def write(target: Path, answers: Sequence[Answer], original: Path | None) -> None:
    """Write accepted texts to a file, in the form that its ending names.

    Args:
        original: the file that the texts are from; PO and XLIFF keep all of it but the translations.

    Raises:
        BadRequest: the ending is unknown, the original is missing or another than the texts are from, the
            texts do not fit the form, or the file cannot be written.
    """
    try:
        _write(target, answers, original)
    except OSError as fault:
        raise BadRequest(f"--file: {target} cannot be written: {fault.strerror or fault}") from None


def _write(target: Path, answers: Sequence[Answer], original: Path | None) -> None:
    ending = target.suffix.lower()
    if ending == ".csv":
        _write_csv(target, answers)
    elif ending in (".jsonl", ".ndjson"):
        lines = [{"source_id": key, "text_original": before, "text": after} for key, before, after in answers]
        target.write_text(
            "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8"
        )
    elif ending in WHOLE:
        if len(answers) != 1:
            raise BadRequest(f"{target.name} is one text, and {len(answers)} texts are accepted")
        target.write_bytes(answers[0][2].encode("utf-8"))
    elif ending in (*PO, *XLIFF):
        if original is None:
            raise BadRequest(f"--original: name the {ending} file that the texts are from")
        found = {key: (before, after) for key, before, after in answers}
        (_write_po if ending in PO else _write_xliff)(original, target, found)
    else:
        known = ", ".join((".csv", ".jsonl", *PO, *XLIFF, *WHOLE))
        raise BadRequest(f"--file: the ending of {target.name} is none of {known}")


def _write_csv(target: Path, answers: Sequence[Answer]) -> None:
    with target.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["source_id", "text_original", "text"])
        writer.writerows(answers)


def _whole(path: Path) -> Iterator[Line]:
    try:
        yield 1, (path.name, path.read_bytes().decode("utf-8-sig"))
    except UnicodeDecodeError:
        yield 1, "it is not UTF-8"


def _po_file(path: Path) -> Any:
    import polib  # noqa: PLC0415 - only where a file is one of gettext

    try:
        return polib.pofile(str(path), wrapwidth=0)
    except (OSError, UnicodeError, ValueError) as fault:
        raise BadRequest(f"{path.name} is no file of gettext: {fault}") from None


def _po_lines(path: Path) -> Iterator[Line]:
    """The messages, by their number in the file: an entry's text may be too long for a key."""
    for number, entry in enumerate(_po_file(path), 1):
        if not entry.obsolete and entry.msgid and not entry.msgid_plural:
            yield entry.linenum or number, (str(number), entry.msgid)


def _write_po(original: Path, target: Path, answers: Mapping[str, tuple[str, str]]) -> None:
    file = _po_file(original)
    here = {str(number): entry for number, entry in enumerate(file, 1)}
    _check_same(original, answers, {key: entry.msgid for key, entry in here.items()})
    for key, (_, after) in answers.items():
        here[key].msgstr = after
        if "fuzzy" in here[key].flags:
            here[key].flags.remove("fuzzy")
    file.save(str(target))


def _check_same(
    original: Path, answers: Mapping[str, tuple[str, str]], texts: Mapping[str, str | None]
) -> None:
    """See that a file still holds the texts that the answers are to: a place in it may be another text's by
    now.

    Raises:
        BadRequest: it does not.
    """
    for key, (before, _) in answers.items():
        if key not in texts:
            raise BadRequest(f"--original: {original.name} has no text {key}; is it the file of this task?")
        if texts[key] != before:
            raise BadRequest(
                f"--original: text {key} of {original.name} has changed since it was imported; "
                "import the file anew"
            )


def _xliff(path: Path) -> Any:
    from lxml import etree  # noqa: PLC0415 - only where a file is XLIFF

    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        return etree.parse(str(path), parser)
    except (OSError, etree.LxmlError) as fault:
        raise BadRequest(f"{path.name} is no XLIFF file: {fault}") from None


def _units(tree: Any) -> Iterator[tuple[str, Any]]:
    """The key of each unit, and the element that holds its source."""
    for unit in tree.iter(*_UNIT):
        segments = list(unit.iter("{*}segment")) or [unit]
        for number, segment in enumerate(segments, 1):
            key = unit.get("id") or ""
            yield (key if len(segments) == 1 else f"{key}/{number}"), segment


def _inside(element: Any) -> str:
    """The content of an element as XML, without the declarations of its namespaces."""
    from lxml import etree  # noqa: PLC0415

    whole = etree.tostring(element, encoding="unicode", with_tail=False)
    for uri in set(element.nsmap.values()):
        whole = whole.replace(f' xmlns="{uri}"', "")
    start, end = whole.find(">") + 1, whole.rfind("</")
    return whole[start:end] if end >= start else ""


def _xliff_lines(path: Path) -> Iterator[Line]:
    for number, (key, segment) in enumerate(_units(_xliff(path)), 1):
        source = segment.find("{*}source")
        if source is not None and (text := _inside(source)).strip():
            yield source.sourceline or number, (key, text)


def _write_xliff(original: Path, target: Path, answers: Mapping[str, tuple[str, str]]) -> None:
    from lxml import etree  # noqa: PLC0415

    tree = _xliff(original)
    sources = {key: segment.find("{*}source") for key, segment in _units(tree)}
    texts = {key: None if source is None else _inside(source) for key, source in sources.items()}
    _check_same(original, answers, texts)
    for key, segment in _units(tree):
        source = segment.find("{*}source")
        if key not in answers or source is None:
            continue
        name = str(source.tag).replace("source", "target")
        space = name[1:].partition("}")[0] if name.startswith("{") else ""
        head = f'<target xmlns="{space}">' if space else "<target>"
        try:
            made = etree.fromstring(f"{head}{answers[key][1]}</target>")
        except etree.XMLSyntaxError as fault:
            raise BadRequest(f"the text of unit {key} is no well-formed XML: {fault}") from None
        old = segment.find("{*}target")
        if old is not None:
            segment.replace(old, made)
        else:
            source.addnext(made)
    tree.write(str(target), encoding="utf-8", xml_declaration=True)
