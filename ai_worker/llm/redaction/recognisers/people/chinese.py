"""Chinese names: a surname and one or two characters that names are made of, where no ordinary word covers
them."""

import re
from collections.abc import Iterator

from ai_worker.llm.redaction.recognisers.ordinary import without_code
from ai_worker.llm.redaction.recognisers.people.chinese_given import (
    KIN,
    given_alone,
    introduced,
    of_other_peoples,
)
from ai_worker.llm.redaction.recognisers.words.chinese_words import FREQUENT, tables
from ai_worker.llm.redaction.spans import Span

_HAN = re.compile(r"[\u4e00-\u9fff]+")
_TITLE = (
    "先生|女士|小姐|老师|医生|大夫|护士|经理|总监|主任|教授|律师|师傅|阿姨|叔叔|大爷|大妈|同学|同志"
    "|婶|嫂|伯|姐(?![夫妹姐])|哥(?![哥们])|某(?=[，。：、和说承])|大姐|大哥|大叔|大妈|大婶|总(?=[您，。：、和说]|\\Z)|工(?=[您，。：、]|\\Z)"
    "|董事长|总经理|部长|局长|校长|警官|博士|法官|会计|秘书|工程师|老板|奶奶|爷爷"
)
_AFTER = re.compile(rf"(?:{_TITLE})|收(?![货入到取])|[（(]?(?:男|女)[，,)）]|同志|等人|本人|夫妇|一家|全家")
_BEFORE = re.compile(
    r"(?:姓名|名字|收件人|收货人|寄件人|寄件|联系人|户名|持有人|持证人|收款人|付款人|委托人|受托人|甲方"
    r"|乙方|甲方代表|乙方代表|原告|被告|证人|申请人|投诉人|驾驶人|监护人|家长|客服"
    r"|法定代表人|法人"
    r"|患者|病人|司机师傅|司机|师傅|护士长|班长|队长|组长|店长|主管|教练|房东|租客|出租方|承租方|审核|记录|主持|快递员|医师|主治医师|秘书|实名|本人|主治医生|医生|指导老师|老师|邻居|目击者是|目击者|车主"
    r"|经办人|报案人|举报人|签收人|见证人|当事人|被害人|推荐人|审批人|承租人|出租人|继承人|担保人|借款人|被告人|代理人|嫌疑人|陪护|负责人|签名|署名|中文名|助理|同学|董事长|经理|妈妈|爸爸|我叫|名叫|叫做|他叫"
    r"|她叫|我是|我叫做|这是|此致|敬上|外婆|外公|奶奶|爷爷|妻子|丈夫|儿子|女儿|先生|亲爱的|尊敬的|昨天"
    r"|联系|感谢|请|转告|通知|和|与|跟|给|、|说|由|找|向|让|被|对|问|陪|代表"
    r"|孩子|朋友|律师|护士|阿姨)"
    r"[：:\s是（(]{0,2}\Z"
)
_STRONG = re.compile(
    r"(?:姓名|名字|收件人|收货人|寄件人|联系人|户名|持有人|持证人|收款人|付款人|委托人|受托人|甲方|乙方"
    r"|原告|被告|证人|申请人|投诉人|驾驶人|监护人|客服|法人|患者|实名|报案人|举报人|签收人|见证人|当事人|被害人|推荐人|审批人|承租人|出租人|继承人|担保人|借款人|被告人|代理人|嫌疑人|陪护|车主|经办人"
    r"|负责人|签名|中文名|甲方代表|乙方代表)"
    r"[：:\s是]{0,2}\Z|(?:我叫|名叫|他叫|她叫|我叫做)\Z"
)
_ROLE = re.compile(rf"(?:{KIN})\Z")
_COMPOUND = (
    "欧阳",
    "司马",
    "上官",
    "诸葛",
    "司徒",
    "东方",
    "皇甫",
    "尉迟",
    "公孙",
    "慕容",
    "令狐",
    "夏侯",
    "端木",
    "南宫",
    "独孤",
    "长孙",
    "宇文",
    "闻人",
    "轩辕",
)
_THING = re.compile(
    r"定律|效应|定理|方程|定理|常数|路|街|区|市|县|省|大学|学院|公司|集团|村|镇|山|河|湖|江|队|站|桥|寺"
    r"|庙|银行|医院|号|牌"
)
_VERB = re.compile(r"[没说在已将未因于去来也还要会把的是有给打称回带到签问写叫住做负不就都拿]")
_LINKS = frozenset("、和与跟给说由找向让被对问陪是天请")
_PET_NAME = re.compile(
    r"(?:亲爱的|客服|我是|我叫|你好|您好|爱你的|同事|师傅)[，,]?(?P<name>[小老阿][\u4e00-\u9fff]{1,2})"
    r"(?=[，。！,!：:\s；;]|\Z)"
)
_RARE = -2.0
_AMONG_PERSONS = -1.0
"""The score that is enough where a name is sure."""
_SELDOM = frozenset("和老小")
"""Surnames that are nearly always something else."""
_ENDS = frozenset({"师傅", "老师", "主任", "大夫", "太太", "阿姨", "家长", "部长", "校长"})
"""Words before names that hold what is a surname elsewhere."""
_ONE_CHARACTER = re.compile(rf"(?P<surname>[\u4e00-\u9fff])(?={_TITLE})")
_EDGE = re.compile(r"[\s，,。；;：:、！!？?（）()—\n]")


class ChineseNames:
    """Finds names of two to four characters, surname first."""

    def find(self, text: str) -> Iterator[Span]:
        """Every name in the text."""
        if _HAN.search(text) is None:
            return
        cleared = without_code(text)
        for match in _PET_NAME.finditer(cleared):
            yield Span(*match.span("name"), "NAME")
        stretches = [match.span() for match in _HAN.finditer(cleared)]
        names = [span for stretch in stretches for span in _names(cleared, *stretch, 0.0)]
        if names:
            # Where persons are spoken of, a name needs less evidence.
            names += [span for stretch in stretches for span in _names(cleared, *stretch, _AMONG_PERSONS)]
        yield from names
        for stretch in stretches:
            yield from given_alone(cleared, stretch)
        yield from introduced(cleared)
        yield from of_other_peoples(cleared)


def _names(text: str, start: int, end: int, least: float) -> Iterator[Span]:
    position = start
    while position < end:
        length = _length(text, start, position, end, least)
        if length:
            yield Span(position, position + length, "NAME")
        position += max(length, 1)


def _length(text: str, start: int, position: int, end: int, least: float = 0.0) -> int:
    """Characters of the name that begins at the position of the stretch; 0 where none does."""
    known = tables()
    compound = text.startswith(_COMPOUND, position)
    surname = 2 if compound else 1
    if not compound and text[position] not in known.surnames:
        return 0
    if text[max(0, position - 1) : position + 1] in _ENDS or text[position : position + 2] in _ENDS:
        return 0
    if least < 0 and (text[position] not in FREQUENT or text[position : position + 2] in known.pairs):
        return 0
    best, best_score = 0, least
    if text[position] in _SELDOM and _STRONG.search(text, max(0, position - 8), position) is None:
        return 0
    strong = _STRONG.search(text, max(0, position - 8), position) is not None
    named = (
        text[max(0, position - 1) : position] not in _LINKS
        and _BEFORE.search(text, max(0, position - 8), position) is not None
    )
    free = compound or strong or _ROLE.search(text, max(0, position - 8), position) is not None
    for length in (surname + 2, surname + 1):
        if position + length <= end and (
            free
            or (named and _ends(text, position + length))
            or not _is_covered(text, start, position, length, end)
        ):
            score = _score(text, position, surname, length, end)
            if score > best_score:
                best, best_score = length, score
    if best:
        return best
    if (
        _ONE_CHARACTER.match(text, position)
        and (text[position] in FREQUENT or position == start or text[position - 1] in _LINKS)
        and not _is_covered(text, start, position, 1, end)
    ):
        return 1
    return (
        1
        if text[position] in FREQUENT
        and position + 1 == end == start + 1
        and _STRONG.search(text, max(0, position - 8), position)
        else 0
    )


def _is_covered(text: str, start: int, position: int, length: int, end: int) -> bool:
    """Return whether an ordinary word begins with the surname, or runs into it from the left."""
    words = tables().words
    if length > 1 and any(
        text[position : position + size] in words for size in (2, 3, 4) if position + size <= end
    ):
        return True
    return (
        position > start
        and text[position - 1 : position + 1] in words
        and _BEFORE.search(text, max(0, position - 8), position) is None
    )


def _ends(text: str, after: int) -> bool:
    return after == len(text) or _EDGE.match(text[after]) is not None


def _score(text: str, position: int, surname: int, length: int, end: int) -> float:
    """The score of a name against running text; above 0 is a name."""
    given = tables().given
    characters = text[position + surname : position + length]
    cued = _ROLE.search(text, max(0, position - 8), position) or _BEFORE.search(
        text, max(0, position - 8), position
    )
    # Beside a word that stands before names, characters that names seldom have weigh less.
    floor = -1.0 if cued else -3.0
    odds = sum(max(given.get(character, -1.0), floor) for character in characters)
    frequent = surname == 2 or text[position] in FREQUENT
    score = odds * 0.8 + (0.5 if frequent else _RARE) - 2.8 + (0.6 if length - surname == 2 else 0.0)
    before, after = max(0, position - 8), position + length
    if score < 0 and not frequent and _BEFORE.search(text, before, position) and _ends(text, after):
        score += 1.5
    if _STRONG.search(text, before, position):
        score += 4.5
    elif _ROLE.search(text, before, position):
        score += 3.4
    elif _BEFORE.search(text, before, position):
        score += 2.2
    if _ends(text, after) and _BEFORE.search(text, before, position):
        score += 0.8
    if _AFTER.match(text, after):
        score += 2.5
    if _THING.match(text, after):
        score -= 6.0
    if _VERB.match(text, after):
        score += 1.0
    begins = position == 0 or _EDGE.match(text[position - 1]) is not None
    ends = _ends(text, after)
    if begins and ends:
        score += 2.5
    elif ends or begins:
        score += 0.8
    return score
