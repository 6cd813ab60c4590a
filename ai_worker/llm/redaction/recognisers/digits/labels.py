"""The words that give a number away, whatever its grouping and also where its check digit is mistyped."""

import re

from ai_worker.llm.redaction.recognisers.digits.digit_groups import Run

THING = "THING"
"""The kind of numbers that belong to things, as an ISBN does."""
_LENGTHS = {
    "PESEL": {11},
    "NIP": {10},
    "REGON": {9, 14},
    "INN": {10, 12},
    "SNILS": {11},
    "OGRN": {13, 15},
    "PASSPORT": {7, 8, 9, 10},
    "LICENCE": {10, 11, 13},
    "STEUERID": {10, 11, 13},
    "SVNR": {10, 12},
    "SSN": {9},
    "NHS": {10},
    "ID": {8, 9, 10, 11, 12, 13, 14, 15, 16, 18},
    "CARD": set(range(13, 20)),
    "ACCOUNT": set(range(8, 27)),
    "SORTCODE": {6, 8, 9},
    "PHONE": set(range(7, 16)),
    THING: set(),
}
_LABEL = re.compile(
    rf"(?P<{THING}>isbn|issn|ean|doi|gtin|sku|zamówie\w*|faktur\w*|order|orders|invoice|ticket|zgłosze\w*"
    rf"|sygnatur\w*|artyku[łl]\w*|artikel\w*|artikelnummer|bestell\w*|auftrag\w*|rechnung\w*|angebots\w*"
    rf"|vorgangs\w*"
    r"|oferty|katalog\w*|index|indeks|objednávk\w*|symbol|faktury|заказ\w*|артикул|штрихкод|штрих|заявк\w*"
    r"|фактура|замовлен\w*|барко\w*|szkod\w*|reference|ref|kundennummer|build|kompilacja|сборка|збірка"
    r"|серийн\w*|серійн\w*"
    r"|seryjn\w*|serial|imei|tracking|przesyłki|parcel|policy|police|case)"
    r"|(?P<PESEL>pesel.*)|(?P<NIP>nip|vat|dič)|(?P<REGON>regon.*)|(?P<INN>инн|inn|ипн|іпн|рнокпп)"
    r"|(?P<SNILS>снилс|snils)"
    r"|(?P<OGRN>огрн|огрнип)|(?P<PASSPORT>паспорт.*|загранпаспорт.*|passport.*|paszport.*|reisepass.*|pas"
    r"|pasu|občansk\w*|dowod\w*|dowód|dow|посвідчен\w*|картка)|(?P<STEUERID>steuer.*|idnr)"
    r"|(?P<LICENCE>jazdy|licen[cs]e|führerschein\w*|řidičsk\w*|удостоверение|водительск\w*)"
    r"|(?P<SVNR>svnr|sozialversicherung\w*|rentenversicherung\w*)|(?P<SSN>ssn|social|security)"
    r"|(?P<NHS>nhs)|(?P<ID>bsn|ič|ičo|ico|utr|taxpayer|rodné|rč|personnummer|egn|cnp|dni|nie|полис|омс"
    r"|pojištěn\w*)"
    r"|(?P<CARD>kart.?|kartą|cards?|карт.{0,3}|karte|kreditkarte)"
    r"|(?P<SORTCODE>sort|routing|blz)"
    r"|(?P<ACCOUNT>kont[oaue]|rach|rachun.*|nrb|сч[её]т.{0,2}|р/с|рахун.*|account|kontonummer|účt\w*)"
    r"|(?P<PHONE>tel|tell|telefon.*|telephone|phone|cell|mob|mobil.*|mobile|kom|komórk.*|fax|faks.*"
    r"|whatsapp.*|viber.*|тел|телефон.*|моб|мобильн.*|мобіл.*|handy.*|durchwahl|gsm|ph|dzwo[nń]\w*"
    r"|zadzwo[nń]\w*|call|ring|text|sms\w*"
    r"|reach|blik\w*|звон\w*|позвон\w*|набер\w*|дзвон\w*|zavol\w*|volej\w*|rückruf\w*|ruf\w*|сот|сотов.*"
    r"|факс.*|т|домашн.*|fon|festnetz.*|erreich.*|ватсап.*|вайбер.*|biuro|office|linka)"
)
_CHINESE = re.compile(
    rf"(?P<{THING}>订单号|货号|条形码|发票号码?|工单号|案号|编号)|(?P<ID>身份证号?码?|社保卡号?"
    rf"|居住证编号|证件号码?)|(?P<PASSPORT>护照号?码?|通行证)"
    rf"|(?P<CARD>银行卡号?|卡号|信用卡)|(?P<ACCOUNT>账户|账号|对公账户)"
    r"|(?P<PHONE>手机号?码?|电话|座机|联系方式|回电|支付宝账号|传真|请打|拨打|致电"
    r"|打(?=[^\u4e00-\u9fff]{0,12}\Z)|[Ww]hats[Aa]pp|转数快|FPS|联系)"
)
_SIX_DIGITS = (2, 2, 2)
"""The grouping of a local telephone number in a town of Russia or Ukraine; two groups of three are rather a
sum."""
_LOOK_BACK = 40
_DIGITS = re.compile(r"[0-9]")
_WORDS = re.compile(r"[^\W\d_]+")
_NEAREST = 3


def label_before(text: str, end: int) -> str | None:
    """The kind that one of the three words before the index names, the nearest first; digits between them
    end the search."""
    before = _DIGITS.split(text[max(0, end - _LOOK_BACK) : end])[-1]
    chinese = [label.lastgroup for label in _CHINESE.finditer(before)]
    if chinese:
        return chinese[-1]
    for word in _WORDS.findall(before)[: -_NEAREST - 1 : -1]:
        label = _LABEL.fullmatch(word.lower())
        if label is not None:
            return label.lastgroup
    return None


def fits_label(run: Run, kind: str) -> bool:
    """Return whether a number of that kind has that number of digits."""
    return len(run.digits) in _LENGTHS[kind] or (kind == "PHONE" and run.shape == _SIX_DIGITS)
