"""Prompt templates, one file for each question, and the forms in which values are put into them.

The entry is `template`; text of strangers comes in by `fenced` alone, and values are never read as templates.
They may not know jobs, stores or models.
"""

import hashlib
from functools import lru_cache
from importlib.resources import files


@lru_cache
def template(name: str) -> str:
    """The template of a question."""
    return (files(__name__) / f"{name}.md").read_text(encoding="utf-8")


def fenced(text: str) -> str:
    """A stranger's text between two marks that cannot occur in it, so that nothing in it passes for the end
    of the text.
    """
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()
    return f"<text-{digest}>\n{text}\n</text-{digest}>"


def outline(title: str, fields: dict[str, object]) -> str:
    """Named facts, one a line; empty ones left out."""
    lines = [f"{name}: {_line(value)}" for name, value in fields.items() if value not in (None, "", [], {})]
    return "\n".join([f"{title}:", *lines])


def _line(value: object) -> str:
    if isinstance(value, list):
        return "; ".join(map(_line, value))
    if isinstance(value, dict):
        return ", ".join(
            f"{name} {_line(entry)}" for name, entry in value.items() if entry not in (None, "", [])
        )
    return str(value)
