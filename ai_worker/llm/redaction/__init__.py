"""Personal data never leaves: it is replaced before a text goes to a model, and put back into the answer.

One entry for texts, `redact`, and one for a whole question, `question.hide`. It knows requests and schemas,
no provider and no pipeline.
"""

from ai_worker.llm.redaction.recognisers import DEFAULT_RECOGNISERS
from ai_worker.llm.redaction.recognisers.people.name_list import NameList
from ai_worker.llm.redaction.redacted import Redacted
from ai_worker.llm.redaction.redacting import redact, spans_of
from ai_worker.llm.redaction.spans import Recogniser, Span

__all__ = ["DEFAULT_RECOGNISERS", "NameList", "Recogniser", "Redacted", "Span", "redact", "spans_of"]
