"""Names in Chinese characters: each character is weighed as part of a name by how the lattice reads it and
what stands around it, by weights learnt from letters.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from ai_worker.llm.redaction.recognisers.ordinary import without_code
from ai_worker.llm.redaction.recognisers.people.han.features import Reading, candidates, features
from ai_worker.llm.redaction.recognisers.people.han.lattice import is_title
from ai_worker.llm.redaction.recognisers.people.han.second_look import numbers_again
from ai_worker.llm.redaction.recognisers.weights.odds import of_han
from ai_worker.llm.redaction.recognisers.words.simplified import simplified
from ai_worker.llm.redaction.spans import Span

HAN = re.compile(r"[\u4e00-\u9fff]+")
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
_DOTS = frozenset("·•")
_NICKNAME = re.compile(r"[小老阿][A-Z][a-z]{1,10}(?![a-z])")
ENOUGH = -1.1
"""Log-odds from which on a character is hidden."""
ENOUGH_WHOLE = -1.3
"""Mean log-odds from which on a name that the lattice reads is hidden, all of it."""
_TOGETHER = -1.5
"""Log-odds from which on a character is hidden that stands beside another such."""
_ENOUGH_WITHIN = 0.0
"""Log-odds from which on a single character of a longer word is hidden."""
_ENOUGH_BEHIND = -3.5
"""Log-odds from which on a character behind a surname is hidden."""
_NO_CHARACTER = -20.0
_LONGEST_SURNAME = _LONGEST_GIVEN = 2
_LEAST_DOUBTFUL = -5.5
"""Log-odds of the first look from which on a character is looked at again."""
_SURE = 2
"""Place in `EASES` of the ease with which some name of a text is read, or none is one."""
_HOPELESS = -1.5
"""The least odds that one character of a text needs before any is part of a name."""


class ChineseNames:
    """Finds names in Chinese characters."""

    def find(self, text: str) -> Iterator[Span]:
        """Every name in the text."""
        if HAN.search(text) is None:
            return
        cleared = simplified(without_code(text))
        for match in _NICKNAME.finditer(cleared):
            yield Span(*match.span(), "NAME")
        ruled = ruled_characters(cleared)
        read = candidates(cleared, [match.span() for match in HAN.finditer(cleared)], ruled)
        if not ruled and all(reading.ease > _SURE for reading in read.values()):
            return
        for start, end in _runs(cleared, sorted(_accepted(cleared, read, _odds(cleared, read, ruled)))):
            yield Span(start, end, "NAME")


def ruled_characters(text: str) -> set[int]:
    """The places of the characters that rules take for parts of names."""
    found: set[int] = set()
    for pattern in (_PET_NAME, _INTRODUCED, _SURNAMED):
        for match in pattern.finditer(text):
            found.update(range(*match.span("name")))
    for pattern in (_TRANSLITERATED, _UYGHUR):
        for match in pattern.finditer(text):
            found.update(range(*match.span()))
    return found


def _odds(text: str, read: Mapping[int, Reading], ruled: set[int]) -> dict[int, float]:
    """The log-odds of every character that may be part of a name."""
    weights, trees = of_han()
    parts = {place: [weights.of(group) for group in found] for place, found in features(text, read, ruled)}
    odds = {place: sum(given) for place, given in parts.items()}
    if not odds or max(odds.values()) < _HOPELESS:
        return odds
    for place, numbers in numbers_again(text, parts, read, ruled, _LEAST_DOUBTFUL):
        odds[place] = trees.of(numbers)
    return odds


def _accepted(text: str, read: Mapping[int, Reading], odds: Mapping[int, float]) -> set[int]:
    """The places of the characters that are hidden."""
    sure = {place for place, value in odds.items() if value > ENOUGH}
    for name in {reading.name for reading in read.values()}:
        values = [odds[place] for place in range(name.start, name.end) if place in odds]
        if name.name and sum(values) > ENOUGH_WHOLE * len(values):
            sure.update(range(name.start, name.end))
    accepted: set[int] = set()
    for start, end in _stretches(sure | {place for place, value in odds.items() if value > _TOGETHER}):
        places = range(start, end)
        if end - start == 1:
            word = read[start].word
            if odds[start] > (_ENOUGH_WITHIN if word.end - word.start > 1 else ENOUGH):
                accepted.add(start)
        elif sure.isdisjoint(places):
            accepted.update(places)
        else:
            accepted.update(sure.intersection(places))
            accepted.update(place for place in places if not sure.isdisjoint((place - 1, place + 1)))
    accepted.update(list(_behind_surnames(text, odds, accepted)))
    return accepted


def _behind_surnames(text: str, odds: Mapping[int, float], accepted: set[int]) -> Iterator[int]:
    """The characters behind a name so short that it may be a surname: the given name needs less evidence."""
    for start, end in _stretches(accepted):
        if end - start > _LONGEST_SURNAME or is_title(text, end):
            continue
        for place in range(end, end + _LONGEST_GIVEN):
            if odds.get(place, _NO_CHARACTER) <= _ENOUGH_BEHIND:
                break
            yield place


def _stretches(places: set[int]) -> list[tuple[int, int]]:
    """The stretches of adjacent characters."""
    found: list[tuple[int, int]] = []
    for place in sorted(places):
        if found and found[-1][1] == place:
            found[-1] = found[-1][0], place + 1
        else:
            found.append((place, place + 1))
    return found


def _runs(text: str, places: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The stretches of adjacent characters, a dot between two parts of a foreign name among them."""
    start = end = -1
    for place in places:
        if place == end or (place == end + 1 and text[end] in _DOTS):
            end = place + 1
            continue
        if start >= 0:
            yield start, end
        start, end = place, place + 1
    if start >= 0:
        yield start, end
