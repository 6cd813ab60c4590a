"""National numbers that their own digits give away: by checksum, most of them with a date of birth inside
too.

Chosen are the numbers of persons (and in Poland of their businesses) whose check leaves about one in ten
numbers of the same length to chance at most (measured on random digits: REGON 10 %, NIP and NHS 9 %, PESEL 2
%, the others 2 % and less), in the groupings in which they are written; and the American one, which has no
check digit but a grouping of its own. Weaker ones are read only beside their label, see `labels`. What fits
by chance is hidden as well, which costs nothing but the model's view of that number: the answer has it
again.
"""

from collections.abc import Callable
from typing import NamedTuple

from stdnum.be import nn as belgian
from stdnum.bg import egn as bulgarian
from stdnum.ch import ssn as swiss
from stdnum.cz import rc as czech
from stdnum.de import idnr as german
from stdnum.ee import ik as baltic
from stdnum.fr import nir as french
from stdnum.gb import nhs as british
from stdnum.no import fodselsnummer as norwegian
from stdnum.pl import nip, pesel, regon
from stdnum.ro import cnp as romanian
from stdnum.ru import inn
from stdnum.se import personnummer as swedish
from stdnum.us import ssn as american

from ai_worker.llm.redaction.recognisers.digits.bank_accounts import (
    has_26_digits,
    is_polish_account,
    is_russian_account,
)
from ai_worker.llm.redaction.recognisers.digits.payment_cards import has_form_of_card, is_card


class Checked(NamedTuple):
    """A sort of number.

    Args:
        kind: for the placeholder.
        is_valid: whether the bare digits are one.
        shapes: the groupings in which it is written, as lengths of groups.
    """

    kind: str
    is_valid: Callable[[str], bool]
    shapes: tuple[tuple[int, ...], ...]


def is_snils(digits: str) -> bool:
    """Return whether 11 digits are a Russian insurance number: the last two are the weighted sum of the
    others modulo 101, 100 counting as 0.
    """
    weighted = sum(int(digit) * weight for digit, weight in zip(digits, range(9, 0, -1), strict=False))
    return weighted % 101 % 100 == int(digits[9:]) and digits != "0" * 11


def _is_nip(digits: str) -> bool:
    return digits[0] != "0" and nip.is_valid(digits)


def _is_inn_of_a_person(digits: str) -> bool:
    return len(digits) == 12 and digits[:2] != "00" and inn.is_valid(digits)


def _is_cnp(digits: str) -> bool:
    """A first digit of 9, of foreigners, is left out: every ISBN-13 begins with it."""
    return digits[0] != "9" and romanian.is_valid(digits)


_WHOLE = tuple((length,) for length in range(13, 20))
_CARD_SHAPES = (
    *_WHOLE,
    (4, 4, 4, 4),
    (4, 6, 5),
    (4, 6, 4),
    (4, 4, 4, 4, 3),
    (4, 4, 4, 1),
    (8, 8),
    (6, 10),
)

TABLE = (
    Checked("PESEL", pesel.is_valid, ((11,), (6, 5), (2, 2, 2, 5), (6, 3, 2))),
    Checked("NIP", _is_nip, ((10,), (3, 3, 2, 2), (3, 2, 2, 3))),
    Checked("REGON", regon.is_valid, ((9,), (3, 3, 3), (14,), (9, 5), (3, 3, 3, 5))),
    Checked("SNILS", is_snils, ((11,), (3, 3, 3, 2))),
    Checked("INN", _is_inn_of_a_person, ((12,), (4, 4, 4), (4, 6, 2), (2, 2, 6, 2))),
    Checked("STEUERID", german.is_valid, ((11,), (2, 3, 3, 3))),
    Checked("SSN", american.is_valid, ((3, 2, 4),)),
    Checked("NHS", british.is_valid, ((3, 3, 4),)),
    Checked("ID", czech.is_valid, ((6, 4),)),
    Checked("ID", swedish.is_valid, ((6, 4), (8, 4))),
    Checked("ID", norwegian.is_valid, ((11,), (6, 5))),
    Checked("ID", baltic.is_valid, ((11,),)),
    Checked("ID", belgian.is_valid, ((11,), (2, 2, 2, 3, 2))),
    Checked("ID", swiss.is_valid, ((13,), (3, 4, 4, 2))),
    Checked("ID", _is_cnp, ((13,),)),
    Checked("ID", bulgarian.is_valid, ((10,),)),
    Checked("ID", french.is_valid, ((15,), (13, 2), (1, 2, 2, 2, 3, 3, 2))),
    Checked("CARD", is_card, _CARD_SHAPES),
    Checked("IBAN", is_polish_account, ((26,), (2, 4, 4, 4, 4, 4, 4), (2, 8, 16), (2, 24))),
    Checked("CARD", has_form_of_card, ((4, 4, 4, 4), (4, 4, 4, 4, 3))),
    Checked("ACCOUNT", has_26_digits, ((2, 4, 4, 4, 4, 4, 4),)),
    Checked("ACCOUNT", is_russian_account, ((20,), (5, 3, 1, 4, 7), (4, 4, 4, 4, 4))),
)
"""One row a sort; the first that fits names the number."""

BY_SHAPE: dict[tuple[int, ...], list[Checked]] = {}
for _sort in TABLE:
    for _shape in _sort.shapes:
        BY_SHAPE.setdefault(_shape, []).append(_sort)
