"""Chinese given names that stand without their surname, as relatives and friends call each other; names of
other peoples in Chinese characters.
"""

import re
from collections.abc import Iterator

from ai_worker.llm.redaction.recognisers.words.chinese_words import FREQUENT, tables
from ai_worker.llm.redaction.spans import Span

KIN = (
    "儿子|女儿|侄儿|侄子|侄女|外甥|外甥女|丈夫|老公|妻子|老婆|妹妹|弟弟|哥哥|姐姐|孙子|孙女|孩子|宝宝|朋友|同事|同学"
    "|闺蜜|室友|邻居|爱人|媳妇|女婿|表哥|表姐|表弟|表妹|堂哥|堂弟|堂姐|堂妹|师兄|师姐|学生|护士|护士长|班长|队长|组长|店长|教练|保姆|月嫂|民警|职员|员工|司机|中介|房东|租客|店员|客服"
)
_BEFORE = re.compile(
    rf"(?:{KIN}|亲爱的|我是|我叫|你好|您好|我和|你和|他和|她和|和|跟|把|叫|让|给|请|问|说|带了|带着|问一下|接一下|一下|找|约|看|看了|见|见了|见到|陪|带|送|接|托|认识|拜托|等|替|帮|跟着|遇到|碰到|联系|通知|谢谢|感谢|转告|告诉"
    r"|楼上的|楼下的|隔壁的|班的|的|——|—|、|，|。|！|？|：|:|\n)[，,\s]{0,2}\Z"
)
_AFTER_KIN = re.compile(rf"(?:{KIN}|我先生|我太太)\Z")
_AFTER = re.compile(
    r"\s*(?:[，,。！!？?：:；;、）)】—\n]|\Z|和|跟|与|也|说|去|来|过|考|拿|给|上学|生病|发烧|放学|来不来|没|不|在|会|想|要|还|都|已|昨|今|明|这|那|的|们|是"
    r"|请|让|把|给|叫|问|正|又|就|天天|敬上|上|姐|哥|叔|阿姨|叔叔|奶奶|爷爷|妈|爸)"
)
_ELDER = re.compile(
    r"阿姨|叔叔|姑姑|舅舅|婶婶|伯伯|姑父|姨妈|舅妈|大姐|大哥|奶奶|爷爷|姐姐|哥哥|姐(?![妹夫])|哥(?![们])"
)
_TRANSLITERATED = re.compile(
    r"(?:(?![在和跟是由的与对向被让给])[\u4e00-\u9fff]){1,6}(?:[·•][\u4e00-\u9fff]{1,6})*[·•][\u4e00-\u9fff]{1,6}?(?=[^\u4e00-\u9fff]|[的和在是于说与跟来办将已先女]|\Z)"
)
_UYGHUR = re.compile(
    r"(?:古丽|阿依|阿不都|阿卜杜|买买提|艾合买提|吐尔|努尔|迪丽|热依|帕提|玛依|木合塔|依布拉|艾尼|麦麦提|艾力)"
    r"(?:(?!的)[\u4e00-\u9fff]){1,5}?(?=[，。、；：！？\s]|办|的|和|来|说|在|是|已|将|\Z)"
)
_INTRODUCED = re.compile(
    r"(?:我叫|名叫|他叫|她叫|(?:姓名|收件人|收货人|寄件人|户名|持卡人|持有人|收款人|付款人|委托人|受托人|甲方|乙方|承租人"
    r"|出租人|承租方|出租方|签名|署名|申请人|报案人|患者姓名|经办人|负责人|联系人|见证人)[：:])\s?"
    r"(?!本人|客服|经理|同上|物业|先生|女士|有限|公司|本公司|不详)(?P<name>[\u4e00-\u9fff]{2,4})"
    r"(?=[，。；、！,.;!\s（(]|\Z)"
)
_TITLES = frozenset({"师傅", "先生", "小姐", "女士", "老师", "大哥", "大姐", "同学", "朋友", "夫妇", "一家"})
_PET = frozenset("小阿大老")
_LINK = re.compile(r"[和跟与说叫让把找问约陪带见]\Z")
_SIGNED = re.compile(r"[—\n]\s*\Z")


def given_alone(text: str, stretch: tuple[int, int]) -> Iterator[Span]:
    """Names of two characters within a stretch of Chinese characters that look like a given name, between
    words that stand beside names.
    """
    start, end = stretch
    position = start
    while position + 2 <= end:
        length = _length(text, position, end)
        if length:
            yield Span(position, position + length, "NAME")
        position += max(length, 1)


def introduced(text: str) -> Iterator[Span]:
    """Names that a label or an introduction precedes."""
    for match in _INTRODUCED.finditer(text):
        yield Span(*match.span("name"), "NAME")


def of_other_peoples(text: str) -> Iterator[Span]:
    """Names with a middle dot, and those that begin as Uyghur names do."""
    for pattern in (_TRANSLITERATED, _UYGHUR):
        for match in pattern.finditer(text):
            yield Span(*match.span(), "NAME")


def _length(text: str, position: int, end: int) -> int:
    """Characters of the name that begins here; 0 where none does."""
    pair, before = text[position : position + 2], text[max(0, position - 6) : position]
    odds = _odds(pair)
    if odds < 0.0 or pair in _TITLES:
        return 0
    if _AFTER_KIN.search(before) is not None:
        whole = pair[0] in FREQUENT and position + 3 <= end and _AFTER.match(text, position + 3) is not None
        known = odds > (1.5 if pair in tables().pairs else 0.0)
        return (3 if whole and _AFTER.match(text, position + 2) is None else 2) if known else 0
    if pair in tables().pairs and not before.endswith(("我是", "我叫")):
        return 0
    elder = _ELDER.match(text, position + 2)
    if _AFTER.match(text, position + 2) is None and elder is None:
        return 0
    if before and _BEFORE.search(before) is None:
        return 0
    if elder or _SIGNED.search(before):
        least = 1.5
    else:
        least = 1.5 if pair[0] in _PET or _LINK.search(before) else 2.5
    return 2 if odds > least else 0


def _odds(pair: str) -> float:
    given = tables().given
    first, second = (given.get(character, -9.0) for character in pair)
    if pair[0] in _PET:
        called = second + 1.5 if pair[0] in "小阿" else first + second
        return max(called, 2.5 if pair[1] in FREQUENT else -9.0)
    if pair[0] == pair[1]:
        return 2 * first + 1.5 if first > 0.5 else -9.0
    return first + second if min(first, second) > -2.0 else -9.0
