"""Figures of a text and its answer: numbers, dates, units, addresses, compared as values and not as they are
written.
"""

from collections import Counter
from collections.abc import Iterator

import regex

from ai_worker.pipelines.corrections.diff.naming.fact_words import DAYS_AND_MONTHS, NUMBER_WORDS
from ai_worker.pipelines.corrections.diff.naming.facts import dates as days_and_months
from ai_worker.pipelines.corrections.diff.naming.facts import numbers as groups_of_digits
from ai_worker.pipelines.corrections.diff.naming.facts import units as units_of
from ai_worker.pipelines.corrections.diff.stretch import differing_stretch
from ai_worker.pipelines.corrections.diff.words import is_address, may_hold_address, tokens
from ai_worker.pipelines.corrections.remark import Remark, shown

_NUMBER = regex.compile(r"\p{Nd}{1,3}(?:[ \u00a0\u202f.,'’]\p{Nd}{3})+(?!\p{Nd})|\p{Nd}+")
_SEPARATORS = regex.compile(r"[ \u00a0\u202f.,'’]")
_MONEY = {"$": "USD", "€": "EUR", "£": "GBP", "zł": "PLN", "₽": "RUB", "₴": "UAH", "¥": "JPY", "руб": "RUB"}
_IGNORED = frozenset("0123456789")
_COMMON_MARKS = str.maketrans(',;:!?()"', " " * 8)
"""Not the full stop, which stands in addresses, nor signs within words."""
_WORDS_FOR_FIGURES = NUMBER_WORDS.keys() | DAYS_AND_MONTHS.keys()


def _differing(source: str, answer: str) -> tuple[str, str]:
    """The parts of both texts in which their figures may differ."""
    stretch = differing_stretch(source, answer)
    return stretch.first, stretch.second


def figures(source: str, answer: str) -> Iterator[Remark]:
    """All of them: numbers, dates, units and addresses."""
    if not any(map(_may_hold_figures, _differing(source, answer))):
        # Two stretches of ordinary words, as in most corrections.
        return
    for check in (numbers, dates, units, addresses):
        yield from check(source, answer)


def _may_hold_figures(text: str) -> bool:
    """Return whether a text may hold a number, a date, a unit or an address; certainly not where it has
    letters and the commonest marks alone, and no word for a number, a day or a month.
    """
    words = text.translate(_COMMON_MARKS).casefold().split()
    return not "".join(words).isalpha() or not _WORDS_FOR_FIGURES.isdisjoint(words)


def numbers(source: str, answer: str) -> Iterator[Remark]:
    """Numbers that only one of the texts has, whatever their separators: `1,000.50` is `1 000,50`.

    Figures of one digit may be words in the other text, so a lone one is not reported where the other text
    has a word for it.
    """
    before, after = map(groups_of_digits, _differing(source, answer))
    if before == after:
        return
    # Separators may be spaces, so that these numbers may reach over the stretch's ends.
    before, after = _values(source), _values(answer)
    lost, added = before - after, after - before
    if lost and (not added) and set(lost) <= _IGNORED and len(source) > 0 and _no_words_for_numbers(answer):
        return
    if lost or added:
        yield Remark("number", _difference(lost, added))


def _values(text: str) -> Counter[str]:
    """The numbers without their separators of thousands, and the words for small numbers."""
    found = Counter(
        "".join(str(int(digit)) for digit in _SEPARATORS.sub("", number)) for number in _NUMBER.findall(text)
    )
    found.update(
        NUMBER_WORDS[word] for word in regex.findall(r"[\p{L}']+", text.casefold()) if word in NUMBER_WORDS
    )
    return found


def _no_words_for_numbers(text: str) -> bool:
    """Return whether the text is in a language whose words for numbers are not known here."""
    return regex.search(r"[\p{Latin}\p{Cyrillic}]", text) is None


def dates(source: str, answer: str) -> Iterator[Remark]:
    """Days of the week and months that became others."""
    before, after = map(days_and_months, _differing(source, answer))
    lost, added = before - after, after - before
    if lost and added:
        yield Remark("date", _difference(_named(source, lost), _named(answer, added)))


def _named(text: str, found: Counter[str]) -> Counter[str]:
    words = regex.findall(r"[\p{L}']+", text)
    return Counter(word for word in words if set(days_and_months(word)) & set(found))


def units(source: str, answer: str) -> Iterator[Remark]:
    """Units and currencies that became others; `$` is `USD`."""
    before, after = (_same_money(units_of(text)) for text in _differing(source, answer))
    lost, added = before - after, after - before
    if lost and added:
        yield Remark("unit", _difference(lost, added))


def _same_money(found: Counter[str]) -> Counter[str]:
    same: Counter[str] = Counter()
    for unit, times in found.items():
        same[_MONEY.get(unit, unit)] += times
    return same


def addresses(source: str, answer: str) -> Iterator[Remark]:
    """Addresses, domains, paths and handles that differ."""
    if not any(map(may_hold_address, _differing(source, answer))):
        return
    before, after = Counter(filter(is_address, tokens(source))), Counter(filter(is_address, tokens(answer)))
    if before != after:
        yield Remark("address", _difference(before - after, after - before))


def _difference(lost: Counter[str], added: Counter[str]) -> str:
    parts = [f"missing: {shown(lost)}"] if lost else []
    return "; ".join([*parts, f"added: {shown(added)}"] if added else parts)
