"""Finding one's way in a prompt: which part of it is the text to work on, which language it has, what is
wanted.
"""

import re

_TAGGED = re.compile(
    r"<((?:text|source|document|original|input|tekst|текст)[\w-]*)>\n?(.*?)\n?</\1>",
    re.DOTALL | re.IGNORECASE,
)
_FENCED = re.compile(r"^(```|\"\"\"|~~~)[^\n]*\n(.*?)\n\1[ \t]*$", re.DOTALL | re.MULTILINE)
_LABELLED = re.compile(r"^[ \t]*(?:text|tekst|текст)[^:\n]{0,30}:[ \t]*", re.MULTILINE | re.IGNORECASE)
_ANSWERED = re.compile(r"<(answer|response|odpowiedź|ответ)>(.*?)</\1>", re.DOTALL | re.IGNORECASE)
_ANSWER_LABEL = re.compile(
    r"^[ \t#*\[]*(?:[^\W\d]+['’]?s?[ "
    r"\t]+){0,2}(?:answer|response|output|reply|odpowiedź|ответ)[^:\n]{0,30}:[ \t]*",
    re.MULTILINE | re.IGNORECASE,
)
_CODE = re.compile(r"^Code: ([0-9a-f]{16})$", re.MULTILINE)


def _target(code: str, english: str, polish: str, russian: str) -> re.Pattern[str]:
    words = (
        rf"(?:in)?to {english}|na (?:język )?{polish}|на {russian}|target "
        rf"language[^\n]{{0,20}}(?:{english}|{code}\b)"
    )
    return re.compile(rf"\b(?:{words})", re.IGNORECASE)


_TARGETS = {
    "pl": _target("pl", "polish", "polski", "польский"),
    "ru": _target("ru", "russian", "rosyjski", "русский"),
    "en": _target("en", "english", "angielski", "английский"),
    "de": _target("de", "german", "niemiecki", "немецкий"),
    "zh": _target("zh", "chinese", "chiński", "китайский"),
}


def text_within(prompt: str) -> str:
    """The text that a prompt is about: between tags or fences, after a label, else the whole prompt."""
    if coded := _CODE.search(prompt):
        # The form of our own corrections: a text may hold tags of its own, but not this question's code.
        name = f"text-{coded.group(1)}>"
        return prompt.partition(f"<{name}\n")[2].rpartition(f"\n</{name}")[0]
    for pattern in (_TAGGED, _FENCED):
        if found := list(pattern.finditer(prompt)):
            return found[-1].group(2)
    label = _LABELLED.search(prompt)
    return prompt[label.end() :] if label else prompt


def answer_within(prompt: str) -> str | None:
    """The answer that a judge is shown: between tags, or after the label `Answer:` until the next blank line.
    None: there is none.
    """
    if found := _ANSWERED.search(prompt):
        return found.group(2)
    label = _ANSWER_LABEL.search(prompt)
    return prompt[label.end() :].lstrip().split("\n\n")[0] if label else None


def target_language(instructions: str) -> str | None:
    """The language that a translation is wanted in."""
    return next((language for language, pattern in _TARGETS.items() if pattern.search(instructions)), None)


def language_of(text: str) -> str:
    """`ru`, `zh`, `pl` or `en`, by the letters."""
    for language, letters in (("zh", "[一-鿿]"), ("ru", "[а-яё]"), ("pl", "[ąćęłńóśźż]")):
        if re.search(letters, text, re.IGNORECASE):
            return language
    return "en"
