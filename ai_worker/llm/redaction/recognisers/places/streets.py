"""Forms of a street with a house number in each language, as regular expressions."""

import re

_CAPITAL = "A-ZÀ-ÖØ-ÞĀĂĄĆČĎĘĚŁĹĽŃŇÓŐŘŔŚŠŤŮŰŹŻŽА-ЯЁІЇЄҐ"
WORD = rf"(?:[{_CAPITAL}][\w'’-]{{0,2}}\.|[{_CAPITAL}][\w'’-]*)"
_NAME = (
    rf"(?:(?:реки|имени|им\.|імені|ім\.|im\.|gen\.|ks\.|św\.|dr\.?|prof\.)\s)?(?:{WORD}|[0-9]{{1,2}}"
    rf"(?:-?go|\.)?\s{WORD})(?:\s(?:{WORD}|i|de|la|von|der|den|dem|the|of|of\sthe)){{0,4}}"
)
_FLAT = (
    r"(?:[,\s]{1,2}(?:(?:m\.?|lok\.?|mieszk\w*|apt\.?|apartment|flat|unit|suite|#|кв\.?|квартира|стан"
    r"|оф\.?|офис|офіс"
    r"|корп\.?|к\.|корпус|под\.?|подъезд|під.?їзд|под.?їзд|гурт\.?|кім\.?|помешк\.?|общ\.|комн?\.?|эт\.?"
    r"|этаж|пов\.?|поверх|стр\.?|секция|секція"
    r"|byt(?:\sč\.)?|č\.|top|stiege"
    r"|bl\.|blok|block|бл\.|блок|aufgang|eingang|haus|wohnung|whg\.?|zimmer|vchod|schodiště|piętro|p\."
    r"|klatka|kl\.|floor|room|block)\s?"
    r"(?:[0-9]{1,4}[A-Za-zА-Яа-я]?|[A-Z](?:/[0-9]{1,4})?(?!\w))"
    r"|[0-9]{1,2}(?:\.|st|nd|rd|th|-й|-й)?\s?(?:OG|Obergeschoss|Stock|Etage|patro|patře|podlaží|floor"
    r"|piętro|p\.|эт\.?|этаж"
    r"|поверх)(?!\w)(?:\s(?:links|rechts|mitte))?"
    r"|(?:EG|DG|UG|VH|HH|SF|GH|Hinterhaus|Vorderhaus|Seitenflügel|Erdgeschoss|Dachgeschoss|suterén"
    r"|přízemí|parter"
    r"|ground\sfloor|top\sfloor"
    r"|basement|oficyna|цоколь)(?!\w)(?:\s(?:links|rechts))?))*"
)
_NUMBER = (
    rf"(?:№\s?)?[0-9]{{1,4}}(?:\s?[A-Da-dА-Га-г](?!\w))?(?:\s?[/\\-]\s?(?:[0-9]{{1,4}}[A-Da-d]?"
    rf"|[IVX]{{1,4}}|[А-ЯІЇЄҐа-яіїє])(?!\w))*(?!"
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
    "|Broadway|Circle|Cottages?|Villas?|Parade|Wynd|Vale|Croft|Fold|Yard|Green|Wharf|Chase|Mead|Heights"
    "|Cres|Trail|Loop|Pike|Turnpike|Esplanade|Circuit|Cct|Alley|Crossing|Cove|Ridge|Pde"
)
_ENGLISH = (
    rf"(?:(?:Flat|Apt|Apartment|Unit|Suite"
    rf"|Room|[Nn]umber|No)\.?\s?\w{{1,4}},?\s)?"
    rf"(?<![\w.,/-])[0-9]{{1,5}}[A-Za-z]?\s(?:(?:[NSEW]|North|South|East"
    rf"|West)\.?\s)?(?:(?:{WORD}|[0-9]{{1,3}}(?:st|nd|rd|th))\s){{1,3}}(?:{_EN_TYPES})\b\.?{_FLAT}"
    r"(?:,?\s(?:Apt|Flat|Unit|Suite|Apartment|#)\.?\s?\w{1,5})?"
    rf"|(?:Flat|Apt|Apartment|Unit|Suite|Room)\.?\s\w{{1,4}},?\s(?:{WORD}\s){{1,3}}"
    r"(?:House|Court|Building|Lodge|Mansions?|Towers?|Heights|Point|Apartments)\b"
    rf"|\b(?:(?!The|Supreme|High|Crown|County|Main|Wall){WORD}\s){{1,2}}(?:Street|Road|Lane|Court|Close"
    rf"|Crescent)\s[0-9]{{1,3}}[a-d]?(?!\w|[.:%/][0-9])"
)
_ON_A_LANE_TYPES = r"(?:Cottage|House|Farm|Farmhouse|Lodge|Barn|Grange|Rectory|Vicarage|Mill),\s"
_ON_A_LANE = rf"(?:{WORD}\s){{1,2}}{_ON_A_LANE_TYPES}(?:{WORD}\s){{1,2}}(?:{_EN_TYPES})\b"
_PLOT_TYPES = r"(?:No|House|Plot|Block)\.?\s?[0-9]"
_PLOT = (
    r"\b(?:H\.?\s?No|House(?:\sNo)?|Plot(?:\sNo)?|Flat\sNo|Door\sNo|D\.?\s?No|Block"
    r"|Quarter\sNo)\.?\s?[0-9][\w/-]{0,8},\s"
    rf"(?:(?:[0-9]{{1,2}}(?:st|nd|rd|th)\s)?(?:{WORD}|[0-9]{{1,2}}-?[A-Z]?(?![0-9]))"
    rf"(?:\s(?:{WORD}"
    rf"|[0-9]{{1,2}}(?:-[A-Z])?(?![0-9]))){{0,3}}(?:,\s)?){{1,4}}(?:[\s-]{{1,3}}(?:[0-9]{{6}}"
    rf"|0[0-9]{{3}}))?"
)
"""Plots and numbered houses of India and Africa."""
_CZECH = (
    rf"{WORD}(?:\s\w+)?\s(?:třída|třídě|ulice|ulici|náměstí|nábřeží|Náměstí|Nábřeží)\s{_NUMBER}|\b"
    rf"[Ss]ídliště\s(?:{_NAME}\s)?{_NUMBER}|\b(?:náměstí|nám\.|ul\.|ulice|tř\.|Náměstí"
    rf"|sídl\.)\s{_NAME}\s{_NUMBER}"
    rf"|{WORD}(?:\s{WORD})?,?\s(?:č\.\s?p\.|čp\.|č\.\s?ev\.|č\.\s?d\."
    rf"|č\.(?=\s[0-9]{{1,4}},\s[0-9]{{3}}\s[0-9]{{2}}\s))\s?{_NUMBER}"
)
_CZECH_BY_FORM = (
    rf"\b[{_CAPITAL}]\w+(?:ova|ská|cká)\s{_NUMBER}(?!\s(?:Kč|let|ks|hod|korun|m|km)\b)"
    rf"|\b[{_CAPITAL}]\w+(?:ého|ých|ní)\s(?:[0-9]{{1,4}}/[0-9]{{1,4}}[a-d]?(?!\w)"
    rf"|{_NUMBER}(?=,\s[{_CAPITAL}]))"
    rf"|\b(?:Na|U|K|Ke|Pod|Nad|V|Ve|Za|Před|Mezi"
    rf"|Při)\s{WORD}(?:\s\w+)?\s{_NUMBER}(?=,\s(?:[0-9]{{3}}\s[0-9]{{2}}\s)?[{_CAPITAL}])"
)
_ROMANCE_TYPES = (
    r"\b(?:Rua|Calle|Carrer|Via|Viale|Vicolo|Corso|Piazza|Piazzale|Plaza|Plaça|Praça|Avenida|Avda|Rue"
    r"|rue|Avenue|avenue|Boulevard"
    r"|boulevard|Bd|Quai|quai|place|impasse|allée|chemin|Strad|Ulica|ulica|Ulitsa|Bulevardul|Calea"
    r"|Straat|Laan|Utca|utca|út)\b"
    r"|\w(?:straat|laan|gracht|plein|gatan|vägen|gata|gade|vej|veien|katu|tie)\b"
)
_ROMANCE = (
    rf"\b(?:Rua|Calle|Carrer|Via|Viale|Vicolo|Corso|Piazza|Piazzale|Plaza|Plaça|Praça|Avenida|Avda\.|Rue"
    rf"|Avenue|Boulevard|Bd"
    rf"|Quai|Strada|Strad[ae]l?|Ulica|ulica|Ulitsa|Bulevardul|Calea|Straat|Laan"
    rf"|Utca)\s(?:\w+\s){{0,2}}{WORD}(?:\s{WORD})?,?\s{_NUMBER}"
    rf"|(?<![\w.,/-])[0-9]{{1,4}}(?:bis|ter)?,?\s(?:rue|avenue|boulevard|quai|place|impasse|allée"
    rf"|chemin)\s(?:\w+['’\s]){{0,3}}{WORD}"
    rf"|{WORD}(?:straat|laan|gracht|plein|gatan|vägen|gata|gade|vej|veien|katu|tie|utca|út)\s{_NUMBER}"
)
_SMALL_TYPES = r"[0-9][a-d]?\s[a-z'’]{3,14}\s[a-z]"
_SMALL_ENGLISH = (
    r"(?<![\w.,/-])(?:flat\s\w{1,4},?\s)?[0-9]{1,4}[a-d]?\s"
    r"(?!(?:of|to|in|on|at|the|a|an|from|by|for|and|or|down|up|off|per|minutes?|mins?|miles?|metres?"
    r"|hours?|cars?|houses?|way)\s)"
    r"(?:[a-z'’]{3,14}\s)(?:(?!(?:of|to|in|on|at|the|from|by|for|and|or|down|up|off)\s)[a-z'’]{2,14}\s)?"
    r"(?:street|road|lane|avenue|st|rd|ave|close|crescent|terrace|grove|mews|gardens|drive|court|row"
    r"|view|rise|walk)(?!\w)"
    r"(?:(?:,?\s[a-z]{3,14}){0,2},?\s[A-Za-z]{1,2}[0-9][A-Za-z0-9]?\s[0-9][A-Za-z]{2}(?!\w)|(?=[,.\n]|\Z"
    r"|\s(?:is|same|the|as|and|at|if|on|by)\s))"
)
SMALL = re.compile(
    r"(?<![\w.,-])(?P<street>[^\W\d_]{2,14}(?:\s[^\W\d_]{3,14})?)\s[0-9]{1,4}[a-d]?(?:/[0-9]{1,4})?,?\s(?P<town>[^\W\d_]{3,14})"
)
"""The same without capitals: a word or two, a number and a town."""
_GERMAN = (
    rf"\b(?!Radweg|Umweg|Hinweg|Rückweg|Parkplatz|Rohgraben|Supermarkt|Arbeitsmarkt"
    rf"|Arbeitsplatz)[{_CAPITAL}][\w-]*(?:straße|strasse|str\.|stra[sß]s?e|weg|platz|allee|gasse|ring|damm"
    rf"|ufer|markt|grund|graben|steig|halde|leiten|kamp|brink|anger|siedlung|lohe|hain|gässle|gässchen"
    rf"|twiete|chaussee|promenade|wall|pfad)\s{_NUMBER}"
    rf"|\b[{_CAPITAL}][\w-]*-(?:Straße|Strasse|Str\.|Weg|Platz|Allee|Gasse|Ring|Damm|Ufer|Chaussee"
    rf"|Markt)\s{_NUMBER}"
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
_PREPOSITION_TYPES = (
    r"(?:A[mn]|Im|Zu[mr]|Auf|In|Unter|Hinter)\s(?:de[rnm]\s)?[A-ZÄÖÜ][a-zäöüß]{3,}\s[0-9]"
    r"|Ortsteil|OT\s|Weiler|Ortschaft|Gemeindeteil"
)
_PREPOSITION = (
    rf"\b(?:Ortsteil|OT|Gemeindeteil|Weiler|Ortschaft)\s{WORD},?\s(?:Haus\s)?(?:Nr\.\s)?{_NUMBER}"
    rf"|\b(?:Am|Im|An\sder|Zum|Zur|Auf\sder|Auf\sdem|In\sder|In\sden|Unter\sden"
    rf"|Hinter\sder)\s(?!(?:Montag|Dienstag|Mittwoch"
    rf"|Donnerstag|Freitag|Samstag|Sonnabend|Sonntag|Januar|Jänner|Februar|März|April|Mai|Juni|Juli"
    rf"|August|September|Oktober"
    rf"|November|Dezember|Jahre?|Alter|Kapitel|Abschnitt|Absatz|Artikel|Teil|Band|Level|Zimmer|Raum"
    rf"|Gleis|Bus|Zug|Block"
    rf"|Semester|Quartal|Sommer|Winter|Herbst|Fall|Anhang|Heft|Ende|Nummer|Nr|Linie|Klasse|Runde|Tabelle"
    rf"|Abbildung|Version"
    rf"|Paragraph|Punkt|Spiel|Werk|Tor|Halle|Haus|Stock|Platz|Tag"
    rf"|Woche)\s)[{_CAPITAL}][a-zäöüß]{{3,}}\s[0-9]{{1,3}}[a-d]?"
    rf"(?=[,;)\n]|\.\s|\Z)"
)
_RU_TYPES = (
    r"(?:[Уу]л\.|[Уу]лиц\w{1,2}|[Пп]р-?т\.?|[Пп]р\.|[Пп]росп\.|[Пп]роспект\w{0,2}|[Пп]ер\.|[Пп]ереул\w+|"
    r"[Пп]л\.|[Пп]лощад\w+|[Шш]оссе|[Бб]-р|[Бб]ул\.|[Бб]ульв\w*|[Нн]аб\.|[Нн]абережн\w+|[Мм]кр\.?"
    r"|[Пп]роезд\w?|"
    r"[Вв]ул\.|[Вв]улиц\w+|[Пп]ров\.|[Тт]упик)"
)
_HOUSE = rf",?\s?(?:д\.|дом|буд\.|будинок|будинку|б\.|хата|вл\.)?\s?{_NUMBER}"
_CYRILLIC = (
    rf"{_RU_TYPES}\s?{_NAME}{_HOUSE}|{_RU_TYPES}\s{WORD}(?:\s[а-яіїєґё]{{3,14}}){{1,2}},{_HOUSE}"
    rf"|\b{WORD}(?:\s{WORD})?,\s(?:д\.|дом|буд\.)\s?{_NUMBER}|\b{WORD}(?:\s{WORD})?\s{_RU_TYPES}{_HOUSE}"
)
_UNIT = r"(?:号院|号楼|号之[0-9]{1,2}|号|栋|幢|楼|单元|室|层|院|座|门|户|房|铺|弄|巷|区|期|排|组|社|队|邻)"
_COUNT = r"(?:[0-9A-Za-z]{1,5}|[甲乙丙丁]?[0-9]{1,4}|[一二三四五六七八九十百]{1,4}|[东西南北中])"
_ESTATE = (
    r"(?:[\u4e00-\u9fff]{2,8}?(?:花园|小区|广场|大厦|大楼|公寓|家园|新村|社区|中心|国际|名苑|雅苑|苑|城"
    r"|园|里|庭|府|湾|轩|居|邨)"
    r"(?:[A-Za-z一二三四五六七八九十东西南北]{0,2}(?:区|期|座))?)?"
)
_CHINESE = (
    r"(?:(?:[^\W\d_住在家址是到为从寄往：改更]{2,5}(?:省"
    r"|自治区))?[^\W\d_住在家址是到为从寄往：改更省]{2,7}?(?:市|州|县|盟)"
    r"(?:[\u4e00-\u9fff]{1,5}?(?:区|县|镇|市|旗|乡))?(?:[\u4e00-\u9fff]{1,6}?(?:镇|乡|街道))?"
    r"|(?:(?<=[住在家址是到为从寄往：，:,\s])"
    r"|(?<![\u4e00-\u9fff]))[^\W\d_A-Za-z住在家址是到为从寄往：改更]{1,5}?区)"
    r"[\u4e00-\u9fff0-9]{1,14}?(?:路|街|大道|道|巷|弄|里|村|胡同|公路|园|院|坊|屯)(?:[东西南北中]?"
    r"[一二三四五六七八九十]{0,2}(?:段|环|区|期|条))?"
    rf"\s?(?:(?:[甲乙丙丁]字?)?[0-9一二三四五六七八九十百]{{1,5}}(?:-[0-9]{{1,4}})?(?:之[0-9]{{1,2}})?(?:号之[0-9]{{1,2}}|号院|号楼|号|弄|巷|院|组|社|队|栋|幢|座|排)?)"
    rf"{_ESTATE}(?:{_COUNT}{_UNIT}|[0-9]{{1,3}}-[0-9]{{2,4}}(?![0-9])|[0-9]{{3,4}}(?![0-9]))*"
    rf"|(?:(?![住在家址是到为从寄往改更于送给])[\u4e00-\u9fff]){{2,10}}(?:路|街"
    rf"|道)[0-9]{{1,4}}号(?:[\u4e00-\u9fff]{{1,6}}[楼城阁厦苑轩台邨院心])?(?:{_COUNT}{_UNIT}){{1,5}}"
    rf"|(?:(?![住在到寄往送给])[\u4e00-\u9fff]){{1,3}}[镇乡][\u4e00-\u9fff]{{1,4}}村(?:{_COUNT}{_UNIT}){{1,4}}"
    r"|(?:(?![住在到寄往送给])[\u4e00-\u9fff]){2,8}?(?:花园|小区|公寓|家园|新村|大厦|社区|名苑|雅苑|苑"
    r"|家属院|宿舍|胡同|巷|村|里)"
    rf"(?:(?:{_COUNT}{_UNIT}){{1,5}}(?:[0-9]{{3,4}}(?![0-9]))?"
    rf"|[0-9]{{1,3}}(?:-[0-9]{{1,4}}){{1,2}}(?![0-9-]))"
)
CHINESE_BEFORE = re.compile(r"(?<![0-9])[0-9]{3}(?:[0-9]{2,3})?\s?\Z")
"""A postcode before the town."""
CHINESE_MORE = re.compile(
    rf"(?:正?[中东西南北]?约|邻)?(?:[东西南北中]区|[后前]座|[左右][侧边]|{_COUNT}{_UNIT}"
    rf"|[\u4e00-\u9fff]{{2,6}}?(?:路|街|道|巷)(?=[0-9])"
    r"|[\u4e00-\u9fff]{1,6}?(?:阁|轩|苑|城|邨|厦|楼|台|居|园|小区)(?=[0-9A-Z]{1,4}(?:座|栋|幢|号|楼|室"
    r"|房|单元|-[0-9]|[0-9]{2}))"
    r"|[A-Z](?=[0-9]{3,4})|之[0-9]{1,3}号?|-?[0-9]{1,4}(?:-[0-9]{1,4}){0,2}(?![0-9%.:：元月日年点]))+"
)
"""The rest of an address, as far as it goes in numbers, units and names of buildings."""
PREFIX = re.compile(
    r"(?<![\w/])(?:[0-9]{1,2}/[0-9]{1,2},|[Nn]umber|[Nn]o\.?|Unit\s(?:above|below|behind)"
    r"|(?:Obere|Untere|Alte|Neue|Große|Kleine|Lange|Kurze|Hintere|Vordere|Innere|Äußere|Hohe|Breite"
    r"|Grüne)[rn]?)\s\Z"
)
"""The words of a street that stand before its name and number."""
STREETS: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = tuple(
    (re.compile(sign), re.compile("|".join(patterns)))
    for sign, patterns in (
        ("[A-Za-z]", (_POLISH, _POLISH_LOCATIVE, _ENGLISH, _GERMAN, _CZECH)),
        (_ON_A_LANE_TYPES, (_ON_A_LANE,)),
        (_PLOT_TYPES, (_PLOT,)),
        (_PREPOSITION_TYPES, (_PREPOSITION,)),
        (_SMALL_TYPES, (_SMALL_ENGLISH,)),
        ("[ěščřžýáíéůúňťď]", (_CZECH_BY_FORM,)),
        (_ROMANCE_TYPES, (_ROMANCE,)),
        ("[\u0400-\u04ff]", (_CYRILLIC,)),
        ("[\u4e00-\u9fff]", (_CHINESE,)),
    )
)
"""A street with its number, wherever it stands; before each the sign without which there is none."""

BARE = re.compile(
    rf"(?<![\w.])(?P<street>{WORD}(?:\s{WORD}"
    rf"|\s[a-zě-žа-яёіїєґ]{{3,12}})?)\s(?P<number>{_NUMBER})(?!\s?(?:[.,]"
    rf"[0-9]"
    rf"|[-–/x×]))"
)
"""A capitalised word or two and a number: a street where a town or a word such as `bytem` stands beside
it."""

POSTCODE = (
    r"(?:[0-9]{2}-[0-9]{3}|[0-9]{3}\s[0-9]{2}|[0-9]{5,7}(?:-[0-9]{4})?|[A-Z]{1,2}[0-9][A-Z0-9]?\s[0-9]"
    r"[A-Z]{2}|D-[0-9]{5}|A-[0-9]{4}|[0-9]{4})(?![0-9]|[\s-][0-9]{2})"
)
BRITISH = re.compile(
    r"(?<![\w-])(?:[A-Z]{1,2}[0-9][A-Z0-9]?\s[0-9][ABD-HJLNP-UW-Z]{2}"
    r"|[AC-FHKNPRTV-Y][0-9]{2}\s(?=[A-Z]?[0-9]|[A-Z]{2}[0-9])[AC-FHKNPRTV-Y][0-9AC-FHKNPRTV-Y]{3})(?![\w-])"
)
TOWN = (
    rf"(?:(?:г\.|м\.|с\.|д\.|гор\.|пос\.|смт|пгт|дер\.|х\.|п\.|р\.\s?п\.|ст\.|село|деревня|пос[её]лок"
    rf"|станица|город|місто|селище)\s?)?{WORD}(?:[\s-](?:{WORD}|nad|am|an\sder|upon|on"
    rf"|pod)){{0,3}}(?:\s[0-9]{{1,2}}(?![0-9/]))?"
)
