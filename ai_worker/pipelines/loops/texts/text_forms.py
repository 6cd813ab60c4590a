"""Forms of a text that are compared in place of the text itself."""

import unicodedata

import regex

_SPACE = regex.compile(r"\s+")
_NOT_WORDS = regex.compile(r"[^\p{L}\p{N}]+")
_UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}]")
# Letters that NFKD leaves whole, or that writers use for one another.
_FOLDED = str.maketrans({"ё": "е", "ł": "l", "đ": "d", "ø": "o", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i"})
_MARKS = regex.compile(r"(?<=\p{Latin})\p{Mn}+")

_OPENINGS = (
    *("请问一下", "请问", "那么", "然后", "所以", "请告诉我", "麻烦问一下"),
    *("подскажите пожалуйста", "подскажите", "скажите пожалуйста", "скажите", "пожалуйста", "а"),
    *(
        "prosze powiedziec",
        "prosze powiedz",
        "czy mozesz powiedziec",
        "czy moglbys powiedziec",
        "powiedz mi",
        "prosze",
        "a",
    ),
    *(
        "please tell me",
        "can you tell me",
        "could you tell me",
        "could you please tell me",
        "please",
        "so",
        "and",
        "well",
    ),
)
_CLOSINGS = ("吗", "呢", "啊", "呀", "么", "嘛", "吧", "please", "пожалуйста", "prosze")


def folded(text: str) -> str:
    """The text without case, accents of Latin letters, and forms of the same character; ё as е."""
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_FOLDED)
    if plain.isascii():
        return plain
    return unicodedata.normalize("NFC", _MARKS.sub("", unicodedata.normalize("NFD", plain)))


def spaced(text: str) -> str:
    """Folded words with one space between; letters of scripts without spaces stay together."""
    return _NOT_WORDS.sub(" ", folded(text)).strip()


def normal(question: str) -> str:
    """The form in which equal questions are equal: no case, punctuation, spaces, opening politeness or
    closing particle.
    """
    words = spaced(question)
    changed = True
    while changed:
        changed = False
        for opening in _OPENINGS:
            rest = words.removeprefix(opening)
            if rest != words and rest and (rest[0] == " " or _UNSPACED.match(opening)):
                words, changed = rest.strip(), True
        for closing in _CLOSINGS:
            rest = words.removesuffix(closing)
            if rest != words and rest and (rest[-1] == " " or _UNSPACED.match(closing)):
                words, changed = rest.strip(), True
    return words.replace(" ", "")


def collapsed(text: str) -> str:
    """The text in compatible characters, without case, every white space as one space."""
    return _SPACE.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()
