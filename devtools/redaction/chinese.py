"""The marks of a Chinese name among the words around it: weights of characters, and the words that begin or
end in a surname."""

import importlib
import json
import math
from collections import Counter
from importlib.resources import files


def surnames() -> list[str]:
    """Surnames, the frequent ones first as Faker weighs them."""
    weighed = importlib.import_module("faker.providers.person.zh_CN").Provider.last_names
    return list(weighed)


def tables() -> tuple[dict[str, float], set[str]]:
    """Log-odds of characters in given names against running text; ordinary words that hold a surname's
    character."""
    entries = [
        line.split(" ")
        for line in files("jieba").joinpath("dict.txt").read_text(encoding="utf-8").splitlines()
    ]
    known = set(surnames())
    given: Counter[str] = Counter()
    running: Counter[str] = Counter()
    words = set()
    for word, frequency, tag in entries:
        if tag == "nr" and word[0] in known and 2 <= len(word) <= 3:
            given.update(word[1:])
            if int(frequency) >= 300:
                words.add(word)
        else:
            for character in word:
                running[character] += int(frequency)
            if (
                2 <= len(word) <= 4
                and not tag.startswith("nr")
                and int(frequency) >= 5
                and not known.isdisjoint(word)
            ):
                words.add(word)
    provider = importlib.import_module("faker.providers.person.zh_CN").Provider
    for name in provider.first_names:
        given.update(dict.fromkeys(name, 20))
    listed = json.loads(
        files("mimesis").joinpath("datasets", "zh", "person.json").read_text(encoding="utf-8")
    )["names"]
    for group in listed.values():
        for name in group:
            given.update(dict.fromkeys(name, 10))
    total, all_running = given.total(), running.total()
    odds = {
        character: math.log((given[character] + 0.5) / total)
        - math.log((running[character] + 200) / all_running)
        for character in running | given
        if given[character] + running[character] > 300
    }
    return odds, words


def pairs() -> set[str]:
    """Ordinary words of two characters."""
    lines = files("jieba").joinpath("dict.txt").read_text(encoding="utf-8").splitlines()
    entries = (line.split(" ") for line in lines)
    return {
        word
        for word, frequency, tag in entries
        if len(word) == 2 and int(frequency) >= 20 and not tag.startswith(("nr", "nz"))
    }
