import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ai_worker.pipelines.corrections.markup import _ANY, MarkupMismatch, _of_marks, check
from tests.unit.corrections.texts import TEXTS


@given(TEXTS)
def test_a_text_keeps_its_own_markup(text: str) -> None:
    assert check(text, text) == []


UNMARKED = st.text("ab1é .,:/!?-=@$}])(|'\"\n\r\t\\^", max_size=40).filter(lambda text: not _ANY.search(text))


@given(UNMARKED, UNMARKED)
def test_texts_that_are_not_looked_at_closer_have_no_markup(source: str, answer: str) -> None:
    assert list(_of_marks(source, answer)) == []


@pytest.mark.parametrize(
    ("source", "answer"),
    [
        ('<p class="a">Helo <b>wrld</b></p>\r\n', '<p class="a">Hello <b>world</b></p>\r\n'),
        ("100% sure, 50%discount, 2 < 3", "100 % sure, 50% discount; 2 < 3"),
        ("Hi {name}, you have %d mesages", "Hi {name}: you have %d messages"),
        ("see http://x.y/a. ok", "See http://x.y/a, OK"),
        ('<img alt="teh cat" src="c.png">', '<img alt="the cat" src="c.png">'),
        ("The <b>red</b> {n} cars", "{n} <b>rote</b> Autos"),
        ("- Helo, he said", "— Hello, he said"),
        ("# Titel\n\ntext", "# Title\n\nText."),
        ("I <3 u", "I <3 you"),
    ],
)
def test_good_answers_pass(source: str, answer: str) -> None:
    assert check(source, answer) == []


@pytest.mark.parametrize(
    ("source", "answer", "problem"),
    [
        ("a <b>c</b>", "a c", "HTML tags missing: <b>, </b>"),
        ("a c", "a <i>c</i>", "HTML tags added: <i>, </i>"),
        ('<a href="x">y</a>', '<a href="z">y</a>', 'HTML tags missing: <a href="x">'),
        ("a<!-- x -->b", "ab", "HTML tags missing: <!--, -->"),
        ("a&nbsp;b", "a b", "HTML entities missing: &nbsp;"),
        ("Hi {name}", "Hi {nom}", "placeholders missing: {name}"),
        ("{0} ${x} {{ y }} {}", "", "placeholders missing: {0}, ${x}, {{ y }}, {}"),
        ("%s %(who)s %1$s %%", "%s", "format codes missing: %(who)s, %1$s, %%"),
        ("`x = 1`", "`x = 2`", "inline code missing: x = 1"),
        ("[a](http://b/c_(d))", "[a](http://b/c)", "link targets missing: http://b/c_(d)"),
        ("http://b.c/d?e=f", "http://b.c/d", "addresses missing: http://b.c/d?e=f"),
        ("## Title", "Title", "headings missing: ##"),
        ("**bold**", "bold", "emphasis marks missing: **"),
        ("```py\nteh = 1\n```", "```py\nthe = 1\n```", "a fenced code block differs"),
        ("~~~\nx", "~~~\ny", "a fenced code block differs"),
        ("a\r\nb", "a\nb", "line ends differ: 1 CRLF became 1 LF"),
        ("a\nb\nc", "a b\nc", "line ends differ: 2 LF became 1 LF"),
        ("a\rb", "a b", "line ends differ: 1 CR became none"),
    ],
)
def test_harm_is_named(source: str, answer: str, problem: str) -> None:
    assert problem in check(source, answer)


def test_code_inside_a_fence_is_not_taken_for_anything_else() -> None:
    assert check("```\n<b> {x} %s\n```\nteh", "```\n<b> {x} %s\n```\nthe") == []


def test_the_report_stays_short() -> None:
    problems = check("".join(f"<tag{number}>" for number in range(1000)), "")
    assert problems == ["HTML tags missing: <tag0>, <tag1>, <tag2>, <tag3>, <tag4> and 995 more"]
    assert len(check(f"<{'a' * 1000}>", "")[0]) < 100


def test_the_error_names_the_problems_and_may_be_tried_again() -> None:
    error = MarkupMismatch(["headings missing: #"])
    assert (error.error_class, error.retry, error.uses_attempt, error.outage) == (
        "markup_mismatch",
        True,
        True,
        False,
    )
    assert str(error) == "the answer does not keep the text's markup: headings missing: #"


HOSTILE = [
    "<",
    "<a",
    "<!--",
    "{",
    "{{",
    "%",
    "%(",
    "`",
    "](",
    "](a(",
    "](a()",
    "```\n",
    "~~~\n",
    "http://a(",
    "&#",
    "**",
    "# ",
    '<a alt="',
    "\r",
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_texts_take_linear_time(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    started = time.process_time()
    check(text, text + "x")
    assert time.process_time() - started < 10, "seconds of CPU; quadratic work would take minutes"
