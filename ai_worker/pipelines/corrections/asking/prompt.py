"""The question to the model for one text, and the text out of its answer.

The standing instruction of each kind of work is a file in `prompts/`, its version in the file's head; it goes
out as the system part and is the same for every text. The user part has one documented form, on which other
software may count:

    Kind: correction
    Code: 5f0c…                         16 of the letters a to f, new for every question
    Source language: pl                 only where the task names it
    Target language: en                 only where the task names it

    <instructions-5f0c…>                only where the task has a description
    …
    </instructions-5f0c…>

    <glossary-5f0c…>                    only where the task has one
    …
    </glossary-5f0c…>

    <text-5f0c…>
    the text, after one line end and before one
    </text-5f0c…>

No writer of a text knows the code, so no text can end its own fence and speak as an instruction.
"""

import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from ai_worker.errors import BadRequest
from ai_worker.llm.request import Request
from ai_worker.outbound.errors import BadAnswer
from ai_worker.pipelines.corrections.asking.refusals import check_refusal
from ai_worker.pipelines.corrections.asking.unwrapping import INVISIBLE, unwrapped

PROMPTS = Path(__file__).parent / "prompts"
KINDS = ("correction", "translation", "analysis")

# Digits might be taken for a personal number, and hidden.
_LETTERS = bytes(b"abcdef"[byte % 6] for byte in range(256))
_HEAD = re.compile(r"---\nversion: (\S+)\n---\n(.*)", re.DOTALL)
_LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Prompt:
    """A question as `ask` takes it.

    Args:
        system: the standing instruction.
        user: the task's instructions and the text, fenced apart.
        version: of the standing instruction, stored with every result.
        code: the code in the fences.
        text: what was asked about.
        json_schema: the fields wanted back; None where the answer is the text itself.
    """

    system: str
    user: str
    version: str
    code: str
    text: str = field(repr=False)
    json_schema: Mapping[str, Any] | None = None

    def request(self) -> Request:
        """The question whose answer is the text again, corrected or translated."""
        return Request(prompt=self.user, system=self.system, must_return=self.text, code=self.code)

    def read(self, answer: str) -> str:
        """The text in the model's answer, without what models wrap around it.

        Models drop spaces at both ends and write LF for CRLF whatever the prompt asks; what they cannot keep
        is
        put back here: the margins and line ends are those of the text asked about.

        Raises:
            BadAnswer: the answer holds more than the text, or nothing.
            Refused: the answer is a refusal in prose.
        """
        bare = answer.strip()
        if not any(letter in self.text for letter in INVISIBLE):
            bare = bare.strip(INVISIBLE).strip()
        bare = bare.removeprefix(f"<text-{self.code}>").removesuffix(f"</text-{self.code}>").strip()
        if self.code in bare:
            raise BadAnswer("the answer holds parts of the prompt")
        bare = unwrapped(self.text, bare)
        check_refusal(self.text, bare)
        if not bare and self.text.strip():
            raise BadAnswer("the answer holds no text")
        return _with_line_ends_of(self.text, _with_margins_of(self.text, bare))


def build(
    kind: str,
    description: str,
    text: str,
    source_language: str | None = None,
    target_language: str | None = None,
    glossary: str | None = None,
    schema: str | None = None,
) -> Prompt:
    """The question about one text.

    Args:
        kind: one of `KINDS`.
        description: `task.description`, the instructions of the text's owner.
        glossary: a JSON object of terms and translations, or lines of plain text.
        schema: the JSON schema of an analysis, as text.

    Raises:
        BadRequest: the kind is unknown, a translation has neither a target language nor instructions, or an
            analysis no usable schema.
    """
    version, system = standing_instruction(kind)
    if kind == "translation" and not (target_language or description.strip()):
        raise BadRequest("the task's target_language is empty: a translation needs it")
    json_schema = _schema(schema) if kind == "analysis" else None
    code = secrets.token_bytes(16).translate(_LETTERS).decode()
    languages = (("Source language", source_language), ("Target language", target_language))
    head = [
        f"Kind: {kind}",
        f"Code: {code}",
        *(f"{name}: {_one_line(value)}" for name, value in languages if value),
    ]
    fenced = (("instructions", description.strip()), ("glossary", _glossary(glossary)))
    parts = [
        "\n".join(head),
        *(_fence(name, content, code) for name, content in fenced if content),
        _fence("text", text, code),
    ]
    return Prompt(system, "\n\n".join(parts), version, code, text, json_schema)


@cache
def standing_instruction(kind: str) -> tuple[str, str]:
    """The version and the text of `prompts/{kind}.md`."""
    if kind not in KINDS:
        raise BadRequest(f"the task's kind {kind!r} is unknown: it is one of {', '.join(KINDS)}")
    found = _HEAD.fullmatch((PROMPTS / f"{kind}.md").read_text(encoding="utf-8").replace("\r\n", "\n"))
    if found is None:
        raise BadRequest(f"prompts/{kind}.md does not begin with its version")
    return found[1], found[2].strip()


def _fence(name: str, content: str, code: str) -> str:
    return f"<{name}-{code}>\n{content}\n</{name}-{code}>"


def _one_line(value: str) -> str:
    return " ".join(value.split())


@lru_cache(maxsize=16)
def _glossary(glossary: str | None) -> str:
    """One `term = translation` a line. Kept, since all rows of a task have the same."""
    try:
        terms = json.loads(glossary or "")
    except ValueError:
        return (glossary or "").strip()
    if isinstance(terms, dict):
        return "\n".join(
            f"{_one_line(str(term))} = {_one_line(str(translation))}" for term, translation in terms.items()
        )
    return (glossary or "").strip()


def _schema(schema: str | None) -> Mapping[str, Any]:
    try:
        parsed = json.loads(schema or "")
    except ValueError:
        parsed = None
    if not isinstance(parsed, dict):
        raise BadRequest("the task's answer_schema is not a JSON schema: an analysis needs one")
    return parsed


def _with_margins_of(text: str, bare: str) -> str:
    body = text.strip()
    start = text.index(body)
    return text[:start] + bare + text[start + len(body) :]


def _with_line_ends_of(text: str, answer: str) -> str:
    """The answer with the text's line ends, in order where both have as many, else in the text's style where
    it has but one.
    """
    ends = _LINE_END.findall(text)
    lines = _LINE_END.split(answer)
    if len(ends) != len(lines) - 1:
        if len(set(ends)) != 1:
            return answer
        ends = ends[:1] * (len(lines) - 1)
    return "".join(line + end for line, end in zip(lines, [*ends, ""], strict=True))
