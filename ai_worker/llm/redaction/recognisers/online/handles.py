"""Names under which a user is known on the net, and addresses of pages that hold such a name."""

import re
from collections.abc import Iterator

from ai_worker.llm.redaction.language import Language, language_of
from ai_worker.llm.redaction.recognisers.ordinary import without_code
from ai_worker.llm.redaction.recognisers.signs import Signs
from ai_worker.llm.redaction.recognisers.words import cues
from ai_worker.llm.redaction.recognisers.words.lexicon import is_common
from ai_worker.llm.redaction.spans import Span

_PROFILE = re.compile(
    r"(?<![A-Za-z0-9_.-])(?:https?://)?(?:(?:www|m|old|vm)\.)?(?:facebook\.com|fb\.com|instagram\.com"
    r"|linkedin\.com/(?:in|pub)|twitter\.com|x\.com|vk\.com|ok\.ru/profile|t\.me|telegram\.me|wa\.me"
    r"|github\.com|gitlab\.com|tiktok\.com|youtube\.com(?:/(?:c|user|channel))?|fb\.me|m\.me|vk\.me"
    r"|discord\.gg|threads\.net"
    r"|reddit\.com/(?:u|user)|pinterest\.com|xing\.com/profile|medium\.com|weibo\.com"
    r"|steamcommunity\.com/(?:id|profiles)|twitch\.tv|bsky\.app/profile|mastodon\.\w{2,9}"
    r"|space\.bilibili\.com"
    r"|dou\.ua/users|habr\.com/(?:\w\w/)?users|goldenline\.pl|nk\.pl|onlyfans\.com|soundcloud\.com"
    r"|patreon\.com"
    r"|snapchat\.com/add)/@?[\w%-]+(?:\.[\w%-]+)*+(?!/[\w.])/?",
    re.IGNORECASE,
)
_OWN_PAGE = re.compile(
    r"(?<![A-Za-z0-9_.@-])(?:https?://)?[A-Za-z0-9][A-Za-z0-9-]{2,30}\.(?:github\.io|wordpress\.com"
    r"|blogspot\.com|livejournal\.com"
    r"|tumblr\.com|substack\.com|carrd\.co|itch\.io|deviantart\.com)(?![\w.])",
    re.IGNORECASE,
)
_HANDLE = (
    r"@?(?=[\w.-]{0,40}(?:[0-9_]|\.[a-z]))(?!\w{1,20}\.(?:com|org|net|io|app|py|js|ts|md|txt|json|ya?ml)\b)"
    r"[A-Za-z][\w.-]{2,40}(?<![.-])"
)
"""Letters with a digit, an underscore or a full stop among them: no word of prose."""
_NETWORK = (
    r"insta\w{0,8}|\big|ins|facebook\w{0,2}|fejsbu\w{1,4}|\bfb|messenger\w{0,2}|telegram\w{0,4}|\btg"
    r"|телег\w{0,4}"
    r"|телеграмм?\w{0,3}|\bтг|инст\w{0,8}|інст\w{0,8}|твитт?ер\w{0,2}|твіт+ер\w{0,2}|tw[ei]+tter\w{0,2}"
    r"|linkedin\w{0,2}|tik\s?tok\w{0,2}|тик\s?ток\w{0,2}|тік\s?ток\w{0,2}|discord\w{0,3}|дискорд\w{0,2}"
    r"|діскорд\w{0,2}|snap\w{0,8}|снап\w{0,6}|skype\w{0,3}|skajp\w{0,2}|скайп\w{0,2}|github\w{0,3}"
    r"|гитхаб\w{0,2}|гітхаб\w{0,2}|gitlab\w{0,2}|steam\w{0,2}|стим\w{0,2}|twitch\w{0,2}|reddit\w{0,2}"
    r"|mastodon\w{0,2}|threads|bluesky|\bvk|\bвк|вконтакте|viber\w{0,2}|signal\w{0,2}|gadu-gadu|\bgg"
    r"|psn|xbox|wechat|微信|微信号|\bwx|\bvx|v信"
)
_USER = (
    r"user\s?name|login\w{0,2}|log-in|user|account(?:\sname)?|nick(?:name|iem|u)?|handle|profil\w{0,2}"
    r"|benutzername|nutzer(?:name)?|benutzer|konto"
    r"|uživatel\w*|uživatelské\sjméno|přezdívk\w{1,2}|přihlašovací\sjméno|użytkowni\w+|nazwa\sużytkownika"
    r"|логин\w{0,2}|логін\w{0,2}|ник\w{0,3}|нік\w{0,3}|пользовател\w+|користувач\w*|аккаунт\w{0,2}"
    r"|акаунт\w{0,2}"
    r"|autor\w{0,2}|author|posted\sby|автор\w{0,2}"
    r"|用户名|登录名|账号|帐号"
)
_CANDIDATE = re.compile(rf"(?<![\w@./-]){_HANDLE}(?![\w@(=/])")
_IN_WORD = re.compile(r"[A-Za-z0-9]_[A-Za-z0-9]|[a-z]{3}[0-9]{2}")
_CUE = re.compile(
    rf"(?<![\w@.])(?:{_NETWORK}|{_USER})(?:[^\S\n][^\W\d_]{{1,12}}){{0,3}}?"
    r"(?:'s|’s)?[^\S\n]?[:：=—–-]?\s{0,2}[(\"'„“«]?\Z",
    re.IGNORECASE,
)
_PLAIN = re.compile(r"(?<![\w@./-])(?P<name>@?[a-z][a-z0-9._-]{3,30}(?<![.-]))(?![\w@(=/])")
_CONNECTED = re.compile(
    r"(?:[:：=—–-]\s?|(?<!\w)(?:is|ist|to|je|jest|jako|als|as|like|named|called|lautet|heißt"
    r"|heisst)\s)[\"'„“«(]?"
    r"(?P<name>@?[a-z][a-z0-9._-]{3,30}(?<![.-]))(?![\w@(=/])"
)
_PLAIN_CUE = re.compile(
    rf"(?<![\w@.])(?:{_NETWORK}|{_USER})(?:[^\S\n][^\W\d_]{{1,12}}){{0,2}}?(?:'s|’s)?"
    r"(?:[^\S\n]?[:：=—–]|[^\S\n](?:is|ist|to|je|jest|jako|als|as|like|named|called|lautet|heißt|heisst"
    r"|це|это|є|как|як|-))"
    r"\s{0,2}[\"'„“«(]?\Z",
    re.IGNORECASE,
)
"""Before a name of small letters alone, which may be a word."""
_CYRILLIC_CUE = re.compile(
    rf"(?<![\w@.])(?:{_NETWORK}"
    rf"|{_USER})(?:[^\S\n][^\W\d_]{{1,12}}){{0,3}}?[^\S\n]?[:：=—–-]?\s{{0,2}}[\"'„“«(]?\Z",
    re.IGNORECASE,
)
_CALLED = re.compile(
    r"(?<!\w)(?:nick(?:iem|u|name|em)?|pod\snickiem|ником|никнейм\w{0,2}|ник|ніком|нікнейм\w{0,2}|нік"
    r"|přezdívk(?:a|ou|u)|псевдоним\w{0,2}"
    r"|псевдонім\w{0,2}|pseudonim\w{0,2}|spitzname\w?|handle|screen\sname|gamertag)"
    r"(?:\s(?:to|is|ist|je|jest|mam|mám|у|на|в|w"
    r"|na)(?:\s[^\W\d_]{1,12})?)?\s?[:：=—–-]?\s?[\"'„“«‚‘](?P<quoted>[^\"'”“»\n]{2,30})[\"'”“»’]"
    r"|(?<!\w)(?:pod\snickiem|pod\snickem|pod\spřezdívkou|под\sником|під\sніком|unter\sdem\s(?:nick"
    r"|namen)|under\sthe\shandle"
    r"|by\sthe\shandle)\s(?P<name>\w[\w.-]{2,30}(?<![.-]))",
    re.IGNORECASE,
)
_UNDERSCORED = re.compile(
    r"(?<![A-Za-z0-9_@./\\=$%<\"'`{\[-])(?P<name>[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)+_?)(?![\w(=\[/\"'`}>]|\.\w|-\w)"
)
_NUMBERED = re.compile(
    r"(?<![A-Za-z0-9_@./\\=$%<\"'`{\[-])(?P<name>[A-Za-z][a-z]{3,20}[0-9]{2,4})(?![\w(=\[/\"'`}>]|\.\w|-\w)"
)
_PART = re.compile(r"[a-z]+")
_SHORT_PART, _MOST_UNDERSCORES = 2, 3
_OF_CODE = frozenset(
    {
        "api",
        "sql",
        "url",
        "uri",
        "sha",
        "env",
        "cfg",
        "src",
        "dst",
        "tmp",
        "ctx",
        "redis",
        "json",
        "xml",
        "html",
        "csv",
        "utf",
        "tcp",
        "ssl",
        "aws",
        "iam",
        "gpu",
        "cpu",
        "ram",
        "pid",
        "uid",
        "uuid",
        "worker",
        "async",
        "init",
        "config",
        "param",
        "params",
        "arg",
        "args",
        "obj",
        "str",
        "int",
        "bool",
        "func",
        "idx",
        "cnt",
        "len",
        "max",
        "min",
        "avg",
        "std",
    }
)
_VERB = re.compile(r"\s([^\W\d_]{2,14})|(?=[说写问回表])")
_SPEAKER = re.compile(r":\s[^\W\d_]")
_RULES = frozenset(
    {
        "media",
        "import",
        "charset",
        "font-face",
        "keyframes",
        "supports",
        "page",
        "param",
        "return",
        "returns",
        "throws",
        "deprecated",
        "author",
        "see",
        "since",
        "override",
        "autowired",
        "test",
        "property",
        "staticmethod",
        "classmethod",
        "dataclass",
        "entity",
        "table",
        "column",
        "todo",
        "everyone",
        "here",
        "all",
        "channel",
    }
)
"""Words behind the sign in code, and those that address everybody."""
_CODE_BEHIND = re.compile(
    r"\s?(?:$|\n|\(|(?:public|private|protected|final|static|class|void|def|async|interface|int|String)\b)"
)
_LATIN_IN_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_ON_NETWORK = re.compile(
    rf"\)?,?\s(?:on|auf|na|w|we|v|в|у|in|bei|at)\s(?:the\s)?(?:{_NETWORK})\b", re.IGNORECASE
)
_REACH = 64
"""Characters before a handle among which its network is named."""
_CHINESE = re.compile(
    r"(?:微信号?|用户名|登录名|账号|帐号|昵称|抖音号?|小红书号?|微博|快手号?|[bB]站|[vV]信"
    r"|(?<![A-Za-z])(?:[qQ]{2}号?|wechat|ins|discord|skype|telegram|[vVwW][xX])(?![A-Za-z]))"
    r"(?:还?是|叫|为|加|搜|就|一下|换成|改成){0,2}\s?[:：]?\s?[\"“「]?"
    r"(?P<name>@?[A-Za-z][A-Za-z0-9_.-]{3,40}(?<![.-]))"
)
_CHINESE_OWN = re.compile(
    r"(?:小红书|微博|抖音|快手|[bB]站|知乎|豆瓣|贴吧|论坛|昵称|网名)(?:号|名|昵称|账号|小组\s?ID|ID|id)?"
    r"(?:是|叫|：|:|@){1,2}\s?(?P<name>@?[\w\u4e00-\u9fff]{2,12}?)(?=[，。、；！\s)）]|\Z)"
)
_QQ = re.compile(r"(?:[qQ]{2}|扣扣)(?:号|群主?|是|加|：|:|\s){0,3}(?P<name>[1-9][0-9]{4,10})(?![0-9])")
_LOGIN = re.compile(
    r"(?<!\w)(?:login|логин|логін|ник|нік|nick|benutzername|username|handle|skype|скайп|insta(?:gram)?"
    r"|discord|telegram"
    r"|twitter|tiktok|snapchat|snap)\s?[:：]\s?(?P<name>@?(?!https?:)[A-Za-z][\w.-]{2,40}(?<![.-]))(?![\w@])",
    re.IGNORECASE,
)
_AT = re.compile(r"(?<![\w.@/+:-])@(?P<name>[A-Za-z\u0400-\u04ff][\w.]{2,40}(?<!\.))(?![\w@(/]|\.[a-z])")
_AT_CHINESE = re.compile(
    r"(?<![A-Za-z0-9_.@/])@(?!所有人|全体)[\u4e00-\u9fff]{2,8}?(?=[\s，。！：:]|\Z|说|表示|问|回复|写)"
)
_SOCIAL = re.compile(
    rf"(?:{_NETWORK}|\bx\b|write|ping|message|napisz|pisz|piš\w*|schreib\w*|schrieb|пиши\w*|mail|dm"
    rf"|follow\w*|forum|форум\w*"
    r"|ask|kanał\w{0,2}|канал\w{0,2}|channel|(?<!\w)ig(?!\w)|帳號|账号)[^\n]{0,40}\Z",
    re.IGNORECASE,
)
_TAG = re.compile(r"(?<![A-Za-z0-9_#@/])(?P<name>[A-Za-z][A-Za-z0-9_.]{1,31}#[0-9]{4})(?![\w#])")
_REDDIT = re.compile(r"(?<![\w/.])/?u/[A-Za-z][\w-]{2,30}(?![\w/])")
_LIVE = re.compile(r"(?<![\w.])live:[\w.-]{3,40}(?<![.-])")

_PROFILE_SIGNS = Signs(".com .net t.me ok.ru .tv .app .me/ mastodon .ua/ .pl/ .gg/ b.io h.io .co")
_LOGIN_SIGNS = Signs(
    "login логин логін ник нік nick benutzername username handle skype скайп insta discord"
    " telegram twitter tiktok snap"
)
_CUE_SIGNS = Signs(
    "username login log-in account nick handle profil nutzer uživatel přihlašovací přezdívk"
    " użytkowni логин логін никнейм нікнейм пользовател користувач аккаунт акаунт insta"
    " facebook fejsbu messenger telegram телег инст інст твит твіт twitter tweeter twiter"
    " linkedin tiktok тикток тік discord дискорд діскорд snapch снап skype skajp скайп github"
    " gitlab гитхаб гітхаб steam стим twitch reddit mastodon threads bluesky viber signal gadu"
    " psn xbox псевдо pseudonim spitzname gamertag author"
)
_CALLED_SIGNS = Signs("nick ник нік přezdívk псевдо pseudonim spitzname handle screen gamertag namen")
_SHORT_CUE = re.compile(
    r"(?<!\w)(?:ник|нік|вк|тг|ig|tg|gg|fb|vk|autor|автор|snap|konto|user|ins|tik|тик|wechat)|[vw]x|v信"
    r"|微信|账号|帐号|用户名|登录名",
    re.IGNORECASE,
)
_CHINESE_SIGNS = Signs(
    "微 用户名 登录名 号 qq 昵称 抖音 小红书 快手 b站 ins discord skype telegram 知乎"
    " 豆瓣 论坛 网名 扣扣 wx vx v信 贴吧 id"
)
_HAN = re.compile(r"[\u4e00-\u9fff]")


class Handles:
    """Finds profiles of social networks, names behind `login`, `my insta is` and their like, and `@names`."""

    def find(self, text: str) -> Iterator[Span]:
        """Every handle in the text."""
        if _PROFILE_SIGNS.within(text):
            for pattern in (_PROFILE, _OWN_PAGE):
                for match in pattern.finditer(text):
                    yield Span(*match.span(), "HANDLE")
        if _CUE_SIGNS.within(text) or _SHORT_CUE.search(text):
            yield from _cued(text)
            yield from _plain(text)
        if _IN_WORD.search(text):
            yield from _by_form(text)
        if _LOGIN_SIGNS.within(text):
            for match in _LOGIN.finditer(text):
                yield Span(*match.span("name"), "HANDLE")
        if "@" in text:
            yield from _at_names(text)
        for sign, pattern in (("u/", _REDDIT), ("live:", _LIVE)):
            for match in pattern.finditer(text) if sign in text else ():
                yield Span(*match.span(), "HANDLE")
        if "#" in text:
            yield from _tags(text)
        if _HAN.search(text) and _CHINESE_SIGNS.within(text):
            for pattern in (_CHINESE, _CHINESE_OWN, _QQ):
                for match in pattern.finditer(text):
                    yield Span(*match.span("name"), "HANDLE")


def _at_names(text: str) -> Iterator[Span]:
    for match in _AT.finditer(text):
        if _is_told(match) or _SOCIAL.search(text, max(0, match.start() - 60), match.start()):
            yield Span(*match.span(), "HANDLE")
    for match in _AT_CHINESE.finditer(text):
        yield Span(*match.span(), "HANDLE")


def _is_told(match: re.Match[str]) -> bool:
    """Return whether the name can be no decorator: those open a line, and code follows."""
    text, start = match.string, match.start()
    if match["name"].lower() in _RULES or "." in match["name"]:
        return False
    opens = start == 0 or text[start - 1] == "\n"
    return not (opens and _CODE_BEHIND.match(text, match.end())) and text[max(0, start - 1) : start] != '"'


def _cued(text: str) -> Iterator[Span]:
    for match in _CANDIDATE.finditer(text):
        before = max(0, match.start() - _REACH)
        if _CUE.search(text, before, match.start()) or _ON_NETWORK.match(text, match.end()):
            yield Span(*match.span(), "HANDLE")


def _plain(text: str) -> Iterator[Span]:
    """Names like words, where a network is named and a word such as `is` or `als` leads to them."""
    cyrillic = _LATIN_IN_CYRILLIC.search(text) is not None
    found, cue = (_PLAIN, _CYRILLIC_CUE) if cyrillic else (_CONNECTED, _PLAIN_CUE)
    language = language_of(text)
    for match in found.finditer(text):
        start, end = match.span("name")
        word = match["name"].lstrip("@")
        if is_common(word, language) or is_common(word, "en"):
            continue
        if cue.search(text, max(0, start - _REACH), start):
            yield Span(start, end, "HANDLE")
    for match in _CALLED.finditer(text) if _CALLED_SIGNS.within(text) else ():
        yield Span(*match.span("quoted" if match["quoted"] else "name"), "HANDLE")


def _by_form(text: str) -> Iterator[Span]:
    """Names that say by their form that they are no words: those with an underscore where prose stands, and
    those with a number that speak or do something.
    """
    cleared = without_code(text)
    language = language_of(text)
    for match in _UNDERSCORED.finditer(cleared):
        if not _is_identifier(match["name"], language):
            yield Span(*match.span(), "HANDLE")
    for match in _NUMBERED.finditer(cleared):
        if _speaks(cleared, match) and not _is_identifier(match["name"], language):
            yield Span(*match.span(), "HANDLE")


def _is_identifier(name: str, language: Language) -> bool:
    """Return whether all parts of it are words, or letters that stand for words, as in `batch_size`."""
    if name.isupper() or name.count("_") > _MOST_UNDERSCORES:
        return True
    return all(
        len(part) <= _SHORT_PART or part in _OF_CODE or is_common(part, "en") or is_common(part, language)
        for part in _PART.findall(name.lower())
    )


def _speaks(text: str, match: re.Match[str]) -> bool:
    start = match.start()
    if (start == 0 or text[start - 1] == "\n") and _SPEAKER.match(text, match.end()):
        return True
    verb = _VERB.match(text, match.end())
    return verb is not None and (verb[1] is None or verb[1].lower() in cues.PERSON_VERBS)


def _tags(text: str) -> Iterator[Span]:
    """Names of Discord: a number of four digits is written on to them, as to `issue#1234`."""
    for match in _TAG.finditer(text):
        name = match["name"].partition("#")[0]
        if not name.isalpha() or "iscord" in text or "искорд" in text:
            yield Span(*match.span("name"), "HANDLE")
