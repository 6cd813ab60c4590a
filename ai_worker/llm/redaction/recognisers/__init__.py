"""Recognisers of personal data: one sort a file, in a folder by subject.

Its one entry is `DEFAULT_RECOGNISERS`. It knows texts only: no request, no model, no setting.
"""

from ai_worker.llm.redaction.recognisers.dates.birth_dates import BirthDates
from ai_worker.llm.redaction.recognisers.digits.bank_accounts import Ibans
from ai_worker.llm.redaction.recognisers.digits.documents import Documents
from ai_worker.llm.redaction.recognisers.digits.labelled import LabelledNumbers
from ai_worker.llm.redaction.recognisers.digits.numbers import Numbers
from ai_worker.llm.redaction.recognisers.digits.plates import Plates
from ai_worker.llm.redaction.recognisers.digits.short_phones import ShortPhones
from ai_worker.llm.redaction.recognisers.digits.weighing.weighed import Weighing
from ai_worker.llm.redaction.recognisers.digits.with_digits import Simplified, WithDigits
from ai_worker.llm.redaction.recognisers.online.email_addresses import EmailAddresses
from ai_worker.llm.redaction.recognisers.online.handles import Handles
from ai_worker.llm.redaction.recognisers.online.ip_addresses import IpAddresses
from ai_worker.llm.redaction.recognisers.online.players import Players
from ai_worker.llm.redaction.recognisers.online.secrets import Secrets
from ai_worker.llm.redaction.recognisers.online.speakers import Speakers
from ai_worker.llm.redaction.recognisers.online.wallets import Wallets
from ai_worker.llm.redaction.recognisers.papers.papers import Papers
from ai_worker.llm.redaction.recognisers.people.han.chinese import ChineseNames
from ai_worker.llm.redaction.recognisers.people.names import PersonNames
from ai_worker.llm.redaction.recognisers.places.addresses import Addresses
from ai_worker.llm.redaction.recognisers.places.asked import AskedAddresses
from ai_worker.llm.redaction.recognisers.places.coordinates import Coordinates
from ai_worker.llm.redaction.recognisers.spoken.spoken import Spoken
from ai_worker.llm.redaction.recognisers.tables.columns import Columns
from ai_worker.llm.redaction.spans import Recogniser

DEFAULT_RECOGNISERS: tuple[Recogniser, ...] = (
    EmailAddresses(),
    Speakers(),
    Weighing(
        Handles(),
        Players(),
        PersonNames(),
        ChineseNames(),
        Simplified(Secrets(), BirthDates(), Spoken(), AskedAddresses()),
        WithDigits(
            IpAddresses(),
            Numbers(),
            ShortPhones(),
            Ibans(),
            Documents(),
            LabelledNumbers(),
            Papers(),
            Plates(),
            Columns(),
            Addresses(),
            Coordinates(),
            Wallets(),
        ),
    ),
)
"""Everything that needs no list of the operator's."""
