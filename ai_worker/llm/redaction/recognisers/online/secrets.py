"""Passwords beside their labels, and keys by their own form."""

import re
from collections.abc import Iterator

from ai_worker.llm.redaction.language import language_of
from ai_worker.llm.redaction.recognisers.signs import Signs
from ai_worker.llm.redaction.recognisers.words.lexicon import given, is_common
from ai_worker.llm.redaction.spans import Span

_LABEL = (
    r"(?:has[łl](?:o|a|em)|password|passwd|passcode|pass\s?phrase|pwd|kennwort|passwort|hesl(?:o|em)"
    r"|парол(?:ь|я|ем|і|ю)|пін(?:-код)?|пин(?:-код)?|pin(?:-code)?|密码|口令|secret|api[\s_-]?key"
    r"|access[\s_-]?key"
    r"|token\w*|klucz\sapi|schlüssel\sfür\sdie\sapi"
    r"|ключ\sapi|токен(?:\sдоступа)?|api密钥|密钥|код\s(?:доступу|доступа|домофона)|kod\s(?:dostępu"
    r"|do\s(?:domofonu|bramy|drzwi))|(?:door|gate|access|alarm)\scode|(?:tür|zugangs)code|přístupový\skód"
    r"|wi-?fi\spassword|\bpw|\bpwd|\bpass|passcode|wlan-?(?:passwort|schlüssel|code)|zugangsdaten)"
)
_VALUE = r"[^\S\n]{0,2}[\"'„“«`]?(?P<value>[^\s\"'„“”«»`,;，；。（）()<>]{4,80})"
_LABELS = re.compile(rf"(?:(?<![a-zа-яё])|(?=[密口])){_LABEL}", re.IGNORECASE)
# What follows a label:
_SIGNED = re.compile(
    rf"(?:[^\S\n][^\n\d:：=]{{0,28}}?|\w{{0,2}})(?:[^\S\n]?[:：=—–]|[^\S\n]-(?=\s)|['’]s"
    rf"|[^\S\n](?:to|is|was|now|ist|lautet|je|teď|mam|mám|jest|теперь|тепер|такой|такий)(?=[^\S\n])"
    rf"|(?:还?是|改成|改为|换成|为)了?){_VALUE}",
    re.IGNORECASE,
)
_BARE = re.compile(rf"[^\S\n]{_VALUE}", re.IGNORECASE)
_CHINESE_BARE = re.compile(rf"(?![是为改]){_VALUE}")
_QUOTED = re.compile(
    r"[^\n:：=\"'„“«»`]{0,32}?(?:[:：=—–]|\b(?:is|was|ist|lautet|je|to|jest|це|это|такой|такий)\b|是)?\s?"
    r"[\"„“«‚‘](?P<value>[^\"”“»’`\n]{4,48})[\"”“»’]",
    re.IGNORECASE,
)
_FILLED = re.compile(rf"(?:[^\S\n][^\W\d_]{{1,12}}){{1,4}}?{_VALUE}", re.IGNORECASE)
_LETTERS_ONLY = re.compile(r"[^\W\d_]{6,40}\Z")
_LOCK = (
    r"door|gate|entry|entrance|garage|alarm|key\s?(?:box|safe)|lock|padlock|shed|safe|lobby|intercom|buzzer"
    r"|tür|tor\b|garage|schlüssel|schloss|haustür|eingang|tresor|alarmanlage|klingel|safe"
    r"|dveř|vchod|brán|vrat|vrát|závor|zavor|schránk|trezor|zámek|zámk|zvonk|alarm|klíč|klic|branka|brank"
    r"|drzwi|bram|furt|klat|domofon|sejf|wejś|szlaban|kłódk|skrytk|zamk|zamek|garaż"
    r"|домофон|двер|подъезд|під.?їзд|калитк|хвіртк|ворот|сейф|сигнализ|сигналіз|замк|замок|шлагбаум"
    r"|ячейк|комірк"
    r"|вхо[дж]|вхі?д|парадн|гараж|ключ|откр|відкр|відчин|otevř|otwór|otwier|öffn|unlock|zimmer|room"
    r"|skříň|kastl|sklad|склад"
    r"|门禁|门|保险[箱柜]|车库|地库|大门|单元门|门锁|密码锁"
)
_OPENS = (
    r"(?:code|kód\w{0,2}|kod\w{0,2}|комбинаци\w|комбінаці\w|код\w{0,2}|combination|combo|kombination|pin"
    r"|пин|пін|zahlencode"
    r"|kombinac\w{1,2}|密码|码)"
)
_DIGITS = re.compile(
    r"(?<![0-9.,#*A-Za-z/+-])(?<![0-9]\s)[#*]?[0-9]{3,8}(?:[#*]|[A-Za-zА-Яа-я](?!\w))?"
    r"(?!\s?[0-9]|[.,:/-][0-9]|\s?(?:zł|Kč|€|£|%|руб|грн|元))"
)
_CODE = re.compile(_OPENS, re.IGNORECASE)
_LOCKED = re.compile(
    rf"(?:(?:{_LOCK})\w{{0,6}}[^\n]{{0,40}}?{_OPENS}|{_OPENS}[^\n\d]{{0,25}}?(?:{_LOCK})\w{{0,8}})(?:['’]s)?"
    rf"[^\n\d]{{0,4}}?(?:[^\n]{{0,24}}[:：]\s?|[^\n\d#*]{{0,20}}?)\Z",
    re.IGNORECASE,
)
_OPENED = re.compile(
    rf"(?<!\w)(?:{_LOCK})\w{{0,4}}(?:\s(?:geht|öffnet|gehen)(?:\s(?:sich|mit|auf|per)){{1,2}}|\s(?:is|je"
    rf"|to|ist|jest)(?:\snow)?|\sopens\swith"
    rf"|\sse\sotevře|\sotwiera\ssię|\sоткрывается|\sвідкривається|\s?[:—–-]|是)\s?(?:na\s|kodem\s"
    rf"|кодом\s|code\s)?\Z"
    r"|(?:门禁|门锁|密码锁|保险[箱柜]|开锁码|取件码|取货码|开门码)(?:密码|码)?(?:还?是|改成|为|：|:)?\s?\Z",
    re.IGNORECASE,
)
_AT_A_LOCK = re.compile(rf"(?:{_LOCK})\w{{0,4}}\s\Z", re.IGNORECASE)
_ASKED = re.compile(
    r"(?:code|kód\w?|kod\w?|код\w?|pin|passwor\w|passwort|kennwort|hesl\w|hasł\w|парол\w"
    r"|密码)[^\n]{0,40}\n[^\n:：]{1,24}[:：]\s?"
    r"(?P<value>[0-9]{4,8}[#*]?|(?=\S{0,20}[0-9])(?=\S{0,20}[A-Za-z])[\w!?#*+-]{5,24})(?=[\s,.，。]|\Z)",
    re.IGNORECASE,
)
"""The answer to a question for a code, on the next line of a talk."""
_CODE_IS = re.compile(
    r"(?<!\w)(?:code|kod|kód|код)(?:\s(?:is|to|je|ist|jest|це|это|now|je\steď|teraz))?\s?[:—–-]?\s"
    r"(?P<value>[#*]?[0-9]{4,6}[#*]?)(?![\w-]|[.,:/][0-9]|\s?[0-9])",
    re.IGNORECASE,
)
_CODE_SIGNS = Signs("code kod kód код")
_ANSWER = re.compile(r"\n[^\n:：]{1,24}[:：]\s?[\w!?#*+-]{0,24}[0-9]")
_CODE_OF_A_THING = re.compile(
    r"(?:post\w*|zip|error|area|country|promo\w*|rabat\w*|status|response|exit|slev\w+|gutschein\w*"
    r"|rabatt\w*|source|ошибк\w*|помилк\w*"
    r"|почтов\w+|поштов\w+|http|dress|bar|qr|ean|kolor\w*|farb\w*|chyb\w+|błęd\w*|fehler\w*|produkt\w*"
    r"|sort|swift|tax|discount"
    r"|course|class|colou?r|product|item|part|модел\w*|товар\w*|fault|event|return|reason|odpow\w*"
    r"|of)[\s-]\Z",
    re.IGNORECASE,
)
_STRONG_LOCK = re.compile(
    r"(?<!\w)(?:key\s?box|key\s?safe|lock\s?box|alarm|домофон|domofon|schlüssel(?:tresor|box|kasten)"
    r"|schlüsselsafe|skrytka|schránk\w)\s"
    r"(?P<value>[#*]?[0-9]{4,6}[#*]?)(?![\w-]|[.,:/][0-9]|\s?[0-9])",
    re.IGNORECASE,
)
_LOCKS = re.compile(_LOCK, re.IGNORECASE)
_DIALLED = re.compile(
    r"(?<![\w.,:/-])(?:[0-9]{1,4}[кКkKвВ][0-9]{1,6}|[#*]?[0-9]{4,6}#|[0-9]{2}[*][0-9]{2})(?![\w#*])"
)
"""The code dialled at a door: a flat and its code, or digits with the key that ends them."""
_SPACED = re.compile(r"(?<![\w.,/+-])(?<![0-9]\s)[0-9](?:(?:[ -])[0-9]){3,5}(?![\w-]|\s?[0-9]|[.,:/][0-9])")
"""The digits of a code one by one: 1 9 6 3."""
_SPACED_CUE = re.compile(
    rf"(?:{_OPENS}|{_LOCK}|zahlen|schloss|nov[ýé]|neu\w*|new|heslo|hasło)[^\n]{{0,48}}\Z", re.IGNORECASE
)
_COMBINATION = re.compile(
    r"(?:сейф|safe|tresor|trezor|sejf|保险[箱柜]"
    r"|保險[箱櫃])[^\n]{0,40}?(?<![\w.-])(?P<value>[0-9]{1,2}-[0-9]{2}-[0-9]{2})(?![\w-]|\.[0-9])",
    re.IGNORECASE,
)
_NEARBY = re.compile(
    r"(?:hasł(?:o|a|em)|password|passwort|kennwort|hesl(?:o|em)|парол(?:ь|я|ем|і|ю)|密码|密碼|passphrase"
    r"|root\sone|link\scode)"
    r"[^\n]{0,32}?(?<![^\s(（,:：为是])(?P<value>(?=[^\s\u4e00-\u9fff]{0,24}?[^\W\d_]{3})(?=[^\s\u4e00-\u9fff]{0,24}?[0-9])(?!(?-i:[A-Z]{2,}[0-9-]))"
    r"[^\s,;，。()（）\"'“”«»:/@\u4e00-\u9fff][^\s,;，。()（）\"“”«»:/\u4e00-\u9fff]{5,40})",
    re.IGNORECASE,
)
"""A word with letters and digits, a few words behind the label."""
_OPENED_REACH = 40
_CODE_REACH = 90
"""Characters before a code among which the lock is named that it opens."""
_PIN = re.compile(
    r"(?<!\w)(?:pin|пин|пін)(?:-?(?:code|kod|код|kód)\w?)?(?:['’]s|u"
    r"|em)?(?:\s[^\W\d_]{1,10}){0,4}?[^\S\n]?[:：=—–-]?\s?"
    r"(?P<value>[0-9]{4,6})(?![0-9]|[.,-][0-9])",
    re.IGNORECASE,
)
_KEY = re.compile(r"(?<![\w/.@#=-])(?:[a-z]{2,5}[-_]){0,2}[A-Za-z0-9]{14,64}(?![\w/.@-])")
_KEY_RUNS = 3
"""Runs of digits that part the letters of a key drawn by lot; a serial number or an identifier has fewer."""
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
_SHORTEST = 4
_OF_FOUR_DIGITS = ("密码", "口令", "hesl", "hasł", "парол", "passw", "kennw", "pin", "пин", "пін", "passc")
_FOUR_DIGITS = re.compile(r"[0-9]{4}\Z")
_CHINESE_LABELS = frozenset({"密码", "口令", "密钥"})
_NO_VALUE = ("http", "[", "{", "<", "$", "-")
_DIGIT_RUN = re.compile(r"[0-9]+")
_URL_PASSWORD = re.compile(r"://(?P<user>[^\s:/@]{1,60}):(?P<value>[^\s@/]{1,80})@")


_LOCK_SIGNS = Signs(
    "door gate entry entrance garage alarm key lock safe lobby"
    " intercom buzzer tür tor schlüssel schloss eingang tresor"
    " klingel dveř vchod brán vrat vrát závor zavor schránk trezor"
    " zámek zámk zvonk klíč klic brank drzwi bram furt klat"
    " domofon sejf wejś szlaban kłódk skrytk zamk zamek garaż"
    " домофон двер подъезд під калитк хвіртк ворот сейф сигнал"
    " замк замок шлагбаум ячейк комірк вхо вхід вхд парадн гараж"
    " ключ 门 保险 库 shed откр відкр відчин otevř otwór otwier öffn unlock zimmer room skříň kastl"
    " sklad склад"
)
_PIN_SIGNS = Signs("pin пин пін")
_KEY_SIGNS = Signs("key klucz schlüssel klíč ключ token токен secret 密钥 api")
_KEY_LABEL = re.compile(
    r"(?:key|klucz|schlüssel|klíč|ключ|token|токен|secret|密钥|api).{0,60}\Z", re.IGNORECASE | re.DOTALL
)
_LABEL_SIGNS = Signs(
    "hasł hasl pass pwd pw code zugangs schlüssel- kennw hesl парол"
    " пін пин pin 密码 口令 secret key token klucz schlüssel ключ"
    " токен 密钥 код kod kód door gate access alarm türcode zugangs"
)
_FORM_SIGNS = Signs(
    "sk- sk_ ghp_ gho_ ghu_ ghs_ ghr_ github_pat_ glpat- xox akia aiza eyj hf_ npm_ pypi- sg."
    " ya29. -----begin"
)


class Secrets:
    """Finds passwords, tokens and private keys."""

    def find(self, text: str) -> Iterator[Span]:
        """Every secret in the text."""
        if _LABEL_SIGNS.within(text):
            yield from _labelled(text)
            for match in _CODE_IS.finditer(text) if _CODE_SIGNS.within(text) else ():
                if _CODE_OF_A_THING.search(text, max(0, match.start() - 20), match.start()) is None:
                    yield Span(*match.span("value"), "SECRET")
            for match in _ASKED.finditer(text) if _ANSWER.search(text) else ():
                yield Span(*match.span("value"), "SECRET")
            for match in _NEARBY.finditer(text):
                yield Span(match.start("value"), match.end("value") - match["value"].endswith("."), "SECRET")
        if _LOCK_SIGNS.within(text):
            for match in _COMBINATION.finditer(text):
                yield Span(*match.span("value"), "SECRET")
            for match in _DIALLED.finditer(text) if _LOCKS.search(text) else ():
                yield Span(*match.span(), "SECRET")
            for match in _STRONG_LOCK.finditer(text):
                yield Span(*match.span("value"), "SECRET")
            for match in _SPACED.finditer(text):
                if _SPACED_CUE.search(text, max(0, match.start() - _CODE_REACH), match.start()):
                    yield Span(*match.span(), "SECRET")
            for match in _DIGITS.finditer(text):
                if _opens_a_lock(text, match.start()):
                    yield Span(*match.span(), "SECRET")
        if _PIN_SIGNS.within(text):
            for match in _PIN.finditer(text):
                yield Span(*match.span("value"), "SECRET")
        if _KEY_SIGNS.within(text):
            for match in _KEY.finditer(text):
                if _is_drawn_by_lot(match.group()) and _KEY_LABEL.search(
                    text, max(0, match.start() - 60), match.start()
                ):
                    yield Span(*match.span(), "SECRET")
        if _FORM_SIGNS.within(text):
            for match in _FORMS.finditer(text):
                yield Span(*match.span(), "SECRET")
        for match in _URL_PASSWORD.finditer(text):
            yield Span(match.start("user"), match.end("value"), "SECRET")


def _opens_a_lock(text: str, start: int) -> bool:
    first = max(0, start - _CODE_REACH)
    if _CODE.search(text, first, start) and _LOCKED.search(text, first, start):
        return True
    if text[start] == "#" and _AT_A_LOCK.search(text, max(0, start - _OPENED_REACH), start):
        return True
    return _OPENED.search(text, max(0, start - _OPENED_REACH), start) is not None


def _labelled(text: str) -> Iterator[Span]:
    for label in _LABELS.finditer(text):
        end = label.end()
        quoted = _QUOTED.match(text, end)
        if quoted is not None and _may_be_quoted(quoted["value"]):
            yield Span(*quoted.span("value"), "SECRET")
        signed = _SIGNED.match(text, end)
        if signed is not None:
            yield from _value(signed, _LIKE_SECRET)
            letters = signed["value"].rstrip(".!?")
            if _LETTERS_ONLY.match(letters) and not _is_a_word(letters.lower(), text):
                yield Span(signed.start("value"), signed.start("value") + len(letters), "SECRET")
            if label.group().lower().startswith(_OF_FOUR_DIGITS) and _FOUR_DIGITS.match(letters):
                yield Span(signed.start("value"), signed.start("value") + len(letters), "SECRET")
        for tail in (_BARE, _FILLED, *((_CHINESE_BARE,) if label.group() in _CHINESE_LABELS else ())):
            match = tail.match(text, end)
            if match is not None:
                yield from _value(match, _SURE)


def _may_be_quoted(value: str) -> bool:
    return not value.startswith(_NO_VALUE) and (_LIKE_SECRET.match(value) is not None or " " not in value)


def _value(match: re.Match[str], form: re.Pattern[str]) -> Iterator[Span]:
    value = match["value"].rstrip(".!?")
    if len(value) >= _SHORTEST and form.match(value) and not value.startswith(_NO_VALUE):
        # A ! or ? at the end may belong to the password.
        end = match.end("value") - (1 if match["value"].endswith(".") else 0)
        yield Span(match.start("value"), end, "SECRET")


def _is_a_word(lower: str, text: str) -> bool:
    language = language_of(text)
    return is_common(lower, language) or is_common(lower, "en") or given(lower, language) > 0


def _is_drawn_by_lot(word: str) -> bool:
    """Return whether letters of both cases and digits are mixed as in no name or number of a thing."""
    return (
        len(_DIGIT_RUN.findall(word)) >= _KEY_RUNS
        and any(letter.islower() for letter in word)
        and any(letter.isupper() for letter in word)
    )
