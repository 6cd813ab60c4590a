"""Numbers of persons that hold letters."""

import re
from collections.abc import Callable, Iterator

from stdnum.es import dni, nie
from stdnum.fi import hetu
from stdnum.it import codicefiscale

from ai_worker.llm.redaction.spans import Span

_SPACE = r"[ \u00a0-]?"
_POLISH_WEIGHTS = (7, 3, 1, 7, 3, 1, 7, 3)
_SEPARATORS = re.compile(r"[ \u00a0-]")
_CAPITALS_AND_DIGITS = re.compile(r"[A-Z0-9][A-Z0-9 \u00a0+-]{6,}[A-Z0-9]")
_RUSSIAN_PASSPORT = re.compile(
    rf"[0-9]{{2}}{_SPACE}[0-9]{{2}},?{_SPACE}(?:№|No?|номер)\.?{_SPACE}[0-9]{{6}}(?![0-9])"
)
"""The sign between series and number makes it recognisable."""


def _is_polish_identity_card(number: str) -> bool:
    """ICAO 9303 weights over three letters (A is 10) and five digits; the check digit stands first of the
    digits."""
    return _weighted(number[:3] + number[4:]) == int(number[3])


def _is_polish_passport(number: str) -> bool:
    return _weighted(number[:2] + number[3:]) == int(number[2])


def _weighted(characters: str) -> int:
    return (
        sum(
            int(character, 36) * weight
            for character, weight in zip(characters, _POLISH_WEIGHTS, strict=False)
        )
        % 10
    )


def _has_form(_: str) -> bool:
    """A British insurance number has no check digit, but prefixes and a form that nothing else has."""
    return True


_SORTS: tuple[tuple[str, re.Pattern[str], Callable[[str], bool]], ...] = tuple(
    (kind, re.compile(rf"(?<!\w){form.replace('_', _SPACE)}(?!\w)"), is_valid)
    for kind, form, is_valid in (
        (
            "NINO",
            r"(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]_[0-9]{2}_[0-9]{2}_[0-9]{2}_[A-D]",
            _has_form,
        ),
        ("IDCARD", r"[A-Z]{3}_[0-9]{6}", _is_polish_identity_card),
        ("PASSPORT", r"[A-Z]{2}_[0-9]{7}", _is_polish_passport),
        ("DNI", r"[0-9]{8}_[A-Z]", dni.is_valid),
        ("NIE", r"[XYZ]_[0-9]{7}_[A-Z]", nie.is_valid),
        ("HETU", r"[0-9]{6}[-+A-FU-Y][0-9]{3}[0-9A-Y]", hetu.is_valid),
        (
            "CODICEFISCALE",
            r"[A-Z]{6}_[0-9L-NP-V]{2}_[A-Z][0-9L-NP-V]{2}_[A-Z][0-9L-NP-V]{3}[A-Z]",
            codicefiscale.is_valid,
        ),
    )
)


class Documents:
    """Finds identity cards, passports and national numbers of mixed letters and digits, by form and check
    character."""

    def find(self, text: str) -> Iterator[Span]:
        """Every such number in the text."""
        for match in _RUSSIAN_PASSPORT.finditer(text):
            yield Span(*match.span(), "PASSPORT")
        for stretch in _CAPITALS_AND_DIGITS.finditer(text):
            for kind, form, is_valid in _SORTS:
                for match in form.finditer(text, stretch.start(), stretch.end() + 1):
                    if is_valid(match.group() if kind == "HETU" else _SEPARATORS.sub("", match.group())):
                        yield Span(*match.span(), kind)
