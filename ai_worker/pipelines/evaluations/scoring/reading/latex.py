"""LaTeX as models write answers in it: its dress taken off, its few symbols written as characters."""

import regex

_MOST_PASSES = 20
"""Of nested braces; what is nested deeper stays."""
_LAST_BOXES = 5
"""Of a text that are looked at: one that is cut off has no end."""
_MATHS = regex.compile(
    r"\\\(((?:(?!\\[()]).)*+)\\\)|\\\[((?:(?!\\[\[\]]).)*+)\\\]|\$\$([^$]++)\$\$|(?<![\\\w$])\$(?=[^\s$])([^$\n]*?)(?<=[^\s\\])\$(?![\d$])",
    regex.DOTALL,
)
_WRAPPER = regex.compile(
    r"\\(?:boxed|fbox|framebox|text(?:bf|it|rm|sf|tt|normal)?|math(?:rm|bf|it|sf|tt|bb|cal|normal)|mbox|hbox|emph|underline"
    r"|operatorname\*?|bm|boldsymbol|ensuremath)\s*+\{([^{}]*+)\}"
)
_FRACTION = regex.compile(r"\\[dtc]?frac\s*+(?:\{([^{}]*+)\}\s*+\{([^{}]*+)\}|(\d)\s*+(\d))")
_ROOT = regex.compile(r"\\sqrt\s*+\{([^{}]*+)\}")
_SCRIPT = regex.compile(r"([\^_])\{([^{}]*+)\}")
_SIZES = regex.compile(
    r"\\(?:left|right|[bB]igg?[lr]?|displaystyle|textstyle|limits|bfseries|bf|rm)(?![a-zA-Z])\s*+|\\[!,;:]|\\quad|\\qquad"
)
_SYMBOLS = {
    "cdot": "*", "times": "×", "div": "÷", "pm": "±", "mp": "∓", "leq": "≤", "le": "≤", "geq": "≥", "ge": "≥",
    "neq": "≠", "ne": "≠", "approx": "≈", "infty": "∞", "pi": "π", "circ": "°", "degree": "°", "to": "→",
    "cup": "∪", "cap": "∩",
    "emptyset": "∅", "varnothing": "∅", "in": "∈", "lnot": "¬", "neg": "¬", "alpha": "α", "beta": "β",
    "theta": "θ",
}  # fmt: skip
_SYMBOL = regex.compile(rf"\\({'|'.join(sorted(_SYMBOLS, key=len, reverse=True))})(?![a-zA-Z])\s*+")
_ESCAPED = regex.compile(r"\\([%$#&_{}*])")
_DEGREES = regex.compile(r"\^\s*+°")
_BOXED = regex.compile(r"\\(?:boxed|fbox)\s*+\{")


def undress_latex(text: str) -> str:
    r"""The text without LaTeX's dress: `$B$`, `\text{B}`, `\boxed{\text{B}}` are B, `9{,}500` is 9,500,
    `\frac{1}{2}` 1/2.
    """
    if not ("\\" in text or "$" in text or "{" in text):
        return text
    plain = _MATHS.sub(lambda found: next(group for group in found.groups() if group is not None), text)
    plain = _SIZES.sub(lambda found: " " if found[0] in ("\\,", "\\;", "\\:") else "", plain).replace(
        "{,}", ","
    )
    for _ in range(_MOST_PASSES):
        inner = _SCRIPT.sub(
            lambda found: found[1] + _grouped(found[2]), _FRACTION.sub(_over, _WRAPPER.sub(r"\1", plain))
        )
        inner = _ROOT.sub(lambda found: "√" + _grouped(found[1]), inner)
        if inner == plain:
            break
        plain = inner
    return _ESCAPED.sub(r"\1", _DEGREES.sub("°", _SYMBOL.sub(lambda found: _SYMBOLS[found[1]], plain)))


def last_boxed(text: str) -> str | None:
    r"""The content of the last `\boxed{…}` of a text, by which models mark their final answer; None without a
    whole one.
    """
    begins = [found.end() for found in _BOXED.finditer(text)]
    for begin in reversed(begins[-_LAST_BOXES:]):
        depth = 1
        for place in range(begin, len(text)):
            depth += {"{": 1, "}": -1}.get(text[place], 0) if text[place - 1] != "\\" else 0
            if depth == 0:
                return text[begin:place]
    return None


def _over(found: "regex.Match[str]") -> str:
    above, below = (found[1], found[2]) if found[1] is not None else (found[3], found[4])
    return f"{_grouped(above)}/{_grouped(below)}"


def _grouped(part: str) -> str:
    part = part.strip()
    return part if regex.fullmatch(r"-?[\w.°]+|-?√\w+", part) else f"({part})"
