"""Payment cards: a network's prefix and length (ISO/IEC 7812), and the Luhn check digit."""

import re

from stdnum import luhn

_NETWORKS = re.compile(
    r"4(?:[0-9]{12}|[0-9]{15}|[0-9]{18})"  # Visa
    r"|3[47][0-9]{13}"  # American Express
    r"|3(?:0[0-5]|[689][0-9])[0-9]{11}"  # Diners Club
    r"|2[2-7][0-9]{14}"  # Mastercard, Mir
    r"|[35-9][0-9]{15}"  # Mastercard, JCB, Maestro, Discover, UnionPay and the national networks
    r"|(?:5[0678]|6[0-9])[0-9]{15,17}"  # Maestro, UnionPay: 17 to 19 digits
)


def is_card(digits: str) -> bool:
    """Return whether 13 to 19 digits can be the number of a payment card."""
    return _NETWORKS.fullmatch(digits) is not None and luhn.is_valid(digits)


def has_form_of_card(digits: str) -> bool:
    """Return whether 16 or 19 digits begin as those of a large network. In groups of four they are a card,
    mistyped or not.
    """
    return digits[0] in "3456" or digits[:2] in _OF_MASTERCARD_AND_MIR


_OF_MASTERCARD_AND_MIR = frozenset({"22", "23", "24", "25", "26", "27"})
