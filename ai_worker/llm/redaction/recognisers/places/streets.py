"""Forms of a street with a house number in each language, as regular expressions."""

import re

_CAPITAL = "A-ZÀ-ÖØ-ÞĀĂĄĆČĎĘĚŁĹĽŃŇÓŐŘŔŚŠŤŮŰŹŻŽА-ЯЁІЇЄҐ"
WORD = rf"(?:[{_CAPITAL}][\w'’-]{{0,2}}\.|[{_CAPITAL}][\w'’-]*)"
_NAME = (
    rf"(?:(?:реки|имени|им\.|імені|ім\.|im\.|gen\.|ks\.|św\.|dr\.?|prof\.)\s)?(?:{WORD}|[0-9]{{1,2}}"
    rf"(?:-?go|\.)?\s{WORD})(?:\s(?:{WORD}|i|de|la|von|der|den|dem|the|of|of\sthe)){{0,4}}"
)
_FLAT = (
    r"(?:[,\s]{1,2}(?:(?:m\.?|lok\.?|mieszk\w*|apt\.?|apartment|flat|unit|suite|#|кв\.?|квартира|оф\.?|офис|офіс"
    r"|корп\.?|к\.|корпус|под\.?|подъезд|под.?їзд|эт\.?|этаж|пов\.?|поверх|стр\.?|секция|секція|byt(?:\sč\.)?|č\.|top|stiege"
    r"|bl\.|blok|block|бл\.|блок|aufgang|eingang|haus|wohnung|whg\.?|zimmer|vchod|schodiště|piętro|p\.|klatka|kl\.|floor|room|block)\s?"
    r"(?:[0-9]{1,4}[A-Za-zА-Яа-я]?|[A-Z](?:/[0-9]{1,4})?(?!\w))"
    r"|[0-9]{1,2}(?:\.|st|nd|rd|th|-й|-й)?\s?(?:OG|Obergeschoss|Stock|Etage|patro|patře|podlaží|floor|piętro|p\.|эт\.?|этаж"
    r"|поверх)(?!\w)(?:\s(?:links|rechts|mitte))?"
    r"|(?:EG|DG|UG|Hinterhaus|Vorderhaus|Seitenflügel|Erdgeschoss|Dachgeschoss|suterén|přízemí|parter|ground\sfloor|top\sfloor"
    r"|basement|oficyna|цоколь)(?!\w)(?:\s(?:links|rechts))?))*"
)
_NUMBER = (
    rf"(?:№\s?)?[0-9]{{1,4}}(?:\s?[A-Da-dА-Га-г](?!\w))?(?:\s?[/\\-]\s?(?:[0-9]{{1,4}}[A-Da-d]?|[IVX]{{1,4}}|[А-ЯІЇЄҐ])(?!\w))*(?!"
    rf"[0-9:%°]|\.[0-9])(?!\s(?:zł|PLN|EUR|€|Kč|руб|грн|kg|km|cm|mm|MB|GB|m²)){_FLAT}"
)

_POLISH = (
    rf"\b(?:[Uu]l\.?|[Uu]lic\w{{1,3}}|[Aa]l\.|[Aa]lej\w{{1,3}}|[Pp]l\.|[Pp]lac\w{{0,4}}|[Oo]s\.|"
    rf"[Oo]siedl\w{{1,3}}|[Rr]ondo|[Rr]ynek)\s?{_NAME}\s(?:bl\.\s?|blok\s|nr\s)?{_NUMBER}"
)
_POLISH_LOCATIVE = (
    rf"(?:(?<=\bna\s)|(?<=\bprzy\s)|(?<=\bpod\s)|(?<=\bmieszka\s))[{_CAPITAL}]\w+(?:ej|ą|iej|skiego"
    rf"|ckiego)\s{_NUMBER}"
)
_EN_TYPES = (
    "Street|St|Road|Rd|Lane|Ln|Avenue|Ave|Boulevard|Blvd|Drive|Dr|Close|Way|Court|Ct|Place|Terrace"
    "|Square|Crescent|Gardens|Hill|View|Row|Mews|Grove|Walk|Parkway|Pkwy|Highway|Hwy|Quay|Wharf|Rise"
    "|Broadway|Circle|Cottages?|Villas?|Parade|Wynd|Vale|Croft|Fold|Yard|Green|Wharf|Chase|Mead|Rise|Heights"
)
_ENGLISH = (
    rf"(?:(?:Flat|Apt|Apartment|Unit|Suite"
    rf"|Room|[Nn]umber|No)\.?\s?\w{{1,4}},?\s)?(?<![\w.,/-])[0-9]{{1,5}}[A-Za-z]?\s(?:(?:[NSEW]|North|South|East"
    rf"|West)\.?\s)?(?:{WORD}\s){{1,3}}(?:{_EN_TYPES})\b\.?{_FLAT}"
    r"(?:,?\s(?:Apt|Flat|Unit|Suite|Apartment|#)\.?\s?\w{1,5})?"
    rf"|(?:Flat|Apt|Apartment|Unit|Suite|Room)\.?\s\w{{1,4}},?\s(?:{WORD}\s){{1,3}}"
    r"(?:House|Court|Building|Lodge|Mansions?|Towers?|Heights|Point|Apartments)\b"
    rf"|\b(?:(?!The|Supreme|High|Crown|County|Main|Wall){WORD}\s){{1,2}}(?:Street|Road|Lane|Court|Close|Crescent)\s[0-9]{{1,3}}[a-d]?(?![\w.:%/])"
)
_CZECH = (
    rf"{WORD}(?:\s\w+)?\s(?:třída|třídě|ulice|ulici|náměstí|nábřeží|Náměstí|Nábřeží)\s{_NUMBER}|\b"
    rf"[Ss]ídliště\s(?:{_NAME}\s)?{_NUMBER}|\b(?:náměstí|nám\.|ul\.|ulice|tř\.|Náměstí|sídl\.)\s{_NAME}\s{_NUMBER}"
    rf"|{WORD}(?:\s{WORD})?,?\s(?:č\.\s?p\.|čp\.|č\.\s?ev\.|č\.\s?d\.|č\.(?=\s[0-9]{{1,4}},\s[0-9]{{3}}\s[0-9]{{2}}\s))\s?{_NUMBER}"
)
_CZECH_BY_FORM = (
    rf"\b[{_CAPITAL}]\w+(?:ova|ská|cká)\s{_NUMBER}(?!\s(?:Kč|let|ks|hod|korun|m|km)\b)"
    rf"|\b[{_CAPITAL}]\w+(?:ého|ých|ní)\s(?:[0-9]{{1,4}}/[0-9]{{1,4}}[a-d]?(?!\w)|{_NUMBER}(?=,\s[{_CAPITAL}]))"
    rf"|\b(?:Na|U|K|Ke|Pod|Nad|V|Ve|Za|Před|Mezi|Při)\s{WORD}(?:\s\w+)?\s{_NUMBER}(?=,\s(?:[0-9]{{3}}\s[0-9]{{2}}\s)?[{_CAPITAL}])"
)
_ROMANCE_TYPES = (
    r"\b(?:Rua|Calle|Carrer|Via|Viale|Vicolo|Corso|Piazza|Piazzale|Plaza|Plaça|Praça|Avenida|Avda|Rue|rue|Avenue|avenue|Boulevard"
    r"|boulevard|Bd|Quai|quai|place|impasse|allée|chemin|Strad|Ulica|ulica|Ulitsa|Bulevardul|Calea|Straat|Laan|Utca|utca|út)\b"
    r"|\w(?:straat|laan|gracht|plein|gatan|vägen|gata|gade|vej|veien|katu|tie)\b"
)
_ROMANCE = (
    rf"\b(?:Rua|Calle|Carrer|Via|Viale|Vicolo|Corso|Piazza|Piazzale|Plaza|Plaça|Praça|Avenida|Avda\.|Rue|Avenue|Boulevard|Bd"
    rf"|Quai|Strada|Strad[ae]l?|Ulica|ulica|Ulitsa|Bulevardul|Calea|Straat|Laan|Utca)\s(?:\w+\s){{0,2}}{WORD}(?:\s{WORD})?,?\s{_NUMBER}"
    rf"|(?<![\w.,/-])[0-9]{{1,4}}(?:bis|ter)?,?\s(?:rue|avenue|boulevard|quai|place|impasse|allée|chemin)\s(?:\w+['’\s]){{0,3}}{WORD}"
    rf"|{WORD}(?:straat|laan|gracht|plein|gatan|vägen|gata|gade|vej|veien|katu|tie|utca|út)\s{_NUMBER}"
)
_SMALL_TYPES = r"[0-9][a-d]?\s[a-z'’]{3,14}\s[a-z]"
_SMALL_ENGLISH = (
    r"(?<![\w.,/-])(?:flat\s\w{1,4},?\s)?[0-9]{1,4}[a-d]?\s"
    r"(?!(?:of|to|in|on|at|the|a|an|from|by|for|and|or|down|up|off|per|minutes?|mins?|miles?|metres?|hours?|cars?|houses?|way)\s)"
    r"(?:[a-z'’]{3,14}\s)(?:(?!(?:of|to|in|on|at|the|from|by|for|and|or|down|up|off)\s)[a-z'’]{2,14}\s)?"
    r"(?:street|road|lane|avenue|st|rd|ave|close|crescent|terrace|grove|mews|gardens|drive|court|row|view|rise|walk)(?!\w)"
    r"(?:(?:,?\s[a-z]{3,14}){0,2},?\s[A-Za-z]{1,2}[0-9][A-Za-z0-9]?\s[0-9][A-Za-z]{2}(?!\w)|(?=[,.\n]|\Z|\s(?:is|same|the|as|and|at|if|on|by)\s))"
)
SMALL = re.compile(
    r"(?<![\w.,-])(?P<street>[^\W\d_]{2,14}(?:\s[^\W\d_]{3,14})?)\s[0-9]{1,4}[a-d]?(?:/[0-9]{1,4})?,?\s(?P<town>[^\W\d_]{3,14})"
)
"""The same without capitals: a word or two, a number and a town."""
_GERMAN = (
    rf"\b(?!Radweg|Umweg|Hinweg|Rückweg|Parkplatz|Rohgraben|Supermarkt|Arbeitsmarkt"
    rf"|Arbeitsplatz)[{_CAPITAL}][\w-]*(?:straße|strasse|str\.|stra[sß]s?e|weg|platz|allee|gasse|ring|damm"
    rf"|ufer|markt|grund|graben|steig|chaussee|promenade|wall|pfad)\s{_NUMBER}"
    rf"|\b[{_CAPITAL}][\w-]*-(?:Straße|Strasse|Str\.|Weg|Platz|Allee|Gasse|Ring|Damm|Ufer|Chaussee|Markt)\s{_NUMBER}"
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
_CYRILLIC = (
    rf"{_RU_TYPES}\s?{_NAME}{_HOUSE}|{_RU_TYPES}\s{WORD}(?:\s[а-яіїєґё]{{3,14}}){{1,2}},{_HOUSE}"
    rf"|\b{WORD}(?:\s{WORD})?,\s(?:д\.|дом|буд\.)\s?{_NUMBER}|\b{WORD}(?:\s{WORD})?\s{_RU_TYPES}{_HOUSE}"
)
_UNIT = r"(?:号院|号楼|号之[0-9]{1,2}|号|栋|幢|楼|单元|室|层|院|座|门|户|房|铺|弄|巷|区|期|排|组|社|队)"
_COUNT = r"(?:[0-9A-Za-z]{1,5}|[甲乙丙丁]?[0-9]{1,4}|[一二三四五六七八九十百]{1,4}|[东西南北中])"
_ESTATE = (
    r"(?:[\u4e00-\u9fff]{2,8}?(?:花园|小区|广场|大厦|大楼|公寓|家园|新村|社区|中心|国际|名苑|雅苑|苑|城|园|里|庭|府|湾|轩|居|邨)"
    r"(?:[A-Za-z一二三四五六七八九十东西南北]{0,2}(?:区|期|座))?)?"
)
_CHINESE = (
    r"(?:(?:[^\W\d_住在家址是到为从寄往：改更]{2,5}(?:省|自治区))?[^\W\d_住在家址是到为从寄往：改更省]{2,7}?(?:市|州|县|盟)"
    r"(?:[\u4e00-\u9fff]{1,5}?(?:区|县|镇|市|旗|乡))?(?:[\u4e00-\u9fff]{1,6}?(?:镇|乡|街道))?"
    r"|(?:(?<=[住在家址是到为从寄往：，:,\s])|(?<![\u4e00-\u9fff]))[^\W\d_A-Za-z住在家址是到为从寄往：改更]{1,5}?区)"
    r"[\u4e00-\u9fff0-9]{1,14}?(?:路|街|大道|道|巷|弄|里|村|胡同|公路|园|院|坊|屯)(?:[东西南北中]?"
    r"[一二三四五六七八九十]{0,2}(?:段|环|区|期|条))?"
    rf"\s?(?:(?:[甲乙丙丁]字?)?[0-9一二三四五六七八九十百]{{1,5}}(?:-[0-9]{{1,4}})?(?:之[0-9]{{1,2}})?(?:号之[0-9]{{1,2}}|号院|号楼|号|弄|巷|院|组|社|队|栋|幢|座|排)?)"
    rf"{_ESTATE}(?:{_COUNT}{_UNIT}|[0-9]{{1,3}}-[0-9]{{2,4}}(?![0-9])|[0-9]{{3,4}}(?![0-9]))*"
    rf"|(?:(?![住在家址是到为从寄往改更于送给])[\u4e00-\u9fff]){{2,10}}(?:路|街|道)[0-9]{{1,4}}号(?:[\u4e00-\u9fff]{{1,6}}[楼城阁厦苑轩台邨院心])?(?:{_COUNT}{_UNIT}){{1,5}}"
    rf"|(?:(?![住在到寄往送给])[\u4e00-\u9fff]){{1,3}}[镇乡][\u4e00-\u9fff]{{1,4}}村(?:{_COUNT}{_UNIT}){{1,4}}"
    r"|(?:(?![住在到寄往送给])[\u4e00-\u9fff]){2,8}?(?:花园|小区|公寓|家园|新村|大厦|社区|名苑|雅苑|苑|家属院|宿舍|胡同|巷|村|里)"
    rf"(?:{_COUNT}{_UNIT}){{1,5}}(?:[0-9]{{3,4}}(?![0-9]))?"
)
STREETS: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = tuple(
    (re.compile(sign), re.compile("|".join(patterns)))
    for sign, patterns in (
        ("[A-Za-z]", (_POLISH, _POLISH_LOCATIVE, _ENGLISH, _GERMAN, _CZECH)),
        (_SMALL_TYPES, (_SMALL_ENGLISH,)),
        ("[ěščřžýáíéůúňťď]", (_CZECH_BY_FORM,)),
        (_ROMANCE_TYPES, (_ROMANCE,)),
        ("[\u0400-\u04ff]", (_CYRILLIC,)),
        ("[\u4e00-\u9fff]", (_CHINESE,)),
    )
)
"""A street with its number, wherever it stands; before each the sign without which there is none."""

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
BRITISH = re.compile(
    r"(?<![\w-])(?:[A-Z]{1,2}[0-9][A-Z0-9]?\s[0-9][ABD-HJLNP-UW-Z]{2}|[AC-FHKNPRTV-Y][0-9]{2}\s(?=[A-Z]?[0-9]|[A-Z]{2}[0-9])[AC-FHKNPRTV-Y][0-9AC-FHKNPRTV-Y]{3})(?![\w-])"
)
TOWN = (
    rf"(?:(?:г\.|м\.|с\.|д\.|гор\.|пос\.|смт|пгт|дер\.|х\.)\s?)?{WORD}(?:[\s-](?:{WORD}|nad|am|an\sder|upon|on"
    rf"|pod)){{0,3}}(?:\s[0-9]{{1,2}}(?![0-9/]))?"
)
