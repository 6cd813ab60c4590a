"""Finding one's way in a prompt: which part of it is the text to work on, which language it has, what is wanted."""

import re

_TAGGED = re.compile(r"<((?:text|source|document|original|input|tekst|текст)[\w-]*)>\n?(.*?)\n?</\1>", re.DOTALL | re.IGNORECASE)
_FENCED = re.compile(r"^(```|\"\"\"|~~~)[^\n]*\n(.*?)\n\1[ \t]*$", re.DOTALL | re.MULTILINE)
_LABELLED = re.compile(r"^[ \t]*(?:text|tekst|текст)[^:\n]{0,30}:[ \t]*", re.MULTILINE | re.IGNORECASE)
_ANSWERED = re.compile(r"<(answer|response|odpowiedź|ответ)>(.*?)</\1>", re.DOTALL | re.IGNORECASE)
_ANSWER_LABEL = re.compile(
    r"^[ \t#*\[]*(?:[^\W\d]+['’]?s?[ \t]+){0,2}(?:answer|response|output|reply|odpowiedź|ответ)[^:\n]{0,30}:[ \t]*",
    re.MULTILINE | re.IGNORECASE,
)
_TARGETS = {
    "pl": re.compile(r"\b(?:(?:in)?to polish|na (?:język )?polski|на польский|target language[^\n]{0,20}(?:polish|pl\b))", re.IGNORECASE),
    "ru": re.compile(
        r"\b(?:(?:in)?to russian|na (?:język )?rosyjski|на русский|target language[^\n]{0,20}(?:russian|ru\b))", re.IGNORECASE
    ),
    "en": re.compile(
        r"\b(?:(?:in)?to english|na (?:język )?angielski|на английский|target language[^\n]{0,20}(?:english|en\b))", re.IGNORECASE
    ),
    "de": re.compile(
        r"\b(?:(?:in)?to german|na (?:język )?niemiecki|на немецкий|target language[^\n]{0,20}(?:german|de\b))", re.IGNORECASE
    ),
    "zh": re.compile(
        r"\b(?:(?:in)?to chinese|na (?:język )?chiński|на китайский|target language[^\n]{0,20}(?:chinese|zh\b))", re.IGNORECASE
    ),
}


def text_within(prompt: str) -> str:
    """The text that a prompt is about: between tags or fences, after a label, else the whole prompt."""
    for pattern in (_TAGGED, _FENCED):
        if found := list(pattern.finditer(prompt)):
            return found[-1].group(2)
    label = _LABELLED.search(prompt)
    return prompt[label.end() :] if label else prompt


def answer_within(prompt: str) -> str | None:
    """The answer that a judge is shown: between tags, or after the label `Answer:` until the next blank line. None: there is none."""
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
