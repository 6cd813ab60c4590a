"""Two hundred texts in twelve formats, and the damage that models do to them in public bug reports.

https://github.com/search?q=translation+placeholder+broken&type=issues has hundreds of each kind.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import regex

SENTENCES = [
    (
        "Teh cat sat quietly on teh old wooden chair near the door.",
        "The cat sat quietly on the old wooden chair near the door.",
    ),
    (
        "Your order was recieved and it will arive tommorow morning.",
        "Your order was received and it will arrive tomorrow morning.",
    ),
    (
        "Please chek your adress before you send the parcel to us.",
        "Please check your address before you send the parcel to us.",
    ),
    (
        "We beleive that this is teh best way to lern a language.",
        "We believe that this is the best way to learn a language.",
    ),
    (
        "The libary is open untill late in the evning on weekdays.",
        "The library is open until late in the evening on weekdays.",
    ),
    (
        "He definately wants to visit his freinds in the summer.",
        "He definitely wants to visit his friends in the summer.",
    ),
    (
        "It is neccessary to clean the filter after evry use.",
        "It is necessary to clean the filter after every use.",
    ),
    (
        "There are many beautifull places in this small contry.",
        "There are many beautiful places in this small country.",
    ),
    (
        "The goverment has anounced new rules for the farmers.",
        "The government has announced new rules for the farmers.",
    ),
    (
        "She allways drinks a cup of tea befor she goes to work.",
        "She always drinks a cup of tea before she goes to work.",
    ),
    (
        "This proces takes sevral minutes and can not be stopped.",
        "This process takes several minutes and cannot be stopped.",
    ),
    (
        "You can chose another colour in teh settings of the app.",
        "You can choose another colour in the settings of the app.",
    ),
    (
        "Our custommers are happy with the qualty of the fabric.",
        "Our customers are happy with the quality of the fabric.",
    ),
    (
        "A strange noize came from the kichen in the night.",
        "A strange noise came from the kitchen in the night.",
    ),
    ("The wether was nice, so we desided to walk home.", "The weather was nice, so we decided to walk home."),
    (
        "Keep the reciept, becouse you will need it for returns.",
        "Keep the receipt, because you will need it for returns.",
    ),
    (
        "Some peple forget to lock there bicycles at the station.",
        "Some people forget to lock their bicycles at the station.",
    ),
]

# `~0~` and `~1~` are sentences.
FORMATS = {
    "printf": "%s: ~0~ You have %d of %1$s left, 100%% sure. ~1~",
    "braces": "Dear {first_name}, ~0~ Your code is {code}. ~1~ {{ signature }}",
    "templates": "{% if user %}~0~{% endif %} <%= link %> ~1~ <?php echo $x ?>",
    "rails and laravel": "Hello %{name}, ~0~ The :attribute is missing. ~1~ $t(common.ok)",
    "forum": '[b]~0~[/b] ~1~ [url=https://example.com/a]here[/url] [gallery ids="1,2"]',
    "html": '<p class="lead">~0~</p>\n'
    '<p>~1~ <a href="https://example.com/?a=1&amp;b=2">more</a>&nbsp;<!-- keep --></p>',
    "xml": '<string name="a_b">~0~ <xliff:g id="n">%1$d</xliff:g> ~1~</string>',
    "markdown": "# Title\n\n~0~ See [the page](https://example.com/p_(1)).\n\n"
    "```py\nteh = 1\n```\n\n- [ ] ~1~ Run `make teh` now.\n",
    "icu": "{count, plural, one {~0~ # item} other {~1~ # items}} left in {place}",
    "srt": "1\n00:00:01,000 --> 00:00:04,000\n<i>~0~</i>\n\n2\n00:00:05,500 --> 00:00:08,000\n{\\an8}~1~\n",
    "po": '#: src/a.c:10\n#, c-format\nmsgid "Helo %s"\nmsgstr "~0~ %s"\n\nmsgid "b"\nmsgstr "~1~"\n',
    "latex": "\\section{Title} ~0~ See \\ref{fig:a} and $a^2 + b_1$. \\textbf{~1~} Costs 5\\% more.",
}


@dataclass(frozen=True)
class Case:
    """A text and its right answer.

    Args:
        format: by which the text was made.
    """

    format: str
    source: str
    right: str


def cases() -> Iterator[Case]:
    """204 texts: every format with every sentence first."""
    for name, frame in FORMATS.items():
        for number, (first, first_right) in enumerate(SENTENCES):
            second, second_right = SENTENCES[(number + 5) % len(SENTENCES)]
            yield Case(
                name,
                frame.replace("~0~", first).replace("~1~", second),
                frame.replace("~0~", first_right).replace("~1~", second_right),
            )


_MARK = regex.compile(r"⟪([A-Z]+)(?::([^⟪⟫]*))?⟫")
Damage = Callable[[str, Case], str]
"""From a faithful answer, with its placeholders, and the case to what a careless model answers."""


def _first_mark(change: Callable[[regex.Match[str]], str]) -> Damage:
    return lambda answer, _: _MARK.sub(change, answer, count=1)


def _all_marks(change: Callable[[regex.Match[str]], str]) -> Damage:
    return lambda answer, _: _MARK.sub(change, answer)


def _swap(answer: str, _: Case) -> str:
    found = [mark.group() for mark in _MARK.finditer(answer)]
    first, last = found[0], found[-1]
    return answer.replace(first, "\0").replace(last, first).replace("\0", last)


def _lose_middle(answer: str, _: Case) -> str:
    found = list(_MARK.finditer(answer))
    middle = found[len(found) // 2]
    return answer[: middle.start()] + answer[middle.end() :]


def _at_the_end(answer: str, _: Case) -> str:
    found = _MARK.search(answer)
    assert found
    return answer[: found.start()] + answer[found.end() :] + found.group()


def _first_sentence_left_out(answer: str, case: Case) -> str:
    sentence = next(right for _, right in SENTENCES if right in case.right)
    return answer.replace(sentence, "")


def _written_out(change: Callable[[str], str]) -> Damage:
    """The markup itself, damaged, where the placeholders stood."""
    return lambda _, case: change(case.right)


def _spaced(text: str) -> str:
    text = regex.sub(r"%(?=[sd1])", "% ", regex.sub(r"<(?=/?[a-z])", "< ", text))
    return regex.sub(r"\{(?=[\w%])", "{ ", text.replace("](", "] ("))


def _translated(text: str) -> str:
    for word, other in (
        ("first_name", "imię"),
        ("name", "nazwa"),
        ("count", "liczba"),
        ("plural", "mnoga"),
        ("attribute", "atrybut"),
    ):
        text = text.replace(word, other)
    text = (
        text.replace("href", "odnośnik")
        .replace("ref{", "odn{")
        .replace("[b]", "[gruby]")
        .replace("msgstr", "tekst")
    )
    return (
        text.replace("if user", "jeśli użytkownik")
        .replace("make teh", "zrób the")
        .replace("%1$", "%2$")
        .replace(",000", ".000")
    )


DAMAGES: dict[str, Damage] = {
    "a placeholder lost": _first_mark(lambda _: ""),
    "one in the middle lost": _lose_middle,
    "all placeholders lost": _all_marks(lambda _: ""),
    "a placeholder twice": _first_mark(lambda found: found.group() + found.group()),
    "another bracket": _all_marks(
        lambda found: f"[{found[1]}:{found[2]}]" if found[2] else f"[[{found[1]}]]"
    ),
    "angle brackets": _all_marks(lambda found: f"<<{found[1]}>>"),
    "spaces inside": _all_marks(
        lambda found: f"⟪ {found[1]} : {found[2]} ⟫" if found[2] else f"⟪ {found[1]} ⟫"
    ),
    "the hint translated": _all_marks(lambda found: f"⟪{found[1]}:odnośnik⟫"),
    "the hint left out": _all_marks(lambda found: f"⟪{found[1]}⟫"),
    "an invented placeholder": lambda answer, _: answer + " ⟪ZZ:link⟫",
    "two swapped": _swap,
    "one moved to the end": _at_the_end,
    "a sentence left out": _first_sentence_left_out,
    "a phrase before it": lambda answer, _: f"Here is the corrected text: {answer}",
    "quotation marks": lambda answer, _: f"“{answer}”",
    "JSON": lambda answer, _: json.dumps({"corrected_text": answer}),
    "JSON in a fence": lambda answer, _: f"```json\n{json.dumps({'text': answer}, ensure_ascii=False)}\n```",
    "a fence": lambda answer, _: f"~~~text\n{answer}\n~~~",
    "a token of the chat": lambda answer, _: f"{answer}<|im_end|>",
    "a note behind it": lambda answer, _: f"{answer}\n\nNote: I corrected the spelling.",
    "a byte order mark": lambda answer, _: f"\ufeff{answer}",
    "letters as codes": lambda answer, _: answer.replace("e", "\\u0065", 3),
    "a refusal": lambda answer, _: "I'm sorry, but I can't assist with that request.",
    "words over and over": lambda answer, _: answer + " and the end" * 30,
    "cut off": lambda answer, _: answer[: len(answer) // 3],
    "another language": lambda answer, _: regex.sub(r"[A-Za-z]{4,}(?![^⟪]*⟫)", "слово", answer),
    "markup with spaces": _written_out(_spaced),
    "markup translated": _written_out(_translated),
    "markup left out": _written_out(
        lambda text: regex.sub(r"<[^<>]*>|\[/?\w+[^\]]*\]|%\{?\w+\}?|\{[^{}]*\}|\\\w+", "", text)
    ),
    "line ends gone": lambda answer, _: answer.replace("\n", " "),
}
