"""The structure of a text as the parsers of its format see it, compared with that of its answer."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from ai_worker.pipelines.corrections.protection.formats.markdown import parser
from ai_worker.pipelines.corrections.remark import Remark, shown

_LONGEST = 200_000
"""Characters; parsing longer texts twice would hold up others."""


def structure_remarks(name: str, source: str, answer: str) -> list[Remark]:
    """The difference in the structure of the answer; one remark at most."""
    read = _READERS.get(name)
    if read is None or source == answer or len(source) > _LONGEST:
        return []
    before, after = read(source), read(answer)
    differences = sorted((before - after) | (after - before))
    return [Remark("markup", f"another structure: {shown(differences)}")] if differences else []


def _markdown(text: str) -> Counter[str]:
    return Counter(_markdown_parts(text))


def _markdown_parts(text: str) -> Iterator[str]:
    for line in text.splitlines():
        if line.lstrip().startswith("|"):
            yield f"a row with {line.count('|')} bars"
    for token in parser().parse(text):
        if token.nesting >= 0 and token.type not in ("inline", "text"):
            yield token.tag or token.type
        for child in token.children or ():
            if child.nesting >= 0 and child.type not in ("text", "softbreak", "hardbreak", "html_inline"):
                yield child.tag or child.type


def _html(text: str) -> Counter[str]:
    from lxml import etree, html  # noqa: PLC0415 - only where a text is HTML

    try:
        data = text.encode("utf-8", "replace").replace(b"\0", b"")
        root = html.fragment_fromstring(data, create_parent="div", parser=html.HTMLParser(encoding="utf-8"))
    except (etree.LxmlError, ValueError):
        return Counter()
    found: Counter[str] = Counter()
    for element in root.iter():
        if isinstance(element.tag, str):
            parent = element.getparent()
            within = parent.tag if parent is not None and isinstance(parent.tag, str) else ""
            found[f"{within} > {element.tag}" + "".join(f"[{key}]" for key in sorted(element.attrib))] += 1
    return found


def _subtitles(text: str) -> Counter[str]:
    import srt  # noqa: PLC0415 - only where a text is subtitles

    try:
        return Counter(
            f"{cue.start} {'empty' if not cue.content.strip() else 'text'}"
            for cue in srt.parse(text, ignore_errors=True)
        )
    except (srt.SRTParseError, ValueError):
        return Counter()


def _messages(text: str) -> Counter[str]:
    import polib  # noqa: PLC0415 - only where a text is a file of gettext

    if "msgid" not in text:
        return Counter()
    try:
        return Counter(
            f"{entry.msgid} {'empty' if not entry.msgstr.strip() else 'text'}" for entry in polib.pofile(text)
        )
    except (OSError, ValueError, UnicodeError):
        return Counter({"not readable by gettext": 1})


_READERS: Mapping[str, Callable[[str], Counter[str]]] = {
    "markdown": _markdown,
    "html": _html,
    "srt": _subtitles,
    "po": _messages,
}
