"""Traditional characters in their simplified form, one for one: what is known of Chinese words is known of
simplified ones.
"""

from functools import cache
from importlib.resources import files


@cache
def _table() -> dict[int, int]:
    text = files(__package__).joinpath("data", "simplified.txt").read_text(encoding="utf-8")
    traditional, plain, *_ = text.split("\n")
    return str.maketrans(traditional, plain)


def simplified(text: str) -> str:
    """The text with simplified characters, as long as it was."""
    return text.translate(_table())
