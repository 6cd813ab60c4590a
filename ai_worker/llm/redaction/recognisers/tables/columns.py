"""Columns of a table whose head names personal data: `| Name | Date of birth | Passport |`."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from ai_worker.llm.redaction.recognisers.dates.written import DATE
from ai_worker.llm.redaction.spans import Span

_HEADS: tuple[tuple[str, str], ...] = (
    (
        "BIRTH",
        r"data\sur|dat\.\sur|(?:d\.\s)?ur\.?\Z|urodz|dat\w*\.?\snar|nar\.?\Z|naroz|r\.\snar|geb|birth"
        r"|d\.?o\.?b|born"
        r"|дата\sр|д\.?\s?р\.?\Z|рожд|дата\sн|д\.?\s?н\.?\Z|народ|出生|生日|生年",
    ),
    (
        "PHONE",
        r"(?:nr\s|č\.\s|číslo\s|№\s)?tel|phone|mobil|cell|handy|kom\.?\Z|komór|kontakt\w*\Z|contact|моб"
        r"|тел|конт|номер\sтел"
        r"|手机|电话|联系",
    ),
    (
        "ID",
        r"pesel|rodn|r\.?\s?č|nino|n\.?i\.?\s(?:no|num)|ssn|social\ssec|national\sins|nhs|tax\s(?:id|no)"
        r"|utr|снилс|инн|рнокпп|іпн"
        r"|身份证|证件|身分证|统一编号|社保|医保|健保|学号|versich|steuer|sv-n|svnr|ahv|nip\Z|id\s(?:no"
        r"|num)|personnum|nr\sident"
        r"|bvn|reg\.?\s?(?:č|no|nr)|člen|会员|mrn|patient\s(?:id|no)|student\s(?:id|no)|aadhaar|полис"
        r"|pojišt|č\.\spoj",
    ),
    (
        "DOCUMENT",
        r"paszp|passport|reisep|ausweis|pass-?\s?n|pas\Z|číslo\s(?:pasu|op|průk)|op\Z|průkaz|dow[oó]d"
        r"|seria|legitym|prawo\sj"
        r"|паспорт|серия|удост|посвід|документ|в/у|свідоц|свидет|licen|führersch|řidič|护照|通行证"
        r"|驾驶证|驾照|证号",
    ),
    (
        "ACCOUNT",
        r"(?:nr\s|č\.\s|číslo\s)?(?:konto|konta|rach|účt|účet)|iban|account|acc\.?\s?n|sort"
        r"|bank\w*\s?(?:acc|ver|nr)|р/с|р/р|сч[её]т"
        r"|рахун|账号|账户|卡号|银行卡",
    ),
    ("CARD", r"(?:nr\s)?kart[ay]|karte|card\s?n|(?:номер\s)?карт[аы]"),
    (
        "ADDRESS",
        r"adres|address|anschrift|wohn|bydl|zamieszk|ulica|street|straße|strasse|адрес|прожив|прописк"
        r"|地址|住址",
    ),
    (
        "PLATE",
        r"kfz|kennz|plate|reg\.?\s?(?:no|num)|vehicle\sreg|nr\srej|rejestr|spz|rz\Z|гос\.?\s?н|госномер"
        r"|номер\sавт|номер\sмаш"
        r"|номерн|车牌|车号",
    ),
    (
        "HANDLE",
        r"nick|login|user|handle|ник\Z|никн|нік|логин|логін|telegram|телеграм|discord|insta|昵称|微信"
        r"|网名|qq|přezd",
    ),
    ("SECRET", r"pass(?:word|code|wort)|kennw|hasł|heslo|парол|pin\Z|пін\Z|пин\Z|密码|口令"),
)
_HEAD = re.compile("|".join(rf"(?P<{kind}>(?<!\w)(?:{words}))" for kind, words in _HEADS), re.IGNORECASE)
_HEAD_LINE = re.compile(r"^[^\n\d]*[|\t;,][^\n\d]*\n", re.MULTILINE)
"""A line without digits in which cells are parted."""
_RULE = re.compile(r"[\s|:+=–—-]*\Z")
_DATE = re.compile(DATE, re.IGNORECASE)
_LONGEST_HEAD = 36
_LONGEST_CELL = 90
_NOTHING = frozenset(
    {"", "-", "–", "—", "/", "n/a", "none", "brak", "нет", "немає", "无", "keine", "není", "x", "?"}
)
_FEWEST_CELLS = {"|": 2, "\t": 2, ";": 3, ",": 3}
_FEWEST_ROWS_WITH_COMMAS = 2


class _Cell(NamedTuple):
    start: int
    end: int
    text: str


class Columns:
    """Finds the cells below heads such as `PESEL`, `Geburtsdatum`, `手机`, `Passport no.`"""

    def find(self, text: str) -> Iterator[Span]:
        """Every such cell in the text."""
        done = 0
        for line in _HEAD_LINE.finditer(text):
            if line.start() < done:
                continue
            for sign, fewest in _FEWEST_CELLS.items():
                kinds = _kinds(text, line.start(), line.end() - 1, sign, fewest)
                if kinds:
                    rows = list(_rows(text, line.end(), sign, len(kinds)))
                    if sign != "," or len(rows) >= _FEWEST_ROWS_WITH_COMMAS:
                        yield from _personal(kinds, rows)
                        done = rows[-1][-1].end if rows else done
                    break


def _cells(text: str, start: int, end: int, sign: str) -> list[_Cell]:
    cells: list[_Cell] = []
    for piece in text[start:end].split(sign):
        bare = piece.strip(' \t\r"*')
        first = start + piece.index(bare) if bare else start
        cells.append(_Cell(first, first + len(bare), bare))
        start += len(piece) + 1
    if sign == "|" and cells and not cells[0].text:
        cells = cells[1:]
    return cells


def _kinds(text: str, start: int, end: int, sign: str, fewest: int) -> list[str | None]:
    """The kind of each column; nothing where the line is no head of a table."""
    if text.count(sign, start, end) < fewest - 1:
        return []
    heads = _cells(text, start, end, sign)
    if len([head for head in heads if head.text]) < fewest or any(
        len(head.text) > _LONGEST_HEAD for head in heads
    ):
        return []
    found = [_HEAD.search(head.text) for head in heads]
    kinds = [match.lastgroup if match else None for match in found]
    return kinds if any(kinds) else []


def _rows(text: str, after: int, sign: str, columns: int) -> Iterator[list[_Cell]]:
    start = after
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        line = text[start:end]
        if sign not in line:
            return
        cells = _cells(text, start, end, sign)
        if not _RULE.match(line):
            if abs(len(cells) - columns) > 1:
                return
            yield cells
        start = end + 1


def _personal(kinds: list[str | None], rows: list[list[_Cell]]) -> Iterator[Span]:
    for cells in rows:
        for kind, cell in zip(kinds, cells, strict=False):
            if kind is not None and _is_value(kind, cell.text):
                yield Span(cell.start, cell.end, kind)


def _is_value(kind: str, cell: str) -> bool:
    digits = sum(map(str.isdigit, cell))
    if cell.lower() in _NOTHING or len(cell) > _LONGEST_CELL:
        return False
    if kind == "BIRTH":
        return _DATE.search(cell) is not None
    if kind == "ADDRESS":
        return digits > 0 and any(map(str.isalpha, cell)) and "@" not in cell
    if kind == "HANDLE":
        return len(cell) > 2 and " " not in cell
    if kind == "SECRET":
        return len(cell) > 3 and " " not in cell and digits > 0
    if kind == "PLATE":
        return digits > 1 and any(map(str.isalpha, cell)) and len(cell) <= 14
    return digits >= (4 if kind in ("ID", "DOCUMENT") else 6)
