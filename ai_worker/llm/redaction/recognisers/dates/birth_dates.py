"""Dates of birth: dates beside a word that says so, in seven languages."""

import re
from collections.abc import Iterator

from ai_worker.llm.redaction.recognisers.dates.written import DATE_LIKE, DAY, dates
from ai_worker.llm.redaction.recognisers.signs import Signs
from ai_worker.llm.redaction.spans import Span

_ARTICLE = "the "
_DAYS = re.compile(rf"(?<![0-9A-Za-z.])(?:{DAY})", re.IGNORECASE)
_REACH = 100
"""Characters before a date among which its label is looked for."""
_VERBS = (
    r"uro(?:dz\w*)?\.?|przysz\w+\sna\sświat|powit\w+\sna\sświecie|born|nar\.|naroz\w*|narod\w*"
    r"|přiš\w+\sna\ssvět"
    r"|geb\.?|geboren\w*|роди\w*|рожд\w*|появи\w+\sна\sсвет|народ\w*|з.?явив?л?\w*\sна\sсвіт"
)
_LABELS = (
    r"ur\.|data\surodz\w*|dat[aey]\sur\.|dob|d\.o\.b\.?|(?:date\sof\s)?birth\w*|birthdate|b\.(?=\s?\Z)"
    r"|geb\.-?dat\w*\.?|geburt\w*|gebdat\w*|dat\w*\.?\snar\w*\.?|narozeniny|r\.\snar\."
    r"|дата\sр\w*\.?|д\.?\s?р\.?|г\.\s?р\.?|н\.\s?р\.|день\sрожд\w*|дата\sнар\w*\.?|д\.?\s?н\.?|урожен\w+"
)
_NO_BIRTH = (
    r"(?:zm\.|zmar\w*|died|death|†|gest\w*|verst\w*|zemř\w*|skon\w*|умер\w*|смерт\w*|помер\w*|死|卒|逝"
    r"|ślub\w*|married"
    r"|wedding|wystaw\w*|wydan\w*|issued?|ausgestellt|vydán\w*|выдан\w*|видан\w*|签发)"
)
_NEAR = re.compile(
    rf"(?:(?<!\w)(?:{_VERBS}|{_LABELS})(?!\w)|出生\w{{0,4}}|生日|生于"
    rf"|诞生)(?P<between>[^\d\n一二〇零○三四五六七八九十]{{0,34}})\Z",
    re.IGNORECASE,
)
_FAR = re.compile(
    rf"(?:(?<!\w)(?:{_LABELS}|urodziny)(?!\w)|出生(?:日期|年月日?)|生日)(?P<between>(?:[^\d]"
    rf"|(?<=[\n\[ ])[0-9]{{1,2}}[:/.][0-9]{{2}}){{0,80}})\Z",
    re.IGNORECASE,
)
_LEAVES_THE_LABEL = re.compile(rf"{_NO_BIRTH}|[:：][^\n]*[:：]|\n[^\n]*\n", re.IGNORECASE)
"""A word of another event, a second label, or a second line lies between label and date."""
_TIMES = re.compile(r"[0-9]{1,2}:[0-9]{2}")
_AGED = re.compile(
    r"(?:[0-9]{1,3}\s?(?:lat(?:a|ka)?|let|roků|roky|jahre|years?(?:\sold)?|y\.?o\.?|лет|года?|років|роки"
    r"|рік|岁)"
    r"|aged?\s[0-9]{1,3}(?:\syears)?)[\s,;，(]{1,3}(?:\*\s?)?\Z",
    re.IGNORECASE,
)
_CHILD = re.compile(
    r"(?<!\w)(?:syn\w*|cór\w*|dzieck\w*|son|daughter|child|sohn\w*|tochter|kind\w*|dcer\w*|сын\w*|доч\w*"
    r"|син\w*|донь?к\w*"
    r"|ребён\w*|дитин\w*)[^\n.]{0,40}?\(\Z",
    re.IGNORECASE,
)
_PATRONYMIC = re.compile(
    r"[А-ЯІЇЄ][а-яіїєґё]+(?:ович|евич|євич|йович|ич|івн|ївн|овн|евн|ичн)[а-яіїє]{0,3}[\s,(]{1,3}\Z"
)
_ROLE = re.compile(
    r"(?<!\w)(?:пац[иі]є?е?нт\w*|patient\w*|pacjent\w*|pacient\w*|kind|dziecko|dítě|ребён\w+|дитина"
    r"|pupil|student\w*|żak|uczeń"
    r"|uczennica|žák\w*|schüler\w*|учен\w+|учн\w+|учениця|applicant|bewerber\w*|клієнт\w*|клиент\w*"
    r"|klient\w*|client|患者|学生|家长)"
    r"\s?[:：]?\s(?:[^\W\d_][\w.'’-]*[\s,]{1,2}){1,4}\(?\Z",
    re.IGNORECASE,
)
_SEX = re.compile(r"[男女][\s|｜,，、/]{1,4}\Z")
_STAR = re.compile(r"\*\s?\Z")
_BEHIND_STAR = re.compile(r"\s*(?:$|(?:in|w|v|ve|в|у)\s|[†✝+,–-])", re.MULTILINE)
_BULLETS = re.compile(r"^[ \t]*\*[ \t]", re.MULTILINE)
_BORN_BEHIND = re.compile(
    r"[\s,]{0,2}(?:r\.\s|roku\s|года?\s|року\s|г\.\s)?(?:г\.?\s?р(?!\w)|р\.\s?н|року\sнародж|народж|рожд"
    r"|ur\.|года\sрожд"
    r"|出生|生(?=[，,。；;）)\s的在]|人|于|\Z)|的?生日|[^\d\n，。,]{1,6}出生|н\.\s?р\.|r\.\s?ur\.|geb\.)"
    r"|[^\d\n.,;]{0,40}?(?<!\w)(?:geboren|zur\swelt|born|urodzi\w+|naroz\w+|narodil\w*|на\sсвет|на\sсвіт"
    r"|родил\w*|народи\w*)"
    r"(?!\w)(?![^\d\n]{0,16}[0-9])",
    re.IGNORECASE,
)
_AGE_BEHIND = re.compile(r"[\s,]{0,2}\((?:lat\s)?[0-9]{1,2}\s?(?:lat|let|Jahre|J\.|years|лет|років|роки|岁)")
_TAIL = re.compile(
    r"\s?(?:р\.?\s?н\.?|г\.?\s?р\.?|року\sнародження|года\sрождения|r\.|roku|г\.|года|р\.|року)(?![\w.])",
    re.IGNORECASE,
)
_BORN_ON = re.compile(
    r"(?:(?<!\w)(?:born(?:\son)?|родил\w+|народи\w+|urodził\w+|narodil\w*|geboren)"
    r"|生日)[^\d\n.一二三四五六七八九十]{0,14}(?:(?:19|20)[0-9]{2}[^\d\n.]{0,10})?\Z"
    r"|(?<!\w)(?:urodziny|birthday|geburtstag|narozeniny|день\sрождения|день\sнародження)"
    r"(?:\s(?:mam|ma|mám|má|is|ist|jest|je|у|меня|мене|него|нього|неё|неї|on|am|der|den|w|v|to|hat|habe"
    r"|er|sie|ich)){0,3}\s?[:—–-]?\s\Z",
    re.IGNORECASE,
)
_BORN_SIGNS = Signs(
    "born родил народи urodził narodil geboren 生日 urodziny birthday geburtstag narozeniny рождения"
    " народження"
)


class BirthDates:
    """Finds dates beside `born on`, `ur.`, `geb.`, `дата рождения`, 出生 and their like."""

    def find(self, text: str) -> Iterator[Span]:
        """Every date of birth in the text."""
        if DATE_LIKE.search(text) is not None:
            for start, end in dates(text):
                if _is_of_birth(text, start, end):
                    tail = _TAIL.match(text, end)
                    first = start - len(_ARTICLE) if text.endswith(_ARTICLE, 0, start) else start
                    yield Span(first, tail.end() if tail else end, "BIRTH")
        if _BORN_SIGNS.within(text):
            for match in _DAYS.finditer(text):
                if _BORN_ON.search(text, max(0, match.start() - _REACH), match.start()):
                    yield Span(*match.span(), "BIRTH")


def _is_of_birth(text: str, start: int, end: int) -> bool:
    first = max(0, start - _REACH)
    for label in (_NEAR, _FAR):
        match = label.search(text, first, start)
        if match is not None and _LEAVES_THE_LABEL.search(_TIMES.sub("", match["between"])) is None:
            return True
    if _BORN_BEHIND.match(text, end) or _AGE_BEHIND.match(text, end):
        return True
    if any(cue.search(text, first, start) for cue in (_AGED, _CHILD, _PATRONYMIC, _ROLE, _SEX)):
        return True
    star = _STAR.search(text, max(0, start - 2), start)
    return star is not None and _is_sign_of_birth(text, star.start(), end)


def _is_sign_of_birth(text: str, star: int, end: int) -> bool:
    """Return whether a star stands within a line, or is the only one that begins a line: no bullet."""
    line = text[text.rfind("\n", 0, star) + 1 : star]
    return bool(line.strip()) or (
        len(_BULLETS.findall(text)) == 1 and _BEHIND_STAR.match(text, end) is not None
    )
