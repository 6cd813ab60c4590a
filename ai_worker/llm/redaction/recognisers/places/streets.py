"""Forms of a street with a house number in each language, as regular expressions."""

import re

_CAPITAL = "A-ZÀ-ÖØ-ÞĀĂĄĆČĎĘĚŁĹĽŃŇÓŐŘŔŚŠŤŮŰŹŻŽА-ЯЁІЇЄҐ"
WORD = rf"(?:[{_CAPITAL}][\w'’-]{{0,2}}\.|[{_CAPITAL}][\w'’-]*)"
_NAME = (
    rf"(?:(?:реки|имени|им\.|імені|ім\.|im\.|gen\.|ks\.|św\.|dr\.?|prof\.)\s)?(?:{WORD}|[0-9]{{1,2}}"
    rf"(?:-?go|\.)?\s{WORD})(?:\s(?:{WORD}|i|de|la|von|der|den|dem|the|of|of\sthe)){{0,4}}"
)
_FLAT = (
    r"(?:[,\s]{1,2}(?:m\.?|lok\.?|mieszk\w*|apt\.?|apartment|flat|unit|suite|#|кв\.?|квартира|оф\.?"
    r"|корп\.?|к\.|корпус|под\.?|подъезд|стр\.?|byt|č\.|top|stiege)\s?[0-9]{1,4}[A-Za-zА-Яа-я]?)*"
)
_NUMBER = (
    rf"(?:№\s?)?[0-9]{{1,4}}(?:\s?[A-Da-dА-Га-г](?!\w))?(?:\s?[/\\-]\s?[0-9]{{1,4}}[A-Da-d]?(?!\w))*(?!"
    rf"[0-9:%°]|\.[0-9])(?!\s(?:zł|PLN|EUR|€|Kč|руб|грн|kg|km|cm|mm|MB|GB|m²)){_FLAT}"
)

_POLISH = (
    rf"\b(?:[Uu]l\.?|[Uu]lic\w{{1,3}}|[Aa]l\.|[Aa]lej\w{{1,3}}|[Pp]l\.|[Pp]lac\w{{0,4}}|[Oo]s\.|"
    rf"[Oo]siedl\w{{1,3}}|[Rr]ondo|[Rr]ynek)\s?{_NAME}\s{_NUMBER}"
)
_POLISH_LOCATIVE = (
    rf"(?:(?<=\bna\s)|(?<=\bprzy\s)|(?<=\bpod\s)|(?<=\bmieszka\s))[{_CAPITAL}]\w+(?:ej|ą|iej|skiego"
    rf"|ckiego)\s{_NUMBER}"
)
_EN_TYPES = (
    "Street|St|Road|Rd|Lane|Ln|Avenue|Ave|Boulevard|Blvd|Drive|Dr|Close|Way|Court|Ct|Place|Terrace"
    "|Square|Crescent|Gardens|Hill|View|Row|Mews|Grove|Walk|Parkway|Pkwy|Highway|Hwy|Quay|Wharf|Rise"
    "|Broadway|Circle"
)
_ENGLISH = (
    rf"(?:(?:Flat|Apt|Apartment|Unit|Suite"
    rf"|Room)\.?\s?\w{{1,4}},?\s)?(?<![\w.,/-])[0-9]{{1,5}}[A-Za-z]?\s(?:(?:[NSEW]|North|South|East"
    rf"|West)\.?\s)?(?:{WORD}\s){{1,3}}(?:{_EN_TYPES})\b\.?{_FLAT}"
    r"(?:,?\s(?:Apt|Flat|Unit|Suite|Apartment|#)\.?\s?\w{1,5})?"
)
_CZECH = (
    rf"{WORD}(?:\s\w+)?\s(?:třída|třídě|ulice|ulici|náměstí|nábřeží|Náměstí|Nábřeží)\s{_NUMBER}|\b"
    rf"[Ss]ídliště\s{_NUMBER}|\b(?:náměstí|nám\.|ul\.|ulice|tř\.|Náměstí|sídl\.)\s{_NAME}\s{_NUMBER}"
)
_GERMAN = (
    rf"\b(?!Radweg|Umweg|Hinweg|Rückweg|Parkplatz|Rohgraben|Supermarkt|Arbeitsmarkt"
    rf"|Arbeitsplatz)[{_CAPITAL}][\w-]*(?:straße|strasse|str\.|stra[sß]s?e|weg|platz|allee|gasse|ring|damm"
    rf"|ufer|markt|grund|graben|steig|chaussee|promenade|wall|pfad)\s{_NUMBER}"
    rf"|\b(?!(?:Der|Die|Das|Den|Dem|Ein|Im|Am|Zum|Dieser|Diese)\s(?:Weg|Platz|Straße|Markt"
    rf"|Ring))(?:{WORD}\s){{1,2}}(?:Straße|Strasse|Str\.|Weg|Platz|Allee|Gasse|Ring|Damm|Ufer|Chaussee"
    rf"|Markt"
    rf"|Deich)\s{_NUMBER}"
    rf"|\b(?:Am|An\sder|An\sden|Im|In\sder|Auf\sdem|Zum|Zur|Unter\sden|Hinter\sdem)\s(?:{WORD}\s)?"
    rf"(?:Alten\s"
    rf"|Neuen\s)?[{_CAPITAL}]\w*(?:berg|hof|bach|feld|wald|deich|tor|markt|see|kirche|park|holz|garten"
    rf"|wiese"
    rf"|hang|brunnen)\s{_NUMBER}"
)
_RU_TYPES = (
    r"(?:[Уу]л\.|[Уу]лиц\w{1,2}|[Пп]р-?т\.?|[Пп]р\.|[Пп]росп\.|[Пп]роспект\w{0,2}|[Пп]ер\.|[Пп]ереул\w+|"
    r"[Пп]л\.|[Пп]лощад\w+|[Шш]оссе|[Бб]-р|[Бб]ульв\w*|[Нн]аб\.|[Нн]абережн\w+|[Мм]кр\.?|[Пп]роезд\w?|"
    r"[Вв]ул\.|[Вв]улиц\w+|[Пп]ров\.|[Тт]упик)"
)
_HOUSE = rf",?\s?(?:д\.|дом|буд\.|будинок|будинку)?\s?{_NUMBER}"
_CYRILLIC = rf"{_RU_TYPES}\s?{_NAME}{_HOUSE}|\b{WORD}(?:\s{WORD})?\s{_RU_TYPES}{_HOUSE}"
_CHINESE = (
    r"(?:[^\W\d_住在家址是到为从寄：]{2,3}(?:省|自治区))?[^\W\d_住在家址是到为从寄：改更]{2,3}(?:市|州"
    r"|县)(?:[\u4e00-\u9fff]{1,5}(?:区|县|镇"
    r"|市))?[\u4e00-\u9fff0-9]{1,14}?(?:路|街|道|巷|弄|里|村|胡同)(?:[东西南北中]?"
    r"[一二三四五六七八九十]{0,2}段)?"
    r"\s?[0-9一二三四五六七八九十]{1,5}(?:号|弄|院)?(?:[0-9A-Za-z一二三四五六七八九十]{0,4}(?:号院|号楼"
    r"|号|栋|幢|楼|单元|室|层|院|座)"
    r"|[0-9]{3,4}(?![0-9]))*"
)
STREETS = re.compile("|".join((_POLISH, _POLISH_LOCATIVE, _ENGLISH, _GERMAN, _CZECH, _CYRILLIC, _CHINESE)))
"""A street with its number, wherever it stands."""

BARE = re.compile(
    rf"(?<![\w.])(?P<street>{WORD}(?:\s{WORD}|\s[a-zě-ž]{{3,12}})?)\s(?P<number>{_NUMBER})(?!\s?(?:[.,]"
    rf"[0-9]"
    rf"|[-–/x×]))"
)
"""A capitalised word or two and a number: a street where a town or a word such as `bytem` stands beside
it."""

POSTCODE = (
    r"(?:[0-9]{2}-[0-9]{3}|[0-9]{3}\s[0-9]{2}|[0-9]{5,6}(?:-[0-9]{4})?|[A-Z]{1,2}[0-9][A-Z0-9]?\s[0-9]"
    r"[A-Z]{2}|D-[0-9]{5}|A-[0-9]{4}|[0-9]{4})(?![0-9]|[\s-][0-9]{2})"
)
BRITISH = re.compile(r"(?<![\w-])[A-Z]{1,2}[0-9][A-Z0-9]?\s[0-9][ABD-HJLNP-UW-Z]{2}(?![\w-])")
TOWN = (
    rf"(?:(?:г\.|м\.|с\.|гор\.|пос\.|смт)\s?)?{WORD}(?:[\s-](?:{WORD}|nad|am|an\sder|upon|on"
    rf"|pod)){{0,3}}(?:\s[0-9]{{1,2}}(?![0-9/]))?"
)
