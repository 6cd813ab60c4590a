"""Dates of birth: dates beside a word that says so, in seven languages."""

import re
from collections.abc import Iterator

from ai_worker.llm.redaction.spans import Span

_MONTHS = (
    "stycz|lut|mar|kwie|maj|czerw|lip|sierp|wrze|paźdz|pazdz|listop|grud|jan|feb|mär|maer|apr|may|jun|jul"
    "|aug|sep|oct|okt|nov|dec|dez|mai"
    "|led|únor|unor|březn|brezn|dub|květ|kvet|červ|cerv|srp|září|zari|říj|rij|prosin"
    "|янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек|січ|лют|берез|квіт|трав|черв|лип|серп|верес|жовт"
    "|листоп|груд"
)
_YEAR = r"(?:1[89]|20)[0-9]{2}"
DATE = (
    rf"{_YEAR}\s?[-./]\s?[0-9]{{1,2}}\s?[-./]\s?[0-9]{{1,2}}(?![0-9])"
    rf"|[0-9]{{1,2}}\s?[-./]\s?[0-9]{{1,2}}\s?[-./]\s?(?:{_YEAR}|[0-9]{{2}})(?![0-9])"
    rf"|[0-9]{{1,2}}(?:st|nd|rd|th)?\.?\s(?:of\s)?(?:{_MONTHS})\w*\.?,?\s{_YEAR}(?:\s?(?:року|года))?"
    rf"|(?:{_MONTHS})\w*\.?\s[0-9]{{1,2}}(?:st|nd|rd|th)?,?\s{_YEAR}"
    rf"|[0-9]{{1,2}}\.?\s[IVX]{{1,4}}\.?\s{_YEAR}|{_YEAR}年\s?[0-9]{{1,2}}月(?:\s?[0-9]{{1,2}}[日号])?"
    r"|[一二〇零○三四五六七八九十]{4}年[一二三四五六七八九十]{1,3}月(?:[一二三四五六七八九十]{1,3}[日号])?"
    rf"|{_YEAR}(?=\s?(?:г\.?\s?р|року\sн|года\sр))"
)
_BORN = (
    r"ur\.|uro\w*|urodz\w*|data\surodzenia|born|birth\w*|d\.?o\.?b\b\.?|date\sof\sbirth|geb\.|geboren\w*"
    r"|geburt\w*|\bnar\.|naroz\w*|narození|"
    r"рожд\w*|роди\w*|д\.?\s?р\.|народ\w*|н\.\s?р\.|出生\w*|生日|生于"
)
_LABEL_FIRST = re.compile(
    rf"(?<!\w)(?:{_BORN})(?P<between>[^\d\n一二〇零○三四五六七八九十]{{0,32}}?)\(?\b(?P<date>{DATE})|(?:出生年月日?|出生日期"
    rf"|出生|生日|生于)[^\d\n]{{0,6}}?(?P<chinese>{DATE})",
    re.IGNORECASE,
)
_DATE_FIRST = re.compile(
    rf"(?<![0-9A-Za-z.])(?P<date>{DATE})[\s,]{{0,2}}(?:r\.\s|года?\s|року\s|г\.\s)?(?:г\.?\s?р\b|р\.\s?н"
    rf"|року\sнародж|рожд|народж|ur\.|geboren|born|года\sрожд|出生|生[，,。]|生(?=人|于))",
    re.IGNORECASE,
)
_CHILD = re.compile(
    rf"(?:syn\w*|cór\w*|dzieck\w*|son|daughter|child|sohn\w*|tochter|kind\w*|syn\w*|dcer\w*|сын\w*|доч\w*"
    rf"|син\w*|донь?к\w*|ребён\w*|дитин\w*)[^\n.]{{0,40}}?\((?P<date>{DATE})",
    re.IGNORECASE,
)


_DATE_LIKE = re.compile(
    rf"{_YEAR}|[0-9]\s?[-./]\s?[0-9]{{1,2}}\s?[-./]\s?[0-9]{{2}}|[一二〇零○三四五六七八九十]{{4}}年"
)
"""A part of every date."""


class BirthDates:
    """Finds dates beside `born on`, `ur.`, `geb.`, `дата рождения`, 出生 and their like."""

    def find(self, text: str) -> Iterator[Span]:
        """Every date of birth in the text."""
        if _DATE_LIKE.search(text) is None:
            return
        for pattern in (_LABEL_FIRST, _DATE_FIRST, _CHILD):
            for match in pattern.finditer(text):
                name = "date" if match["date"] else "chinese"
                yield Span(*match.span(name), "BIRTH")
