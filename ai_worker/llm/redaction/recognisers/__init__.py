"""What knows personal data when it sees it, one sort a file."""

from ai_worker.llm.redaction.recognisers.bank_accounts import Ibans
from ai_worker.llm.redaction.recognisers.documents import Documents
from ai_worker.llm.redaction.recognisers.email_addresses import EmailAddresses
from ai_worker.llm.redaction.recognisers.ip_addresses import IpAddresses
from ai_worker.llm.redaction.recognisers.numbers import Numbers
from ai_worker.llm.redaction.recognisers.with_digits import WithDigits
from ai_worker.llm.redaction.spans import Recogniser

DEFAULT_RECOGNISERS: tuple[Recogniser, ...] = (EmailAddresses(), WithDigits(IpAddresses(), Numbers(), Ibans(), Documents()))
"""Everything that needs no list of the operator's."""
