"""Names of tools as every provider takes them: a letter, then letters, digits and underscores, 63 at most."""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

LONGEST = 63
_FITS = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,62}")
_PAIRS = (
    "а:a б:b в:v г:g д:d е:e ё:e ж:zh з:z и:i й:y к:k л:l м:m н:n о:o п:p р:r с:s т:t у:u ф:f х:kh ц:ts "
    "ч:ch ш:sh щ:shch ъ:_ ы:y ь:_ э:e ю:yu я:ya"
)
_CYRILLIC = dict(pair.split(":") for pair in _PAIRS.split())


def wire_name(name: str) -> str:
    """The wire name of a tool: its own where that fits, else one made of it, the same at every time and
    place.
    """
    if _FITS.fullmatch(name):
        return name
    return f"{_slug(name)}_{_digest(name)}"


def wire_names(tools: Sequence[tuple[str, str]]) -> list[str]:
    """The wire names of the tools of one assistant.

    Args:
        tools: name and id of each; those whose names would be the same are distinguished by their ids.
    """
    names = [wire_name(name) for name, _ in tools]
    times = Counter(name.lower() for name in names)
    return [
        name if times[name.lower()] == 1 else f"{name[: LONGEST - 9]}_{_digest(id_)}"
        for name, (_, id_) in zip(names, tools, strict=True)
    ]


def _slug(name: str) -> str:
    latin = "".join(_CYRILLIC.get(letter, letter) for letter in name.lower()).replace("_", " ")
    ascii_only = unicodedata.normalize("NFKD", latin).encode("ascii", "ignore").decode()
    words = re.sub(r"[^a-z0-9]+", "_", ascii_only).strip("_")[: LONGEST - 14]
    return words if words[:1].isalpha() else f"tool_{words}".rstrip("_")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
