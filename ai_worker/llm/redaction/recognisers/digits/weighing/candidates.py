"""Stretches of a text that may be a number of a person: dates, plates, runs of digits and codes."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from ai_worker.llm.redaction.language import Language
from ai_worker.llm.redaction.recognisers.digits.amounts import is_amount
from ai_worker.llm.redaction.recognisers.digits.weighing.number_words import numbers_in_words
from ai_worker.llm.redaction.recognisers.signs import Signs

_LETTERS = "A-Za-zÀ-ɏЀ-ӿ"
_CAPITALS = "A-ZÀ-ÖØ-ÞĀČĎĚŇŘŠŤŮŽŁŚŹŻĆĘĄА-ЯЁІЇЄҐ"
_YEAR = r"(?:1[89]|20)[0-9]{2}"
_OF_YEAR = r"(?: ?(?:року|года|roku|р\.(?: ?н\.)?|г\.(?: ?р\.)?|r\.)|-го)?"
_HAN_DIGIT = "〇零○一二三四五六七八九十廿卅初正冬腊臘元"
_HAN_ERA, _HAN_CALENDAR = "(?:(?:民[国國]|公元|西元|大正|昭和|平成) ?)?", "(?:[农農阴陰]?[历曆]?)"
_DATE = (
    r"[0-9]{4} ?[-./] ?[0-9]{1,2} ?[-./] ?[0-9]{1,2}(?![0-9])"
    r"|[0-9]{1,2} ?[-./] ?(?:[0-9]{1,2}|[IVX]{1,4}) ?[-./] ?(?:[0-9]{4}|[0-9]{2})(?![0-9])"
    rf"{_OF_YEAR}"
    rf"|[«\"]?[0-9]{{1,2}}[»\"]?(?:\.|st|nd|rd|th)? (?:of |de |des )?(?P<month>[{_LETTERS}]{{3,12}})\.?,? "
    rf"(?:des Jahres )?(?:{_YEAR}|['’]?[0-9]{{2}})(?![0-9:.]*[0-9]){_OF_YEAR}"
    rf"|[0-9]{{1,2}}\.? [IVX]{{1,4}}\.? {_YEAR}(?![0-9])"
    rf"|{_HAN_ERA}[0-9]{{2,4}} ?年{_HAN_CALENDAR} ?"
    rf"(?:[0-9]{{1,2}}|[{_HAN_DIGIT}]{{1,3}}) ?月(?: ?(?:[0-9]{{1,2}}|[{_HAN_DIGIT}]{{1,3}}) ?[日号號]?)?"
)
_HAN_DATE = (
    rf"{_HAN_ERA}[{_HAN_DIGIT}]{{2,4}}年{_HAN_CALENDAR}[{_HAN_DIGIT}]{{1,3}}月"
    rf"(?:[{_HAN_DIGIT}]{{1,3}}[日号號]?)?"
)
_MONTH_FIRST = (
    rf"(?<![{_LETTERS}])(?P<first>[A-Z][a-z]{{2,8}})\.? [0-9]{{1,2}}(?:st|nd|rd|th)?,? {_YEAR}(?![0-9])"
)
_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领临"
_HAN_PLATE = rf"[{_PROVINCES}][A-Z][·・. -]?[A-Z0-9]{{4,6}}(?![A-Za-z0-9])"
_CHUNK = rf"[{_LETTERS}]{{0,24}}[0-9][{_LETTERS}0-9]{{0,40}}"
_BETWEEN = r"(?: ?[-–—‒./·_−] ?| ?\( ?| ?\) ?-?| ?№ ?| )"
_HEAD = rf"[{_CAPITALS}]{{1,5}}(?:[-./ ][{_CAPITALS}]{{1,3}})?(?:[-/. ]| ?№ ?)(?=[0-9])"
_TAIL = rf"(?:[-/ ]?[{_CAPITALS}]{{1,3}}(?![{_LETTERS}0-9])|\([0-9A-Z]\))"
_RUN = (
    rf"(?<![{_LETTERS}0-9])(?:\+ ?\(?|\((?=\+?[0-9]{{1,5}}\)))?(?P<head>{_HEAD})?{_CHUNK}"
    rf"(?:{_BETWEEN}(?:[{_CAPITALS}]{{1,4}}[- ]?)?{_CHUNK})*(?P<tail>{_TAIL})?"
)
_CANDIDATE = re.compile(
    rf"(?=[0-9«\"A-Z〇-\u9fff])(?:(?P<date>(?<![0-9./-])(?:{_DATE})|{_HAN_DATE}|{_MONTH_FIRST})|(?P<plate>{_HAN_PLATE}))"
    rf"|(?P<run>{_RUN})"
)


def _words(written: str) -> frozenset[str]:
    return frozenset(written.split())


_MONTHS = _words(
    "sty lut mar kwi maj cze lip sie wrz paź paz lis gru jan feb mär mae apr may jun jul aug sep oct okt nov"
    " dec dez mai led úno uno bře bre dub kvě kve čer cer srp zář zar říj rij pro янв фев мар апр мая май июн"
    " июл авг сен окт ноя дек січ лют бер кві тра чер лип сер вер жов лис гру"
)
"""The beginnings of months."""
_LABELS = _words(
    "NR NO Nº N TEL FAX IČ IC DIČ IČO RČ OP RZ SPZ ČP ČJ VS KS SS PIN NIP REGON KRS PESEL BLZ KTO"
    " IBAN BIC VIN"
    " PLZ PSČ ИНН КПП БИК ОГРН РС ІПН МФО НОМ ПІН ПИН ID SSN NI NHS SIN TFN VAT DOB PPSN RAMQ HKID UPN SV AHV"
    " STNR BSN EAN NAR GEB UR НР ДР TOP ISBN ISSN ISO EN DIN GOST ГОСТ SNILS СНИЛС УНЗР SWIFT PO"
    " TISCH CVV CVC"
    " MRN IMEI MAC IP QQ ДТП ТЕЛ МОБ ЕТАЖ TIN GST PAN ACC REF INV BOX ORDER UND AND THE BIS OD DO DNE ZA AB"
    " SEIT VON UM IM ST"
)
"""Short words in capitals before a number that are rather its label."""
_UNITS = _words(
    "CZK EUR USD GBP PLN UAH RUB CHF KC KČ ZŁ KG KM ГРН РУБ AM PM GB MB TB I A W Z O И В К О А У С Я І AND"
)
_DIGIT = re.compile(r"[0-9]|[〇零○一二三四五六七八九十]年")
_DOTTED = re.compile(r"[0-9]{1,2} ?\. ?[0-9]{1,2} ?\. ?(?:[0-9]{4}|[0-9]{2})")
_LAST_DAY, _LAST_MONTH = 31, 12
_DASH = " ?[-–—] ?"
_OF_THINGS = re.compile(
    rf"[0-9]{{1,2}}\.[0-9]{{8,}}|{_YEAR}{_DASH}{_YEAR}|{_YEAR}\.[0-9]{{1,2}}{_DASH}{_YEAR}\.[0-9]{{1,2}}"
    rf"|(?:0[1-9]|1[0-2])/{_YEAR}(?:{_DASH}(?:0[1-9]|1[0-2])/{_YEAR})?"
)
"""Decimal fractions, and times from a year or a month to another."""
_SHORT_HEAD, _LONG_NUMBER = 2, 5
_SIGNS = frozenset("!#$%^&*_~+")
_JOINING = frozenset("-.@_")
_EMPHASIS, _PAIR = "*_~", 2
_LETTER = re.compile(r"[^\W\d_]")
_DIGITS_FIRST = re.compile(r"(?:[0-9]| (?=[0-9]{3}))*")
_OUTSIDE = re.compile(r"[\s\"'„“”«»`()<>\[\]{}=,;:，；。：、（）|⟦⟧？！?\u3000-\u9fff]")
_SMALL_LETTERS = re.compile(r"[a-zà-öø-ÿа-яіїєґ]{2}")
_SECRETS = Signs(
    "pass pw pin wifi wi-fi wlan code login key alarm gate door secret token hasł kod pasw klucz drzwi bram"
    " furt kłód hesl kód klíč klic dveř vrat schránk kennw schlüssel zugang tür tor safe tresor"
    " парол код ключ"
    " пін пин вайфай двер хвірт калит сейф ворот домофон 密 口令 门禁 門禁 钥匙"
)
"""Words of texts that may hold passwords."""
_BIRTHS = Signs("born birth d.o.b dob ur. urodz geb nar roč рожд родил р. г. ім'я народ 生 岁")
_REACH = 80
_ONLY_YEAR, _YEAR_LONG = re.compile(_YEAR), 4
_EMAIL = re.compile(r"\w@\w+\.\w")
_LONGEST = 48
_LEAST_DIGITS, _LEAST_CODE, _LONG_CODE = 4, 4, 6


class Candidate(NamedTuple):
    """A stretch that may be a number of a person.

    Args:
        start: index of its first character, end: after its last.
        form: `date`, `plate` (a Chinese one), `run`, `token` where other signs are written on to it, or
            `words` where it is written in words.
    """

    start: int
    end: int
    form: str


def candidates(text: str, language: Language) -> Iterator[Candidate]:
    """Every candidate of a text, in order; they do not overlap."""
    lowered = text.lower()
    # A few capitals have two characters for their small letter: places would differ.
    places = numbers_in_words(lowered, language) if len(lowered) == len(text) else ()
    in_words = [Candidate(start, end, "words") for start, end in places]
    with_digits = list(_with_digits(text)) if _DIGIT.search(text) else []
    position = 0
    for found in sorted([*in_words, *with_digits]):
        if found.start >= position:
            yield found
            position = found.end


def _with_digits(text: str) -> Iterator[Candidate]:
    position = 0
    while (match := _CANDIDATE.search(text, position)) is not None:
        position = match.end()
        form = match.lastgroup if match.lastgroup in ("date", "plate") else "run"
        found = Candidate(*match.span(), form)
        if form == "date" and _DOTTED.fullmatch(match.group()):
            found = found if _is_day(match.group()) else Candidate(*match.span(), "run")
        elif form == "date":
            month = match["month"] or match["first"]
            if month is not None and month[:3].lower() not in _MONTHS:
                # The day may stand alone, and the year be the beginning of something else.
                position = max(text.rfind(" ", *match.span()) + 1, match.start() + 1)
                continue
        elif form == "run":
            if _begins_with_label(match):
                position = match.end("head")
                continue
            found = _whole_token(text, _without_unit(match))
        if _is_enough(text, found) and _has_its_words(text, found):
            yield found
            position = max(position, found.end)


def _is_day(dotted: str) -> bool:
    """Return whether a date with full stops has a day and a month: a version need not."""
    day, month = (int(part) for part in dotted.replace(" ", "").split(".")[:2])
    return 1 <= day <= _LAST_DAY and 1 <= month <= _LAST_MONTH


def _begins_with_label(match: "re.Match[str]") -> bool:
    """Return whether the capitals before a number are its label, or the end of a sentence, and no part of
    it.
    """
    head = match["head"]
    if head is None or head[-1] in "-/":
        return False
    word = head.rstrip(" .№").upper()
    behind = match.string[match.end("head") : match.end()]
    if len(word) <= _SHORT_HEAD and any(sign.isupper() for sign in behind):
        return False
    return word in _LABELS if len(word) > 1 else len(_DIGITS_FIRST.findall(behind)[0]) < _LONG_NUMBER


def _without_unit(match: "re.Match[str]") -> Candidate:
    tail = match["tail"]
    word = tail.strip() if tail is not None and tail[:1] == " " else ""
    ends = word in _UNITS and (len(word) > 1 or match["head"] is None)
    return Candidate(match.start(), match.start("tail") if ends else match.end(), "run")


def _has_its_words(text: str, found: Candidate) -> bool:
    """Return whether a code with small letters stands behind a word of passwords, and a mere year in a text
    that may hold these or dates of birth.
    """
    if found.form not in ("run", "token"):
        return True
    if found.end - found.start == _YEAR_LONG and _ONLY_YEAR.match(text, found.start):
        return _SECRETS.within(text) or _BIRTHS.within(text)
    return _SMALL_LETTERS.search(text, found.start, found.end) is None or _SECRETS.within(
        text[max(0, found.start - _REACH) : found.start]
    )


def _whole_token(text: str, found: Candidate) -> Candidate:
    """The whole of a code on to which signs of passwords are written: `4471#`, `Zx!98_haiou`."""
    start, end, _ = found
    before, after = text[max(0, start - 2) : start], text[end : end + 2]
    if not (
        before[-1:] in _SIGNS
        or after[:1] in _SIGNS
        or (before[-1:] in _JOINING and before[:1].isalnum() and text[start:end].isalnum())
        or (after[:1] in _JOINING and after[1:].isalpha())
    ):
        return found
    while start and found.start - start < _LONGEST and not _OUTSIDE.match(text[start - 1]):
        start -= 1
    while end < len(text) and end - found.end < _LONGEST and not _OUTSIDE.match(text[end]):
        end += 1
    while end > found.end and text[end - 1] in ".-":
        end -= 1
    while end - start > _PAIR and text[start] == text[end - 1] and text[start] in _EMPHASIS:
        start, end = start + 1, end - 1
    if end > found.end and text[end - 1] == "!" and not _LETTER.search(text, start, end):
        end -= 1
    return found if (start, end) == (found.start, found.end) else Candidate(start, end, "token")


def _is_enough(text: str, found: Candidate) -> bool:
    if found.form in ("date", "plate"):
        return True
    written = text[found.start : found.end]
    if len(written) > _LONGEST or _EMAIL.search(written):
        return False
    digits = sum(sign.isdigit() for sign in written)
    if digits >= _LEAST_DIGITS:
        return not (is_amount(text, found.start, found.end, digits) or _OF_THINGS.fullmatch(written))
    signs = sum(sign.isalnum() for sign in written)
    if not digits or signs < _LEAST_CODE:
        return False
    if "-" in written or signs >= _LONG_CODE:
        return True
    return digits > 1 and (found.form == "token" or any(sign.isupper() for sign in written))
