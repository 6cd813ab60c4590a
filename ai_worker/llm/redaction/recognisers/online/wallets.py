"""Addresses of Bitcoin, Ethereum, Tron and their like, by form and checksum where plain hashes suffice."""

import hashlib
import re
from collections.abc import Iterator

from ai_worker.llm.redaction.spans import Span

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_FORMS = re.compile(
    r"(?<!\w)(?:0x[0-9a-fA-F]{40}|(?:bc|tb|ltc)1[02-9ac-hj-np-z]{11,71}"
    r"|[13LMDT][1-9A-HJ-NP-Za-km-z]{25,33})(?!\w)"
)
_LABEL = re.compile(
    r"wallet|portfel|кошел[её]к|гаманець|peněženk|btc|bitcoin|usdt|eth|tron|crypto|адрес|钱包", re.IGNORECASE
)


class Wallets:
    """Finds addresses to which crypto-currency is sent."""

    def find(self, text: str) -> Iterator[Span]:
        """Every address in the text."""
        for match in _FORMS.finditer(text):
            written = match.group()
            labelled = _LABEL.search(text, max(0, match.start() - 40), match.start()) is not None
            if labelled or written.startswith(("0x", "bc1", "tb1", "ltc1")) or _has_checksum(written):
                yield Span(*match.span(), "WALLET")


def _has_checksum(written: str) -> bool:
    """Base58Check: the last four bytes are the start of the double SHA-256 of the others."""
    number = 0
    for character in written:
        number = number * 58 + _BASE58.index(character)
    raw = number.to_bytes(25, "big") if number < 1 << 200 else b""
    return hashlib.sha256(hashlib.sha256(raw[:-4]).digest()).digest()[:4] == raw[-4:] if raw else False
