"""The likeliest way to read a stretch of Chinese characters as words and names."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ai_worker.llm.redaction.recognisers.words import cues
from ai_worker.llm.redaction.recognisers.words.chinese_gains import Gains, gains

_LONGEST_WORD, _LONGEST_FOREIGN = 5, 6
_UNKNOWN = -5.0
"""Gain of a character that is no word by itself."""
_FULL, _GIVEN, _FOREIGN, _CALLED = -5.0, -7.5, -7.0, -6.5
"""Gains of full names, given names alone, foreign names, and names as friends call each other."""
_COMPOUND = 7.0
_LONGEST_COMPOUND, _LONGEST_GIVEN = 3, 3
_LEAST_ALONE = -0.5
"""Of the one character of a given name behind a surname."""
_NAMESAKE, _WORD_AS_NAME = -2.0, -5.0
"""Gains of a word as a name against itself: of one that dictionaries take for a name, and of any other whose
characters names are made of.
"""
_LONG_SURNAMES = (
    "欧阳 司马 上官 诸葛 司徒 东方 皇甫 尉迟 公孙 慕容 令狐 夏侯 端木 南宫 独孤 长孙 宇文 闻人 轩辕 "
    "淳于 亓官 拓跋 赫连 鲜于 申屠 澹台 公冶 宗政 濮阳 太叔 仲孙 钟离 呼延 万俟 百里 东郭 西门 公羊 "
    "谷梁 巫马 乐正 司空 司寇 左丘 梁丘 贺兰 完颜 纳兰 叶赫 富察 那拉 耶律 单于 夹谷 佐藤 铃木 田中 "
    "渡边 伊藤 山本 中村 小林 加藤 吉田 山田 佐佐木 山口 松本 井上 木村 清水 山崎 池田 桥本 阿部 石川 "
    "山下 中岛 前田 藤田 小川 后藤 冈田 长谷川 村上 近藤 石井 斋藤 坂本 远藤 青木 藤井 西村 福田 太田 "
    "三浦 冈本 松田 中川 中野 原田 小野 田村 竹内 金子 和田 中山 石田 上田 森田 柴田 酒井 工藤 横山 "
    "宫崎 宫本 内田 高木 安藤 谷口 大野 丸山 今井 高田 藤本 武田 村田 上野 杉山 增田 小山 大塚 平野 "
    "菅原 久保 千叶 松尾 岩崎 樱井 木下 野口 松井 菊地 野村 新井 渡部 川上 大久保 小泉 黑田 高桥 织田 "
    "丰田 岛田 本田 河野 川口 川崎 水野 星野 浅野"
)
COMPOUNDS = frozenset(_LONG_SURNAMES.split())
"""Surnames of several characters, Japanese ones among them."""
RARE = frozenset(
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳酆鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常"
    "乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍"
    "虞万支柯昝管卢莫经房裘缪干解应宗丁宣贲邓郁单杭洪包诸左石崔吉钮龚程嵇邢滑裴陆荣翁荀羊於惠甄曲家封芮羿储靳汲邴糜松井段富巫乌焦巴弓牧隗山谷车侯宓蓬全郗班仰秋仲伊宫"
    "宁仇栾暴甘钭厉戎祖武符刘景詹束龙叶幸司韶郜黎蓟薄印宿白怀蒲邰从鄂索咸籍赖卓蔺屠蒙池乔阴胥能苍双闻莘党翟谭贡劳逄姬申扶堵冉宰郦雍郤璩桑桂濮牛寿通边扈燕冀郏浦尚农温"
    "别庄晏柴瞿阎充慕连茹习宦艾鱼容向古易慎戈廖庾终暨居衡步都耿满弘匡国文寇广禄阙东欧殳沃利蔚越夔隆师巩厍聂晁勾敖融冷訾辛阚那简饶空曾毋沙乜养鞠须丰巢关蒯相查后荆红游"
    "竺权逯盖益桓公仉督岳帅缑亢况郈琴归海晋楚闫法汝鄢涂钦佘佴佰赏谯墨哈笪年爱阳佟禤冼庹谌蹇折招妥撒兀练过黑鲜肖付代覃牟揭占苟苑亓仝仵柘麦修仪呼丘冒粟隋萨图战银由迟青"
    "门阿初字底丹旦"
    "但母粘庚芈幺拓励战酒逄郗邸矫隽顿鹿旷束泉洛淡渠湛竹筱简胥腾菅虎蔚衣贠镡雒靖骈呙咎尧尉岩忻恽杞植毋买摆喇"
)
"""Surnames of the Hundred Families and others, of which dictionaries of words know a part."""
_RARE_GAIN = 1.0
_PREFIXES = frozenset("小老阿大")
_AS_KIN, _KIN_BEFORE, _AS_KIN_GAIN = (
    frozenset("哥姐叔姨嫂爷"),
    frozenset("大小老阿表堂亲师学帅空二三四五六七八九的哥姐叔姨嫂爷"),
    4.5,
)
"""`强哥`: friends are called by a part of their name and a word for kin."""
_NUMERALS = frozenset("一二三四五六七八九十百千万零〇两")
_SIGNED = 3.0
"""Gain of a name that ends the text and stands by itself."""
_LABEL = re.compile(
    r"(?:姓名|名字|收件人|收货人|寄件人|发件人|联系人|联系|户名|持有人|收款人|付款人|委托人|受托人|甲方|乙方|原告|被告|证人|申请人"
    r"|投诉人|驾驶人|监护人|家长|客服|法人|患者|病人|报案人|举报人|签收人|见证人|当事人|被害人|推荐人|审批人|承租人|出租人"
    r"|承租方|出租方|继承人|担保人|借款人|被告人|代理人|嫌疑人|陪护|车主|经办人|负责人|签名|署名|中文名|陈述人|跟进人|主管"
    r"|经理|主席|出席|缺席|列席|请假|主持人|主持|记录|记录人|导演|我叫|名叫|他叫|她叫|叫做|名为|查明为|我是|这是|本人|抄送|敬上"
    r"|长子|次子|长女|次女|儿媳|女婿|孙女|孙|组长|班长|队长|店长|司机|快递员|房东|租客|现租客|中介|保安|导游|教练"
    r"|用户|户主|业主|住户|寄件|收件|投保人|被保险人|受益人|紧急联系人|经纪人|介绍人|证婚人|伴郎|伴娘|前台|护工|产妇|患儿|死者|逝者|转交"
    r"|抄报|签字|制表|审核|复核|出纳|填表人|填报人|报名人|参会人|与会人员|参会人员|名单|获奖者|冠军|亚军|季军|组员|成员|嘉宾|讲师|主讲|助教|导师|社工|志愿者|义工"
    r"|辩护人|审判长|审判员|书记员|陪审员|执行人|申请执行人|第三人|法定代表人|送货人|验收人|保管员|值班|值日|交班|接班|学长|学姐|村长|采购|财务|行政|人事|姑妈|舅舅|舅妈|大姨|二姨|小姨|姑姑|表叔"
    r"|校长|副校长|院长|处长|局长|所长|秘书|助理|会计|律师|法官|民警|警官|记者|作者|编辑|教授|博士|同事|同学|室友|朋友"
    r"|邻居|客户|学生|学员|病患|司仪|新郎|新娘|职员|员工|干事|先生|女士|师傅|医生|大夫|护士|老师|主任)[：:是（(]?\Z"
)
_KIN = re.compile(
    r"(?:儿子|女儿|丈夫|老公|妻子|老婆|妹妹|弟弟|哥哥|姐姐|爸爸|妈妈|父亲|母亲|爷爷|奶奶|外公|外婆|侄儿|侄子|侄女|外甥|外甥女"
    r"|孙子|孙女|孩子|宝宝|表哥|表姐|表弟|表妹|堂哥|堂弟|堂姐|堂妹|闺蜜|爱人|媳妇|亲爱的|你好|您好|嗨|慈母|先父)[，,]?\Z"
)
_VERB_BEFORE = re.compile(
    r"(?:[和跟与叫让给请问说找由向被对陪带送接托见约等替帮把告诉通知转告感谢谢谢]|或者|还有|以及|比如|[、；;]|的)\Z"
)
_TITLE = re.compile(
    r"教练|导师|学长|学姐|学弟|学妹|师兄|师姐|师弟|师妹|村长|镇长|区长|市长|连长|排长|班主任|辅导员|副总|副局长|副院长|副主任|店长|厂长|委员|代表"
    r"|会长|社长|主编|编辑|导演|师母|姑姑|姑妈|舅舅|舅妈|伯母|伯伯|伯父|行长|所长|站长|神父|牧师|法师"
    r"|先生|女士|小姐|老师|医生|大夫|护士|经理|总监|主任|教授|律师|师傅|阿姨|叔叔|大爷|大妈|同学|同志|太太|大姐|大哥|大叔|大婶"
    r"|董事长|总经理|部长|局长|校长|警官|博士|法官|会计|秘书|工程师|老板|奶奶|爷爷|书记|团长|处长|院长|科长|班长|队长|组长"
    r"|夫妇|一家|全家|哥(?!哥)|姐(?!姐)|姨|婶|伯|嫂|某(?![个些人种天年月日事])|主管|主席|总裁|院士|老板|保安|阿婆|老爹|总(?![统部是共额裁之会数量体结局书监务计算理])|工(?=[您，。：、]|\Z)|姐姐|哥哥|妈妈|爸爸|家(?=[，。的]|\Z)"
)
_VERB_AFTER = re.compile(
    r"[说在已将未去来也还要会把是给打称回带签问写叫拿想对跟和与、让请不没就都教参负汇宣提询看被从到做过考病发放认觉建提办通介送接找今昨明]"
)
_THING = re.compile(
    r"律师事务所|事务所|物流|快递|公司|集团|银行|大学|学院|中学|小学|医院|酒店|宾馆|饭店|超市|商场|地产|置业|科技|电器|牌|路|街|区|市|县|省"
    r"|村|镇|山(?!说)|河|湖|江|队|站|桥|寺|庙|汇|机场|车站|病|咖啡|证券|保险|基金|故居|传媒|影业|乐队|药业|制药|航空|汽车|食品|殡仪馆|公园|广场|大厦|公寓|小区|花园|定律|效应|定理|方程|常数|奖|杯|节|版|餐厅"
)
"""Behind a name it makes the whole a firm, a place or a law."""
_KNOWN = cues.CHINESE_FIRMS | cues.CHINESE_PUBLIC
_KNOWN_GAIN = 9.0
_NEVER_FIRST = frozenset(
    "其这那三二一两几每某来去过年月日号点分们我你他她它的了是在不没有和与或就也都还很把被给让请"
)
"""Characters with which no given name begins, where no surname stands before it."""
_NOT_GIVEN = frozenset("过了着的来去得降升说在是有和到给被把")
_EDGE = re.compile(r"[\s，,。；;：:、！!？?（）()—“”\"<\n]")
_COLON = re.compile(r"[：:]")
_LINE = re.compile(r"\n\s*\Z")
_WINDOW = 8


class Piece(NamedTuple):
    """A word or a name on a path through a stretch."""

    start: int
    end: int
    name: bool


def readings(text: str, start: int, end: int, eases: Sequence[float]) -> list[list[Piece]]:
    """For each ease, the gain that names are given, the likeliest path through the stretch."""
    known = gains()
    behind: dict[int, float] = {}
    edges = [list(_edges(text, position, end, known, behind)) for position in range(start, end)]
    return [_likeliest(edges, start, ease) for ease in eases]


def _likeliest(edges: list[list[tuple[int, float, bool]]], start: int, ease: float) -> list[Piece]:
    best: list[tuple[int, bool]] = [(start, False)] * (len(edges) + 1)
    totals = [0.0] + [float("-inf")] * len(edges)
    for place, leaving in enumerate(edges):
        so_far = totals[place]
        for after, gain, name in leaving:
            total = so_far + gain + (ease if name else 0.0)
            if total > totals[after - start]:
                totals[after - start], best[after - start] = total, (start + place, name)
    position = start + len(edges)
    found: list[Piece] = []
    while position > start:
        before, name = best[position - start]
        found.append(Piece(before, position, name))
        position = before
    found.reverse()
    return found


def _edges(
    text: str, position: int, end: int, known: Gains, behind: dict[int, float]
) -> Iterator[tuple[int, float, bool]]:
    """Words and names that begin at the position: where each ends, its gain, whether it is a name.

    Args:
        behind: the evidence behind the places that were asked for already.
    """
    words = known.words
    yield position + 1, words.get(text[position], _UNKNOWN), False
    for after in range(position + 2, min(end, position + _LONGEST_WORD) + 1):
        word = text[position:after]
        gain = _KNOWN_GAIN if word in _KNOWN else words.get(word)
        if gain is not None:
            yield after, gain, False
    before: float | None = None
    for after, gain in (*_names(text, position, end, known), *_namesakes(text, position, end, known)):
        word = text[position:after]
        if word in cues.CHINESE_NEVER or word in _KNOWN or word in known.cities:
            continue
        if word[0] in _NUMERALS and position and text[position - 1] in _NUMERALS:
            continue
        if before is None:
            before = before_gain(text, position)
        if after not in behind:
            behind[after] = behind_gain(text, after)
        context = before + behind[after]
        if after == len(text) and (not position or _EDGE.match(text[position - 1])):
            context += _SIGNED
        yield after, gain + context, True


def surname_gain(character: str, known: Gains) -> float | None:
    """Gain of the character as a surname; None where it is none."""
    gain = known.surnames.get(character)
    if character in RARE:
        return max(gain or 0.0, _RARE_GAIN - max(known.words.get(character, 0.0), 0.0))
    return gain


def _names(text: str, position: int, end: int, known: Gains) -> Iterator[tuple[int, float]]:
    first = text[position]
    surname = surname_gain(first, known)
    for length in range(2, _LONGEST_COMPOUND + 1):
        if text[position : position + length] in COMPOUNDS:
            yield from _behind_compound(text, position + length, end, known)
    if surname is not None:
        for length in (1, 2):
            if position + 1 + length <= end:
                given = _given(text[position + 1 : position + 1 + length], known)
                if length == 1 and (given < _LEAST_ALONE or text[position + 1] in _NOT_GIVEN):
                    continue
                yield position + 1 + length, surname + given + _FULL - (1.0 if length == 1 else 0.0)
        if first not in _NEVER_FIRST and _TITLE.match(text, position + 1):
            yield position + 1, surname + _CALLED + 2.0
    if position + 2 <= end:
        pair = text[position : position + 2]
        if pair[0] in _PREFIXES:
            called = max(surname_gain(pair[1], known) or _UNKNOWN, known.given.get(pair[1], _UNKNOWN))
            yield position + 2, called + _CALLED + (2.0 if pair[0] != "大" else 0.0)
        if pair[1] in _AS_KIN and pair[0] not in _KIN_BEFORE and pair[0] not in _NEVER_FIRST:
            called = max(known.surnames.get(first, _UNKNOWN), known.given.get(first, _UNKNOWN))
            yield position + 2, called + _CALLED + _AS_KIN_GAIN
        if pair[0] == pair[1]:
            yield position + 2, known.given.get(first, _UNKNOWN) + 4.0 + _CALLED
        if first not in _NEVER_FIRST:
            yield position + 2, _given(pair, known) + _GIVEN
    yield from _foreign(text, position, end, known)


def _behind_compound(text: str, start: int, end: int, known: Gains) -> Iterator[tuple[int, float]]:
    """Names whose surname of several characters ends at the place."""
    if start <= end and _TITLE.match(text, start):
        yield start, _COMPOUND + _CALLED
    for after in range(start + 1, min(end, start + _LONGEST_GIVEN) + 1):
        yield after, _COMPOUND + _given(text[start:after], known) + _FULL


def _namesakes(text: str, position: int, end: int, known: Gains) -> Iterator[tuple[int, float]]:
    """Ordinary words that are names, too."""
    for after in range(position + 2, min(end, position + 3) + 1):
        word = text[position:after]
        gain = known.words.get(word)
        if gain is None or word[0] in _NEVER_FIRST:
            continue
        if word in known.namesakes or word in known.foreign_names:
            yield after, gain + _NAMESAKE
        elif _given(word[-2:], known) > 0.0 and (len(word) == 2 or word[0] in known.surnames):
            yield after, gain + _WORD_AS_NAME


def _foreign(text: str, position: int, end: int, known: Gains) -> Iterator[tuple[int, float]]:
    sounds, names = known.foreign, known.foreign_names
    total = _FOREIGN + sounds.get(text[position], _UNKNOWN)
    for after in range(position + 2, min(end, position + _LONGEST_FOREIGN) + 1):
        total += sounds.get(text[after - 1], _UNKNOWN)
        yield after, total + 4.0 if text[position:after] in names else total


def _given(characters: str, known: Gains) -> float:
    total = sum(max(known.given.get(character, _UNKNOWN), -2.0) for character in characters)
    return max(total, known.pairs.get(characters, total)) if len(characters) > 1 else total


def is_title(text: str, place: int) -> bool:
    """Return whether a title stands at the place."""
    return _TITLE.match(text, place) is not None


def before_gain(text: str, position: int) -> float:
    """The evidence for a name in the characters before the place."""
    before = text[max(0, position - _WINDOW) : position]
    if _LABEL.search(before):
        return 5.0
    if _KIN.search(before):
        return 4.0
    if not before or _LINE.search(before):
        return 2.0
    if _VERB_BEFORE.search(before):
        return 2.0
    return 1.0 if _EDGE.match(before[-1]) else 0.0


def behind_gain(text: str, after: int) -> float:
    """The evidence for a name that ends at the place, in the characters behind it."""
    if _THING.match(text, after):
        return -6.0
    if _TITLE.match(text, after):
        return 3.0
    if _COLON.match(text, after):
        return 2.5
    if after == len(text) or _EDGE.match(text[after]):
        return 1.0
    return 1.0 if _VERB_AFTER.match(text, after) else 0.0
