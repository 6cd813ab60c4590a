"""Placeholders and code that stand in texts of every format: printf, braces, template languages, forum codes,
addresses.
"""

from collections.abc import Iterator
from html.entities import html5

import regex

from ai_worker.pipelines.corrections.protection.spans import Finder, Role, Span, between, by_pattern

_COMMON = """
amount app author brand city code company content count country currency customer date day days description
discount email end error file
filename first firstname from hour hours id imie imię item items key kwota label language last lastname limit
link list max message min
minutes month name nazwa nom number numer nummer num order page password path percent phone plan point points
position price product
project quantity query result role seconds section size sku start state status store subject sum team text
time title to today token
total type unit url user username users value version week year zip n x y i s d имя номер дата сумма
"""
COMMON = frozenset(_COMMON.split())
"""Words that are names of variables when braces or a sign stand around them; `{aple}` may be a word that lost
its brackets.
"""

_CONVERSION = r"[-+#0]*(?:\d{1,3}|\*)?(?:\.(?:\d{1,3}|\*))?(?:hh?|ll?|[qLztj])?"
_PRINTF = (
    rf"%(?:\((?P<hint>[\w.]{{1,60}})\)|\d{{1,2}}\$){_CONVERSION}[diouxXeEfFgGcsSpn@]"
    rf"|(?<![\p{{Nd}}%])%{_CONVERSION}[diouxXeEfFgGcsSpn@](?!\p{{L}})|(?<=%[\p{{L}}@])%[ds]|%%(?!%)"
)
_URL = r"[^\s<>\"'`()\[\]{}|\\^⟪⟫]*(?:\([^\s<>\"'`()]*\)[^\s<>\"'`()\[\]{}|\\^⟪⟫]*)*(?<![.,;:!?…*_~])"

printf: Finder = by_pattern(_PRINTF, "value", needs="%")
url: Finder = by_pattern(
    rf"(?i)(?<![\w@])(?:(?:https?|ftps?|sftp|wss?|file|s3|git|ssh)://(?=\w){_URL}"
    rf"|(?:mailto|tel):[\w+]{_URL}|www\.(?=\w){_URL})",
    "link",
    needs=("://", "www.", "WWW.", ":"),
)
path: Finder = by_pattern(
    r"(?<![\w\\/.:<])(?:[A-Za-z]:\\[\w.$-]+(?:\\[\w.$-]+)*+\\?|(?:~|\.{1,2})?/[\w.-]+(?:/[\w.-]+)++)",
    "path",
    needs=("\\", "/"),
)
escape: Finder = by_pattern(
    r"\\(?:[nrt](?![a-z])|N|[\"'](?!\w*\})|u[0-9a-fA-F]{4})|(?<=[.!?:,;\s>\"'“”»)])\\[nrt]",
    "break",
    needs=("\\",),
)
override: Finder = by_pattern(r"\{\\[^{}\n]{1,200}\}", "style", needs=("{\\",))
ours: Finder = by_pattern(r"[⟪⟫]", "mark", needs="⟪⟫")

_VARIABLES = (
    r"\{\{\{?[^{}\n]{1,200}\}\}\}?"  # {{ name|upper }}
    r"|[$#%]\{[^{}\n]{1,120}\}"  # ${name} #{name} %{name}
    r"|%<[\w.]{1,60}>[a-z]?"  # %<name>s
    r"|\$t\([^()\n]{1,120}\)"  # $t(key)
    r"|\$[A-Z][A-Z0-9_]*\$|%[A-Z][A-Z0-9_]+%|__[A-Z][A-Z0-9_]*__"  # $VAR$ %VAR% __VAR__
    r"|(?<![\w$])\$[a-z_]\w*(?:->\w+)*"  # $name
    r"|\{\s*\w{1,60}\s*,\s*(?:number|date|time|spellout|ordinal|duration)\b[^{}\n]{0,60}\}"  # {n, number}
)
variables: Finder = by_pattern(_VARIABLES, "value", needs="{$%_")
templates: tuple[Finder, ...] = (
    between("<?php", "?>", "code"),
    between("<?=", "?>", "code"),
    between("<%", "%>", "code"),
    between("{%", "%}", "code"),
    between("{#", "#}", "code"),
)

_BRACED = regex.compile(r"\{([\p{L}\p{N}_.\[\]-]{0,60})(![rsa])?(:[^{}\s]{1,20})?\}")


def braces(text: str) -> Iterator[Span]:
    """`{}`, `{0}`, `{user_name}`, `{userName}`, `{name}`, `{price:.2f}`; not `{aple}`."""
    if "{" not in text:
        return
    for found in _BRACED.finditer(text):
        name = found[1]
        if found[2] or (found[3] and name) or is_variable(name):
            yield Span(*found.span(), Role.KEEP, "value" if not name.isalpha() else name)


def is_variable(name: str) -> bool:
    """Return whether a word in braces is certainly the name of a variable."""
    if not name or not name.isalpha():
        return True
    return name.casefold() in COMMON or (name.isascii() and name.casefold() != name != name.capitalize())


_SIGNED = regex.compile(r"(?<![\w:/@!$.])(?:[:@!]([a-z][a-z_]*)(?![\w:@.])|:([a-z][a-z0-9_+-]{1,30}):(?!\w))")


def signed(text: str) -> Iterator[Span]:
    """`:name`, `@count`, `!user_name`, `:smile:`; not the handle of a user."""
    if not any(sign in text for sign in ":@!"):
        return
    for found in _SIGNED.finditer(text):
        if found[2] or found[1] in COMMON - {"to", "s", "d"} or "_" in (found[1] or ""):
            yield Span(*found.span(), Role.KEEP, "value" if not (found[1] or "").isalpha() else found[1])


_ENTITY = regex.compile(r"&(?:([A-Za-z][A-Za-z0-9]{1,30};)|#\d{1,7};|#[xX][0-9A-Fa-f]{1,6};)")


def entities(text: str) -> Iterator[Span]:
    """`&nbsp;`, `&#8217;`; the names are those of HTML."""
    if "&" not in text:
        return
    for found in _ENTITY.finditer(text):
        if not found[1] or found[1] in html5:
            yield Span(*found.span(), Role.KEEP, "char")


_FORUM = (
    "b|i|u|s|url|img|quote|code|list|li|ul|ol|size|color|colour|center|left|right|youtube|video|spoiler"
    "|table|tr|td|th|email|font|hr"
)
_SQUARE = regex.compile(
    rf"(?i)\[(/?(?:{_FORUM}))(?:=[^\[\]\n]{{1,200}})?\](?![(\[:])|\[\*\]"
    rf"|\[(/?[a-z][\w-]{{1,40}})((?:\s+[\w-]+=(?:\"[^\"\n]*\"|'[^'\n]*'|[^\s\[\]\"']+))*)\s*/?\]"
)


def square(text: str) -> Iterator[Span]:
    """`[b]…[/b]`, `[url=…]`, `[gallery ids="1,2"]`, and `[box]` where `[/box]` closes it."""
    if "[" not in text:
        return
    found = list(_SQUARE.finditer(text))
    closed = {match[2][1:].casefold() for match in found if match[2] and match[2].startswith("/")}
    for match in found:
        name = match[1] or match[2] or "item"
        if not match[2] or match[3] or name.lstrip("/").casefold() in closed:
            yield Span(*match.span(), Role.KEEP, name.casefold())


def with_percent(text: str) -> Iterator[Span]:
    """printf's conversions; `%%` only beside another one, since elsewhere it is two signs of percent."""
    found = list(printf(text))
    if any(text[span.start : span.end] != "%%" for span in found):
        yield from found


NOTATIONS: tuple[Finder, ...] = (
    ours,
    *templates,
    square,
    url,
    override,
    variables,
    braces,
    path,
    with_percent,
    entities,
    escape,
    signed,
)
