"""Names in Chinese characters: those on the likeliest path through a stretch of characters, those
that a label introduces, and those of other peoples.
"""

import re
from collections.abc import Iterator

from ai_worker.llm.redaction.recognisers.ordinary import without_code
from ai_worker.llm.redaction.recognisers.people.lattice import names_in
from ai_worker.llm.redaction.recognisers.words.chinese_gains import gains
from ai_worker.llm.redaction.spans import Span

_HAN = re.compile(r"[\u4e00-\u9fff]+")
_PET_NAME = re.compile(
    r"(?:亲爱的|客服|我是|我叫|你好|您好|爱你的|同事|师傅)[，,]?(?P<name>[小老阿][\u4e00-\u9fff]{1,2})"
    r"(?=[，。！,!：:\s；;]|\Z)"
)
_INTRODUCED = re.compile(
    r"(?:我叫|名叫|他叫|她叫|(?:姓名|收件人|收货人|寄件人|户名|持卡人|持有人|收款人|付款人|委托人|受托人|甲方|乙方|承租人"
    r"|出租人|承租方|出租方|签名|署名|申请人|报案人|患者姓名|经办人|负责人|联系人|见证人)[：:])\s?"
    r"(?!本人|客服|经理|同上|物业|先生|女士|有限|公司|本公司|不详)(?P<name>[\u4e00-\u9fff]{2,4})"
    r"(?=[，。；、！,.;!\s（(]|\Z)"
)
_SURNAMED = re.compile(r"(?:我|免贵|您贵|位|个)姓(?P<name>(?!名)[\u4e00-\u9fff])(?=[的，。！,]|\Z)")
_TRANSLITERATED = re.compile(
    r"(?:(?![在和跟是由的与对向被让给])[\u4e00-\u9fff]){1,6}(?:[·•][\u4e00-\u9fff]{1,6})*[·•][\u4e00-\u9fff]{1,6}?"
    r"(?=[^\u4e00-\u9fff]|[的和在是于说与跟来办将已先女从对]|\Z)"
)
_UYGHUR = re.compile(
    r"(?:古丽|阿依|阿不都|阿卜杜|买买提|艾合买提|吐尔|努尔|迪丽|热依|帕提|玛依|木合塔|依布拉|艾尼|麦麦提|艾力)"
    r"(?:(?!的)[\u4e00-\u9fff]){1,5}?(?=[，。、；：！？\s]|办|的|和|来|说|在|是|已|将|\Z)"
)
_NICKNAME = re.compile(r"[小老阿][A-Z][a-z]{1,10}(?![a-z])")
_REPEATED = 5.0
"""Ease of a name that occurs twice in a text that speaks of persons."""
_AMONG_PERSONS = 2.0
"""Where persons are spoken of, a name needs so much less evidence."""


def _is_rather_a_name(word: str) -> bool:
    """Return whether a word that stands twice is no ordinary one, or as often a name: 朵朵."""
    known = gains()
    return len(word) > 1 and (word not in known.words or word in known.namesakes or word[0] == word[1])


class ChineseNames:
    """Finds names in Chinese characters."""

    def find(self, text: str) -> Iterator[Span]:
        """Every name in the text."""
        if _HAN.search(text) is None:
            return
        cleared = without_code(text)
        names = [
            match.span("name")
            for pattern in (_PET_NAME, _INTRODUCED, _SURNAMED)
            for match in pattern.finditer(cleared)
        ]
        for pattern in (_TRANSLITERATED, _UYGHUR, _NICKNAME):
            names += (match.span() for match in pattern.finditer(cleared))
        stretches = [match.span() for match in _HAN.finditer(cleared)]
        paths = [names_in(cleared, *stretch, 0.0, _AMONG_PERSONS, _REPEATED) for stretch in stretches]
        names += (name for sure, _, _ in paths for name in sure)
        if names:
            names += (name for _, among, _ in paths for name in among)
            names += (
                (start, end)
                for _, _, repeated in paths
                for start, end in repeated
                if cleared.count(cleared[start:end]) > 1 and _is_rather_a_name(cleared[start:end])
            )
        for start, end in names:
            yield Span(start, end, "NAME")
