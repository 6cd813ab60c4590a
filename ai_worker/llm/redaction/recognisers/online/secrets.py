"""Passwords beside their labels, and keys by their own form."""

import re
from collections.abc import Iterator

from ai_worker.llm.redaction.recognisers.signs import Signs
from ai_worker.llm.redaction.spans import Span

_LABEL = (
    r"(?:has[łl](?:o|a|em)|password|passwd|passcode|pass\s?phrase|pwd|kennwort|passwort|hesl(?:o|em)"
    r"|парол(?:ь|я|ем|і)|пін(?:-код)?|пин(?:-код)?|pin(?:-code)?|密码|口令|secret|api[\s_-]?key|access[\s_-]?key"
    r"|token\w*|klucz\sapi|schlüssel\sfür\sdie\sapi"
    r"|ключ\sapi|токен(?:\sдоступа)?|api密钥|密钥|код\s(?:доступу|доступа|домофона)|kod\s(?:dostępu"
    r"|do\s(?:domofonu|bramy|drzwi))|(?:door|gate|access|alarm)\scode|(?:tür|zugangs)code|přístupový\skód"
    r"|wi-?fi\spassword)"
)
_VALUE = r"[^\S\n]{0,2}[\"'„“«`]?(?P<value>[^\s\"'„“”«»`,;，；。（）()<>]{4,80})"
_SIGNED = re.compile(
    rf"(?<!\w){_LABEL}(?:[^\S\n][^\n\d:：=]{{0,28}}?|\w{{0,2}})(?:[^\S\n]?[:：=]|[^\S\n](?:to|is|was|ist"
    rf"|lautet|je|mam|mám)(?=[^\S\n])|是){_VALUE}",
    re.IGNORECASE,
)
_BARE = re.compile(
    rf"(?<!\w){_LABEL}[^\S\n]{_VALUE}|(?:密码|口令|密钥){_VALUE.replace('value', 'chinese')}", re.IGNORECASE
)
_FORMS = re.compile(
    r"(?<![\w-])(?:sk-[A-Za-z0-9_-]{16,}|sk_(?:live|test)_[A-Za-z0-9]{16,}|gh[pousr]_[A-Za-z0-9]{20,}"
    r"|github_pat_\w{20,}|glpat-[\w-]{16,}|xox[abprs]-[A-Za-z0-9-]{10,}|AKIA[A-Z0-9]{16}|AIza[\w-]{30,}"
    r"|eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{5,}|hf_[A-Za-z0-9]{20,}|npm_[A-Za-z0-9]{20,}|pypi-[\w-]{20,}"
    r"|SG\.[\w-]{16,}\.[\w-]{16,}|ya29\.[\w-]{20,})"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----.*?-----END [A-Z ]*PRIVATE KEY-----",
    re.DOTALL,
)
_LIKE_SECRET = re.compile(r"(?=.*[^\W\d_])(?=.*[\d!@#$%^&*+?~])|[0-9]{5,12}\Z|[0-9]{4,10}[#*]\Z|[a-z]+[A-Z]")
_SURE = re.compile(r"(?=.*[^\W\d_])(?=.*[0-9])[^=/\\:]*\Z")
_URL_PASSWORD = re.compile(r"://(?P<user>[^\s:/@]{1,60}):(?P<value>[^\s@/]{1,80})@")


_LABEL_SIGNS = Signs(
    "hasł hasl pass pwd kennw hesl парол пін пин pin 密码 口令 secret key token klucz schlüssel ключ токен"
    " 密钥 код kod kód door gate access alarm türcode zugangs"
)
_FORM_SIGNS = Signs(
    "sk- sk_ ghp_ gho_ ghu_ ghs_ ghr_ github_pat_ glpat- xox akia aiza eyj hf_ npm_ pypi- sg. ya29."
    " -----begin"
)


class Secrets:
    """Finds passwords, tokens and private keys."""

    def find(self, text: str) -> Iterator[Span]:
        """Every secret in the text."""
        labelled = ((_SIGNED, _LIKE_SECRET), (_BARE, _SURE)) if _LABEL_SIGNS.within(text) else ()
        for pattern, form in labelled:
            for match in pattern.finditer(text):
                name = "chinese" if "chinese" in pattern.groupindex and match["chinese"] else "value"
                value = match[name].rstrip(".!?")
                if (
                    len(value) >= 4
                    and form.match(value)
                    and not value.startswith(("http", "[", "{", "<", "$", "-"))
                ):
                    # A ! or ? at the end may belong to the password.
                    yield Span(
                        match.start(name), match.end(name) - (1 if match[name].endswith(".") else 0), "SECRET"
                    )
        if _FORM_SIGNS.within(text):
            for match in _FORMS.finditer(text):
                yield Span(*match.span(), "SECRET")
        for match in _URL_PASSWORD.finditer(text):
            yield Span(match.start("user"), match.end("value"), "SECRET")
