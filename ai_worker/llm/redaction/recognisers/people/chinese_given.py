"""Chinese given names that stand without their surname, as relatives and friends call each other; names of
other peoples in Chinese characters.
"""

import re
from collections.abc import Iterator

from ai_worker.llm.redaction.recognisers.words.chinese_words import tables
from ai_worker.llm.redaction.spans import Span

_KIN = (
    "儿子|女儿|侄子|侄女|外甥|外甥女|丈夫|老公|妻子|老婆|妹妹|弟弟|哥哥|姐姐|孙子|孙女|孩子|宝宝|朋友|同事|同学"
    "|闺蜜|室友|邻居|爱人|媳妇|女婿|表哥|表姐|表弟|表妹|堂哥|堂弟|堂姐|堂妹|师兄|师姐|学生|护士|护士长|班长|队长|组长|店长|教练|保姆|月嫂|房东|租客|店员|客服"
)
_BEFORE = re.compile(
    rf"(?:{_KIN}|亲爱的|我是|我叫|你好|您好|我和|你和|他和|她和|和|跟|把|叫|让|给|请|问|说|带了|带着|问一下|找|约|看|看了|见|见了|见到|陪|带|送|接|托|认识|拜托|等|替|帮|跟着|遇到|碰到|联系|通知|谢谢|感谢|转告|告诉"
    r"|楼上的|楼下的|隔壁的|班的|的|——|—|、|，|。|！|？|：|:|\n)[，,\s]{0,2}\Z"
)
_AFTER_KIN = re.compile(rf"(?:{_KIN}|我先生|我太太)\Z")
_AFTER = re.compile(
    r"\s*(?:[，,。！!？?：:；;、）)】—\n]|\Z|和|跟|与|也|说|去|来|来不来|没|不|在|会|想|要|还|都|已|昨|今|明|这|那|的|们|是"
    r"|请|让|把|给|叫|问|正|又|就|天天|敬上|上|姐|哥|叔|阿姨|叔叔|奶奶|爷爷|妈|爸)"
)
_ELDER = re.compile(r"阿姨|叔叔|奶奶|爷爷|姐姐|哥哥|姐(?![妹夫])|哥(?![们])")
_TRANSLITERATED = re.compile(r"[\u4e00-\u9fff]{2,8}(?:[·•][\u4e00-\u9fff]{2,8}){1,3}")
_UYGHUR = re.compile(
    r"(?:古丽|阿依|阿不都|阿卜杜|买买提|艾合买提|吐尔|努尔|迪丽|热依|帕提|玛依|木合塔|依布拉|艾尼|麦麦提|艾力)"
    r"[\u4e00-\u9fff]{1,5}?(?=[，。、；：！？\s]|办|的|和|来|说|在|是|已|将|\Z)"
)
_PET = frozenset("小阿")
_LINK = re.compile(r"[和跟与说叫让把找问约陪带见]\Z")
_SIGNED = re.compile(r"[—\n]\s*\Z")


def given_alone(text: str, stretch: tuple[int, int]) -> Iterator[Span]:
    """Names of two characters within a stretch of Chinese characters that look like a given name, between
    words that stand beside names.
    """
    start, end = stretch
    position = start
    while position + 2 <= end:
        if _is_given(text, position):
            yield Span(position, position + 2, "NAME")
            position += 2
        else:
            position += 1


def of_other_peoples(text: str) -> Iterator[Span]:
    """Names with a middle dot, and those that begin as Uyghur names do."""
    for pattern in (_TRANSLITERATED, _UYGHUR):
        for match in pattern.finditer(text):
            yield Span(*match.span(), "NAME")


def _is_given(text: str, position: int) -> bool:
    pair = text[position : position + 2]
    odds = _odds(pair)
    before = text[max(0, position - 6) : position]
    if odds < 0.0 or (pair in tables().pairs and not before.endswith(("我是", "我叫"))):
        return False
    if _AFTER_KIN.search(before) is not None and odds > 1.5:
        return True
    if _AFTER.match(text, position + 2) is None and _ELDER.match(text, position + 2) is None:
        return False
    if before and _BEFORE.search(before) is None:
        return False
    if _ELDER.match(text, position + 2) or _SIGNED.search(before):
        return odds > 1.5
    return odds > (1.5 if pair[0] in _PET or _LINK.search(before) else 2.5)


def _odds(pair: str) -> float:
    given = tables().given
    first, second = (given.get(character, -9.0) for character in pair)
    if pair[0] in _PET:
        return second + 1.5
    if pair[0] == pair[1]:
        return 2 * first + 1.5 if first > 0.5 else -9.0
    return first + second if min(first, second) > -2.0 else -9.0
