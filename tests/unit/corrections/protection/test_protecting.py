import time

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from ai_worker.errors import BadRequest
from ai_worker.pipelines.corrections.protection.formats.lexers import FORMATS, detect, lex
from ai_worker.pipelines.corrections.protection.mismatch import MarkupMismatch
from ai_worker.pipelines.corrections.protection.protecting import protect
from tests.unit.corrections.texts import TEXTS

MARKED = st.lists(
    st.sampled_from(
        [
            "<b>",
            "</b>",
            "<a href='x'>",
            "</a>",
            "<!--",
            "-->",
            "{name}",
            "{",
            "}",
            "%s",
            "%",
            "&nbsp;",
            "`x`",
            "```\n",
            "[a](b)",
            "\n",
            "$",
            "{n, plural, one {",
            "# file} other {",
            "}}",
            "1\n00:00:01,000 --> 00:00:02,000\n",
            'msgid "a"\nmsgstr "',
            '"\n',
            "\\textbf{",
            "⟪A⟫",
            "teh",
            " ",
            "the cat",
            ".",
            "---\n",
            "| a | b |\n",
            "|---|---|\n",
            "http://a.b/c",
            "\r\n",
            "    x = 1\n",
            "'",
            "\\n",
            "⟦PII_EMAIL_1⟧",
        ]
    ),
    max_size=25,
).map("".join)


@pytest.mark.parametrize("name", [*FORMATS, None])
@given(text=st.one_of(MARKED, TEXTS))
def test_a_faithful_answer_gives_the_text_back(name: str | None, text: str) -> None:
    for in_order in (True, False):
        protected = protect(text, name, in_order=in_order)
        assert protected.restore(protected.text) == (text, [])


@given(text=MARKED.filter(lambda text: "⟪" not in text))
def test_an_answer_that_writes_the_markup_itself_is_as_good(text: str) -> None:
    protected = protect(text, None, in_order=True)
    restored, _ = protected.restore(text)
    assert restored == text


def test_an_unknown_format_is_named() -> None:
    with pytest.raises(
        BadRequest, match="'rtf' is unknown: it is one of plain, markdown, html, icu, srt, po, latex"
    ):
        protect("text", "rtf", in_order=True)


PROTECTED = {
    "plain": [
        (
            "Hi {name}, {0} {user_name} {userName} {} {price:.2f}",
            ["{name}", "{0}", "{user_name}", "{userName}", "{}", "{price:.2f}"],
        ),
        ("%s %d %1$s %(who)s %-5.2f %ld %@ 100%", ["%s", "%d", "%1$s", "%(who)s", "%-5.2f", "%ld", "%@"]),
        (
            "{{ user.name|upper }} {{{raw}}} ${x} #{y} %{z} %<n>s",
            ["{{ user.name|upper }}", "{{{raw}}}", "${x}", "#{y}", "%{z}", "%<n>s"],
        ),
        (
            "$USER$ %PATH% __NAME__ $t(key.sub) $user->name",
            ["$USER$", "%PATH%", "__NAME__", "$t(key.sub)", "$user->name"],
        ),
        ("by :name, @count, !user_name :smile:", [":name", "@count", "!user_name", ":smile:"]),
        (
            "{% if a %}x{% endif %} <%= b %> <?php c ?> <?= d ?>",
            ["{% if a %}", "{% endif %}", "<%= b %>", "<?php c ?>", "<?= d ?>"],
        ),
        (
            '[b]x[/b] [url=http://a.b]y[/url] [gallery ids="1,2"]',
            ["[b]", "[/b]", "[url=http://a.b]", "[/url]", '[gallery ids="1,2"]'],
        ),
        ("Hello\\nWorld {\\an8}One\\NTwo", ["\\n", "{\\an8}", "\\N"]),
        ("see https://a.b/c_(d)?e=f, or www.g.h.", ["https://a.b/c_(d)?e=f", "www.g.h"]),
        ("in C:\\new\\dir and /usr/local/bin, and/or he/she/it", ["C:\\new\\dir", "/usr/local/bin"]),
        ("a&nbsp;b &#8217; &amp; R&D; AT&T", ["&nbsp;", "&#8217;", "&amp;"]),
        ("<0>link</0> <br> <my-tag a='1'/>", ["<0>", "</0>", "<br>", "<my-tag a='1'/>"]),
    ],
    "html": [
        ('<p class="a">x<br/></p><!-- c -->', ['<p class="a">', "<br/>", "</p>", "<!-- c -->"]),
        ('<img alt="teh cat" src="c.png">', ['<img alt="', '" src="c.png">']),
        (
            "<script>var teh = 1;</script>a<code>teh</code>",
            ["<script>var teh = 1;</script>", "<code>teh</code>"],
        ),
        ("<input disabled type=text>", ["<input disabled type=text>"]),
        ('<string name="x">y %s</string>', ['<string name="x">', "%s", "</string>"]),
    ],
    "markdown": [
        ("---\ntitle: teh\n---\n# Teh", ["---\ntitle: teh\n---"]),
        ("a\n\n```py\nteh\n```\nb\n\n    teh\n", ["```py\nteh\n```", "    teh"]),
        ("~~~\nnever closed", ["~~~\nnever closed"]),
        ("a `teh` [b](c 'd') [e](f)", ["`teh`", "(f)"]),
        ("- [ ] teh\n- [x] b", ["[ ]", "[x]"]),
        ("| a | b |\n|---|:-:|\n| c | d |", ["|---|:-:|"]),
        ("[a]: http://b 'c'\n\n[d][a] $x^2$ e[^1]", ["[a]: http://b 'c'", "[a]", "$x^2$", "[^1]"]),
    ],
    "icu": [
        (
            "{n, plural, one {# file} other {# files}} gone",
            ["{n, plural, one {", "#", "} other {", "#", "}}"],
        ),
        ("{g, select, male {He} other {They}} {name}", ["{g, select, male {", "} other {", "}}", "{name}"]),
        (
            "It''s '{'quoted'}' {n, plural, other {a {d, date, short} b}}",
            ["'{'", "'}'", "{n, plural, other {", "{d, date, short}", "}}"],
        ),
    ],
    "srt": [
        (
            "1\n00:00:01,000 --> 00:00:02,000\nHi <i>you</i>\n",
            ["1\n00:00:01,000 --> 00:00:02,000", "<i>", "</i>"],
        ),
        (
            "WEBVTT\n\n00:01.000 --> 00:02.000 align:start\nHi",
            ["WEBVTT", "00:01.000 --> 00:02.000 align:start"],
        ),
    ],
    "po": [
        ('#: a.c\nmsgid "Helo %s"\nmsgstr "Czesc %s"\n', ['#: a.c\nmsgid "Helo %s"\nmsgstr "', "%s", '"']),
        ('msgid "a"\nmsgstr ""\n"b"\n"c"\n', ['msgid "a"\nmsgstr ""\n"', '"\n"', '"']),
    ],
    "latex": [
        (
            "\\textbf{importent} $x^2$ \\ref{a} 5\\% % teh",
            ["\\textbf{", "}", "$x^2$", "\\ref{a}", "\\%", "% teh"],
        ),
        ("\\begin{equation}teh\\end{equation}\\item Teh", ["\\begin{equation}teh\\end{equation}", "\\item"]),
    ],
}


@pytest.mark.parametrize(
    ("name", "text", "markup"), [(name, *case) for name, cases in PROTECTED.items() for case in cases]
)
def test_each_format_has_its_markup(name: str, text: str, markup: list[str]) -> None:
    assert [text[span.start : span.end] for span in lex(text, name)] == markup
    visible = protect(text, name, in_order=True).text
    assert not any(piece in regex.sub(r"⟪[^⟫]*⟫", "", visible) for piece in markup if len(piece) > 2)


@pytest.mark.parametrize(
    ("name", "text"), [(name, cases[-1][0]) for name, cases in PROTECTED.items() if name != "plain"]
)
def test_the_format_is_seen_where_it_is_not_given(name: str, text: str) -> None:
    assert detect(text) == name


RIGHT = [
    ("you`re here and don`t go", "you're here and don't go"),
    ("the temperature<limit becuse of it", "the temperature<limit because of it"),
    ("Price <PLN 100", "Price < PLN 100"),
    ("If a<b then teh result is c>d", "If a<b, then the result is c>d"),
    ("\\textbf{importent}", "\\textbf{important}"),
    ("an {aple} a day", "an {apple} a day"),
    ("** very ** good", "**very** good"),
    (
        "{n, plural, one {# file} other {# files}} deleted",
        "{n, plural, one {# plik} other {# pliki}} usunięto",
    ),
    ("Type <your name> here", "Wpisz tutaj <swoje imię>"),
    ("see htps://example.com now", "see https://example.com now"),
    ("100% sure, 50%discount, 2 < 3", "100 % sure, 50% discount; 2 < 3"),
    ("I <3 u & R&D", "I <3 you & R&D"),
    ("- Helo, he said", "— Hello, he said"),
    ("The <b>red</b> {n} cars", "{n} <b>rote</b> Autos"),
    ('<img alt="teh cat" src="c.png">', '<img alt="the cat" src="c.png">'),
    ("{count, plural, one {one item} other {# items}}", "{count, plural, one {jeden} other {# rzeczy}}"),
    ("{g, select, male {He left} other {They left}}", "{g, select, male {Wyszedł} other {Wyszli}}"),
    ("Note :this and {that}", "Note: this and {that}"),
    ("ask @ania about it", "ask @ania about it."),
    ("Hello %s, you have %d items", "Cześć %s, masz %d rzeczy"),
]


@pytest.mark.parametrize(("source", "answer"), RIGHT)
@pytest.mark.parametrize("in_order", [True, False], ids=["correction", "translation"])
def test_a_right_answer_is_kept(source: str, answer: str, in_order: bool) -> None:
    protected = protect(source, None, in_order=in_order)
    text, _ = protected.restore(answer)
    assert text == answer


@pytest.mark.parametrize(
    ("source", "answer", "detail"),
    [
        ("an {aple} a day", "an {apple} a day", "placeholders missing: {aple}"),
        ("** very ** good", "**very** good", "emphasis added: **"),
        ("a\nb\nc", "a b\nc", "line ends: 2 LF became 1 LF"),
        ("# Title\ntext", "Title\ntext", "headings missing: #"),
        ("&File", "Plik", "the key after & is missing or doubled"),
        ("a c", "a <i>c</i>", "tags added: <i>, </i>"),
        ("**bold** x", "bold x", "emphasis missing: **"),
        ("<p>a</p>", "<p>a</p><script>b</script>", "added: <script>b</script>"),
        ("| a | b |\n|---|---|\n| c | d |", "| a | b |\n|---|---|\n| c d |", "another structure: p"),
    ],
)
def test_what_is_doubtful_is_kept_with_a_remark(source: str, answer: str, detail: str) -> None:
    text, remarks = protect(source, None, in_order=True).restore(answer)
    assert text == answer
    assert {remark.code for remark in remarks} == {"markup"}
    assert any(detail in remark.detail for remark in remarks) or detail.startswith("another structure")


MENDED = [
    # What the model sees, and does to it; the text that is stored.
    ("Hi {name}, teh end", "Hi, the end", "Hi {name}, the end"),
    ("<p>Teh cat</p>", "The cat", "<p>The cat</p>"),
    ("Teh <b>red</b> cat", "The red cat", "The <b>red</b> cat"),
    ("see https://a.b/c now", "see now", "see https://a.b/c now"),
    ("Teh <b>red</b> cat", "The ⟪B:/b⟫red⟪A:b⟫ cat", "The <b>red</b> cat"),
    ("Teh <b>red</b> cat", "The [A:b]red[B:/b] cat", "The <b>red</b> cat"),
    ("Teh <b>red</b> cat", "The <<A>>red<<B>> cat", "The <b>red</b> cat"),
    ("Teh <b>red</b> cat", "The ⟪ A ⟫red⟪B:/B⟫ cat", "The <b>red</b> cat"),
    ("Hi {name}, teh end", "Hi ⟪A:name⟫, the end⟪Z⟫", "Hi {name}, the end"),
    ("a\n\n```py\nx\n```\n\nteh", "a\n\n⟪A:code⟫ the", "a\n\n```py\nx\n```\n\nthe"),
]


@pytest.mark.parametrize(("source", "answer", "stored"), MENDED)
def test_what_a_model_did_to_placeholders_is_put_right(source: str, answer: str, stored: str) -> None:
    assert protect(source, None, in_order=True).restore(answer)[0] == stored


@pytest.mark.parametrize(
    ("source", "answer"),
    [
        ("Teh <b>red</b> cat is here", "Der rote Kater ist hier"),
        ("Hi {name}, teh end", "Hallo, das Ende"),
        (
            "{n, plural, one {# file} other {# files}} gone",
            "{n, plural, one {# plik} inne {# pliki}} zniknęło",
        ),
        ("1\n00:00:01,000 --> 00:00:02,000\nA\n\n2\n00:00:03,000 --> 00:00:04,000\nB", "⟪A:time⟫\nA B"),
        (
            "1\n00:00:01,000 --> 00:00:02,000\nA\n\n2\n00:00:03,000 --> 00:00:04,000\nB\n",
            "⟪B:time⟫\nA\n\n⟪A:time⟫\nB\n",
        ),
    ],
)
def test_a_translation_without_markup_for_which_no_place_is_certain_is_refused(
    source: str, answer: str
) -> None:
    with pytest.raises(MarkupMismatch) as first:
        protect(source, None, in_order=False).restore(answer)
    with pytest.raises(MarkupMismatch) as second:
        protect(source, None, in_order=False).restore(answer)
    assert str(first.value) == str(second.value), "the same fault in the same words"
    assert (first.value.error_class, first.value.retry, first.value.uses_attempt, first.value.outage) == (
        "markup_mismatch",
        True,
        True,
        False,
    )


def test_parts_keep_their_margins() -> None:
    protected = protect("{n, plural, one {a # file} other {many}} left", "icu", in_order=False)
    assert protected.text == "⟪A:one⟫a ⟪B:number⟫ file⟪C:other⟫many⟪D:end⟫ left"
    assert protected.restore("⟪A:one⟫ ein ⟪B:number⟫ Ding ⟪C:other⟫ viele ⟪D:end⟫übrig")[0] == (
        "{n, plural, one {ein # Ding} other {viele}} übrig"
    )


def test_contents_of_tags_out_of_order_are_seen() -> None:
    text, remarks = protect("<b>x</b> y <i>z</i>", None, in_order=False).restore(
        "⟪A:b⟫⟪B:/b⟫x y ⟪C:i⟫z⟪D:/i⟫"
    )
    assert text == "<b></b>x y <i>z</i>"
    assert [remark.detail for remark in remarks] == ["nothing stands inside: <b>"]


HOSTILE = [
    "<",
    "<a",
    '<a b="',
    "<!--",
    "{",
    "{{",
    "{%",
    "%",
    "%(",
    "`",
    "](",
    "](a(",
    "```\n",
    "~~~\n",
    "http://a(",
    "&#",
    "**",
    "# ",
    "$",
    "\\[",
    "[b]",
]
HOSTILE += [
    "{a, plural, one {",
    'msgid "\n',
    "\\begin{equation}",
    "⟪A",
    "⟪A⟫",
    "|--",
    "1\n00:00:01,000 --> ",
    ":a",
    "[a",
    "\\textbf{",
    "'{",
    "---\n",
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_texts_take_linear_time(piece: str) -> None:
    text = piece * (40_000 // len(piece))
    started = time.process_time()
    for name in (None, *FORMATS):
        protect(text, name, in_order=True)
    assert time.process_time() - started < 10, (
        "seconds of CPU for eight formats; quadratic work would take minutes"
    )
