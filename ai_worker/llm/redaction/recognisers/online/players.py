"""Names under which people play, write in forums and log in, where no network is named."""

import re
from collections.abc import Iterator

from ai_worker.llm.redaction.language import language_of
from ai_worker.llm.redaction.recognisers.signs import Signs
from ai_worker.llm.redaction.recognisers.words.lexicon import is_common
from ai_worker.llm.redaction.spans import Span

_GAME_SIGNS = Signs(
    "guild gild raid mythic heal tank dps dkp discord warcraft гильд гільд рейд хил хіл танк дпс 公会"
    " 帮会 副本 开荒 坦克"
)
_FEWEST_SIGNS = 2
"""Of different words, in a text about a game that is played together."""
_ROSTER = re.compile(
    r"^[^\w\n]{0,4}(?:(?:off|main|zweit|вторые|другі)[\s-]?)?(?:tanks?|tanki|heals?|healers?|heiler"
    r"|healeři|dps|dds?|melee|ranged|bench"
    r"|supp\w*|adc|top|mid|jungle|officers?|offiziere|хіл\w*|хил\w*|танк\w*|дд|арта|важкі|легкі"
    r"|офіцер\w*|офицер\w*|[^\n:：|]{0,6}контакт\w*"
    r"|kontakty\sve\shře|坦克|治疗|奶|主[tT]|副[tT]|T|DPS|替补|输出)(?!\w)[^\n:：|]{0,16}[:："
    r"|–-]\s?(?P<list>[^\n]{2,200})",
    re.IGNORECASE | re.MULTILINE,
)
_PLAYER = re.compile(r"(?:\A|(?<=[,、，;/]))\s*(?P<name>[\w.丶·'’-]{3,24}?)\s?(?=[,、，;/(（.\n]|\Z)")
_MADE_UP = re.compile(
    r"(?<![\w@./\\=$%<\"'`{\[-])(?=\w{4,25}(?!\w))(?:[A-Z][a-z]{3,}[0-9]{1,4}"
    r"|[Xx]{1,2}_?[A-Z]\w{2,}[Xx]{1,2}|[A-Z][a-z]+_[A-Za-z]{2,}"
    r"|[A-Z][a-z]{2,}(?:[A-Z][a-z]+){1,3}[0-9]{1,4}|[A-Za-z]{2,}_[A-Z][A-Za-z_]+)(?![\w(=\[/\"'`}>]|\.\w|-\w)"
)
"""Grimbold77, xXPriestyXx, DadOfThree: in a game only."""
_WROTE = re.compile(
    r"^[>\s]{0,3}(?P<name>(?!\d+:)[^\W_][\w.-]{3,24})\s(?:schrieb|antwortete|wrote|replied|napsal\w?"
    r"|odpověděl\w?|napisał\w?|odpisał\w?"
    r"|написала?|пише|писала?|пишет|відповів|відповіла"
    r"|ответила?)(?:\s[^\n:]{0,24})?(?:\s[0-9]{1,2}:[0-9]{2})?:\s*$",
    re.IGNORECASE | re.MULTILINE,
)
_KNOWN_AS = re.compile(
    r"(?<!\w)(?:in[\s-]?game|ve\shře|im\sspiel|w\sgrze|у\sгрі|в\sгрі|в\sигре|(?:oder|or)\shier\sals"
    r"|sign\sin\sas|log(?:ged)?\sin\sas"
    r"|přihlás\w+\s(?:se\s)?jako|anmeldename\slautet(?:\sjetzt)?|zaloguj\w*\s(?:się\s)?jako"
    r"|(?:new\s)?login\sfor\s[^\n,.]{3,20}\sis"
    r"|reported\sby|posted\sby|ник\sв\sигре|нік\sу\sгрі)\s(?:jetzt\s"
    r"|now\s)?[\"'„“«]?(?P<name>(?=[\w.]{0,24}[a-zа-яіїє])[A-Za-z][\w.]{3,24}(?<!\.))(?![\w@])",
    re.IGNORECASE,
)
_CHINESE = re.compile(
    r"(?:卖家昵称|买家昵称|昵称|网名|网友|病友群的|豆瓣ID是?|用户|帮主|团长|会长|登录名|[Ll]ine\s?她?"
    r"|来自|就是|\bID|小红书|玩家)[\s:：]?[\"“「『]?"
    r"(?P<name>[\w丶·]{2,16}(?:[._][\w丶]{1,12})?)(?=[\"”」』]|[\s,，。;；)）(（]|\Z)"
)
_MARKED = re.compile(r"[0-9_丶·.]|[a-z][A-Z]|[A-Za-z][\u4e00-\u9fff]")
_QUOTES = "“「『"
_CHINESE_SIGNS = Signs("昵称 网名 网友 群的 豆瓣 用户 帮主 团长 会长 登录名 line 来自 就是 id 小红书 玩家")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_WRITERS = re.compile(r":[ \t]*(?:\n|\Z)")
_SIGNS = Signs("game hře spiel grze грі игре sign log přihlás anmeldename zaloguj reported posted hier")


class Players:
    """Finds the players of a raid, those who wrote the posts of a forum, and `in game Brewfist`."""

    def find(self, text: str) -> Iterator[Span]:
        """Every such name in the text."""
        for match in _WROTE.finditer(text) if _WRITERS.search(text) else ():
            yield Span(*match.span("name"), "HANDLE")
        if _SIGNS.within(text):
            for match in _KNOWN_AS.finditer(text):
                if not is_common(match["name"].lower(), language_of(text)):
                    yield Span(*match.span("name"), "HANDLE")
        if _HAN.search(text) and _CHINESE_SIGNS.within(text):
            for match in _CHINESE.finditer(text):
                if _MARKED.search(match["name"]) or text[match.start("name") - 1] in _QUOTES:
                    yield Span(*match.span("name"), "HANDLE")
        if _GAME_SIGNS.number_within(text) >= _FEWEST_SIGNS:
            yield from _in_game(text)


def _in_game(text: str) -> Iterator[Span]:
    language = language_of(text)
    for roster in _ROSTER.finditer(text):
        first = roster.start("list")
        for player in _PLAYER.finditer(roster["list"]):
            name = player["name"]
            if not is_common(name.lower(), language) and not name.isdigit():
                yield Span(first + player.start("name"), first + player.end("name"), "HANDLE")
    for match in _MADE_UP.finditer(text):
        yield Span(*match.span(), "HANDLE")
