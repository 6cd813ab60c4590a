"""Recognisers of personal data: people/, places/, online/ and digits/, one sort a file.

Its one entry is `DEFAULT_RECOGNISERS`. It knows texts only: no request, no model, no setting.
"""

from ai_worker.llm.redaction.recognisers.digits.bank_accounts import Ibans
from ai_worker.llm.redaction.recognisers.digits.documents import Documents
from ai_worker.llm.redaction.recognisers.digits.labelled import LabelledDocuments
from ai_worker.llm.redaction.recognisers.digits.numbers import Numbers
from ai_worker.llm.redaction.recognisers.digits.plates import Plates
from ai_worker.llm.redaction.recognisers.digits.weighing.weighed import Weighing
from ai_worker.llm.redaction.recognisers.digits.with_digits import WithDigits
from ai_worker.llm.redaction.recognisers.online.email_addresses import EmailAddresses
from ai_worker.llm.redaction.recognisers.online.handles import Handles
from ai_worker.llm.redaction.recognisers.online.ip_addresses import IpAddresses
from ai_worker.llm.redaction.recognisers.online.secrets import Secrets
from ai_worker.llm.redaction.recognisers.online.speakers import Speakers
from ai_worker.llm.redaction.recognisers.online.wallets import Wallets
from ai_worker.llm.redaction.recognisers.people.birth_dates import BirthDates
from ai_worker.llm.redaction.recognisers.people.han.chinese import ChineseNames
from ai_worker.llm.redaction.recognisers.people.names import PersonNames
from ai_worker.llm.redaction.recognisers.places.addresses import Addresses
from ai_worker.llm.redaction.recognisers.places.coordinates import Coordinates
from ai_worker.llm.redaction.spans import Recogniser

DEFAULT_RECOGNISERS: tuple[Recogniser, ...] = (
    EmailAddresses(),
    Speakers(),
    Weighing(
        Handles(),
        Secrets(),
        PersonNames(),
        ChineseNames(),
        WithDigits(
            IpAddresses(),
            Numbers(),
            Ibans(),
            Documents(),
            LabelledDocuments(),
            Plates(),
            BirthDates(),
            Addresses(),
            Coordinates(),
            Wallets(),
        ),
    ),
)
"""Everything that needs no list of the operator's."""
