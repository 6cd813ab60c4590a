"""Personal data never leaves: it is replaced before a text goes to a model, and put back into the answer."""

from ai_worker.llm.redaction.hiding import redact
from ai_worker.llm.redaction.recognisers import DEFAULT_RECOGNISERS
from ai_worker.llm.redaction.recognisers.people.name_list import NameList
from ai_worker.llm.redaction.redacted import Redacted
from ai_worker.llm.redaction.spans import Recogniser, Span

__all__ = ["DEFAULT_RECOGNISERS", "NameList", "Recogniser", "Redacted", "Span", "redact"]
