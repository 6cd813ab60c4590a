"""Facts about Chinese characters and words: surnames, what given names are made of, ordinary words."""

from functools import cache
from importlib.resources import files
from typing import NamedTuple

from ai_worker.llm.redaction.recognisers.words.wordlike import BloomFilter

FREQUENT = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷曲盛冉骆蓝路游靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤时穆农阎"
)
"""The most frequent surnames."""


class Tables(NamedTuple):
    """The built files, see `devtools/redaction/chinese.py` and `further.py`."""

    surnames: frozenset[str]
    given: dict[str, float]
    words: BloomFilter
    pairs: BloomFilter


@cache
def tables() -> Tables:
    """The files, read once a process."""
    folder = files(__package__).joinpath("data")
    lines = folder.joinpath("chinese_given.txt").read_text(encoding="utf-8").split("\n")
    return Tables(
        frozenset(folder.joinpath("chinese_surnames.txt").read_text(encoding="utf-8").split()) | FREQUENT,
        {line[0]: float(line[1:]) for line in lines if line},
        BloomFilter(folder.joinpath("chinese_words.bin").read_bytes()),
        BloomFilter(folder.joinpath("chinese_pairs.bin").read_bytes()),
    )
