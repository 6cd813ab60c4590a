"""Names under which a user is known on the net, and addresses of pages that hold such a name."""

import re
from collections.abc import Iterator

from ai_worker.llm.redaction.recognisers.signs import Signs
from ai_worker.llm.redaction.spans import Span

_PROFILE = re.compile(
    r"(?:https?://)?(?:www\.|m\.)?(?:facebook\.com|fb\.com|instagram\.com|linkedin\.com/(?:in|pub)"
    r"|twitter\.com|x\.com|vk\.com|ok\.ru/profile|t\.me|github\.com|gitlab\.com|tiktok\.com"
    r"|youtube\.com/(?:c|user|@)|threads\.net"
    r"|reddit\.com/(?:u|user)|pinterest\.com|xing\.com/profile|medium\.com|weibo\.com|steamcommunity\.com/id"
    r"|snapchat\.com/add)/@?[\w%-]+(?:\.[\w%-]+)*+(?!/[\w.])/?",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"(?<!\w)(?:user\s?name|login|log-in|user|account\sname|nick(?:name)?|handle|benutzername"
    r"|nutzer(?:name)?|benutzer|uživatel\w*|uživatelské\sjméno|přihlašovací\sjméno|użytkowni\w+"
    r"|nazwa\sużytkownika|логин|логін|ник|пользовател\w+|користувач\w*"
    r"|微信号?|用户名|登录名|账号|qq号?|wechat|skype|telegram|discord)"
    r"(?:\s(?:to|is|ist|je|lautet|a"
    r"|:)(?!\w))?\s?[:：=]?\s{0,2}(?:是)?[\"'„“«]?(?P<name>@?(?=[\w.-]{0,40}(?:[0-9_]"
    r"|\.[a-z]))[A-Za-z][\w.-]{2,40}(?<![.-]))(?![\w@])",
    re.IGNORECASE,
)
_LOGIN = re.compile(
    r"(?:login|логин|логін|ник|nick|benutzername"
    r"|username)\s?[:：]\s?(?P<name>[A-Za-z][\w.-]{2,40}(?<![.-]))(?![\w@])",
    re.IGNORECASE,
)
_AT = re.compile(r"(?<![\w.@/+:-])@(?P<name>[A-Za-z][\w.]{2,40}(?<!\.))(?![\w@(]|\.[a-z])")
_SOCIAL = re.compile(
    r"(?:insta\w*|\big\b|facebook|\bfb\b|telegram\w*|телег\w*|телеграм\w*|инст\w*|інст\w*|tw[ei]+tter"
    r"|linkedin|tik\s?tok|discord|snap\w*|write|ping|message|napisz|pisz|piš\w*|schreib\w*|пиши\w*|mail|dm"
    r"|ask)[^\n]{0,40}\Z",
    re.IGNORECASE,
)


_PROFILE_SIGNS = Signs(".com .net t.me ok.ru")
_NAMED_SIGNS = Signs(
    "user login log-in account nick handle nutzer uživatel přihlašovací użytkowni логин логін ник пользовател"
    " користувач 微信 用户名 登录名 账号 qq wechat skype telegram discord"
)


class Handles:
    """Finds profiles of social networks, names behind `login` and its like, and `@names` beside a network's
    name."""

    def find(self, text: str) -> Iterator[Span]:
        """Every handle in the text."""
        if _PROFILE_SIGNS.within(text):
            for match in _PROFILE.finditer(text):
                yield Span(*match.span(), "HANDLE")
        if _NAMED_SIGNS.within(text):
            for pattern in (_NAMED, _LOGIN):
                for match in pattern.finditer(text):
                    yield Span(*match.span("name"), "HANDLE")
        if "@" in text:
            for match in _AT.finditer(text):
                if _SOCIAL.search(text, max(0, match.start() - 60), match.start()):
                    yield Span(*match.span(), "HANDLE")
