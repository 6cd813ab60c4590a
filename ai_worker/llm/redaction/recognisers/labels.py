"""The words that give a number away, whatever its grouping and also where its check digit is mistyped."""

import re

from ai_worker.llm.redaction.recognisers.digit_groups import Run

NOBODY = "NOBODY"
"""The kind of numbers that belong to things, records for instance."""
_LENGTHS = {
    "PESEL": {11},
    "NIP": {10},
    "REGON": {9, 14},
    "INN": {10, 12},
    "SNILS": {11},
    "OGRN": {13, 15},
    "PASSPORT": {9, 10},
    "STEUERID": {10, 11, 13},
    "SSN": {9},
    "NHS": {10},
    "ID": {9, 10, 11, 13},
    "CARD": set(range(13, 20)),
    "ACCOUNT": {20, 26},
    "PHONE": set(range(7, 16)),
    NOBODY: set(),
}
_LABEL = re.compile(
    rf"(?P<{NOBODY}>isbn|issn|ean|doi)"
    r"|(?P<PESEL>pesel.*)|(?P<NIP>nip|vat)|(?P<REGON>regon.*)|(?P<INN>инн|inn|ипн|іпн|рнокпп)|(?P<SNILS>снилс|snils)"
    r"|(?P<OGRN>огрн|огрнип)|(?P<PASSPORT>паспорт.*|passport|paszport.*|reisepass.*)|(?P<STEUERID>steuer.*|idnr)|(?P<SSN>ssn|social|security)"
    r"|(?P<NHS>nhs)|(?P<ID>bsn|utr|rodné|personnummer|egn|cnp|dni|nie)|(?P<CARD>kart.?|kartą|cards?|карт.{0,3})"
    r"|(?P<ACCOUNT>kont[oaue]|rachun.*|nrb|сч[её]т.{0,2}|р/с|рахун.*|account)"
    r"|(?P<PHONE>tel|telefon.*|telephone|phone|cell|mob|mobil.*|kom|komórk.*|fax|faks.*|whatsapp.*|viber.*|тел|телефон.*|моб|мобильн.*|мобіл.*"
    r"|сот|сотов.*|факс.*|ватсап.*|вайбер.*)"
)
_SIX_DIGITS = (2, 2, 2)
"""The grouping of a local telephone number in a town of Russia or Ukraine; two groups of three are rather a sum."""
_LOOK_BACK = 40
_DIGITS = re.compile(r"[0-9]")
_WORDS = re.compile(r"[^\W\d_]+")
_NEAREST = 3


def label_before(text: str, end: int) -> str | None:
    """The kind that one of the three words before the index names, the nearest first; digits between them end the search."""
    before = _DIGITS.split(text[max(0, end - _LOOK_BACK) : end])[-1]
    for word in _WORDS.findall(before)[: -_NEAREST - 1 : -1]:
        label = _LABEL.fullmatch(word.lower())
        if label is not None:
            return label.lastgroup
    return None


def fits_label(run: Run, kind: str) -> bool:
    """Whether a number of that kind has so many digits."""
    return len(run.digits) in _LENGTHS[kind] or (kind == "PHONE" and run.shape == _SIX_DIGITS)
