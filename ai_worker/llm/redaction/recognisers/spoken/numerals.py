"""The words for numbers, days and months, as regular expressions; Latin and Cyrillic ones apart."""

_MONTHS_LATIN = (
    r"january|february|march|april|may|june|july|august|september|october|november|december"
    r"|januar|jänner|februar|märz|mai|juni|juli|oktober|dezember"
    r"|stycznia|lutego|marca|kwietnia|maja|czerwca|lipca|sierpnia|września|października|listopada|grudnia"
    r"|ledna|února|března|dubna|května|června|července|srpna|září|října|listopadu|prosince"
)
_MONTHS_CYRILLIC = (
    r"января|февраля|марта|апреля|мая|июня|июля|августа|сентября|октября|ноября|декабря"
    r"|січня|лютого|березня|квітня|травня|червня|липня|серпня|вересня|жовтня|листопада|грудня"
)
_GERMAN = (
    r"(?!und\b)(?:null|eins?|zwei|zwo|drei|vier|fünf|sechs?|sieb(?:en)?|acht|neun|zehn|elf|zwölf|zwanzig"
    r"|drei(?:ß|ss)ig"
    r"|hundert|tausend|zig|und)+"
)
CARDINALS_LATIN = (
    r"zero|oh|nought|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six"
    r"|seven|eigh|nine)teen"
    r"|(?:twen|thir|for|fif|six|seven|eigh|nine)ty|hundred|thousand|double|treble|triple|plus"
    r"|jeden|jedna|dwa|trzy|cztery|pięć|sześć|siedem|osiem|dziewięć|dziesięć|[a-zęśćóą]{3,9}naście"
    r"|dwadzieścia|trzydzieści"
    r"|czterdzieści|[a-zęś]{3,8}dziesiąt|sto|dwieście|trzysta|czterysta|(?:pię|sześ|siedem|osiem"
    r"|dziewię)[ćt]?set|tysi[ąę]c\w{0,2}"
    r"|nula|dva|dvě|tři|čtyři|pět|šest|sedm|osm|devět|deset|[a-zěáščť]{3,6}náct|dvacet|třicet|čtyřicet"
    r"|padesát|šedesát|sedmdesát"
    r"|osmdesát|devadesát|stě|sta|set|tisíc"
    rf"|{_GERMAN}"
)
CARDINALS_CYRILLIC = (
    r"плюс|ноль|нуль|один|одна|два|две|три|четыре|пять|шесть|семь|восемь|девять|десять|[а-я]{3,8}надцать"
    r"|двадцать|тридцать|сорок"
    r"|пятьдесят|шестьдесят|семьдесят|восемьдесят|девяносто|сто|двести|триста|четыреста|[а-я]{4,6}сот"
    r"|тысяч[аиу]?"
    r"|дві|чотири|п.ять|шість|сім|вісім|дев.ять|десять|[а-яії’']{3,9}надцять|двадцять|тридцять|п.ятдесят"
    r"|шістдесят|сімдесят"
    r"|вісімдесят|дев.яносто|двісті|чотириста|[а-яі’']{3,7}сот|тисяч[аіу]?"
)
_ORDINALS_LATIN = (
    r"first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|[a-z]{3,6}teenth"
    r"|(?:twen|thir)tieth"
    rf"|{_GERMAN}(?:ten?|ter|ste[nr]?)|ersten?|erster|dritten?|dritter|siebter?|siebten|achter?|achten"
    r"|pierwsz\w{1,3}|drugi\w{0,3}|trzeci\w{0,3}|czwart\w{1,3}|piąt\w{1,3}|szóst\w{1,3}|siódm\w{1,3}"
    r"|ósm\w{1,3}|dziewiąt\w{1,3}"
    r"|dziesiąt\w{1,3}|[a-zęść]{3,9}nast\w{1,3}|dwudziest\w{1,3}|trzydziest\w{1,3}"
    r"|[a-zęść]{4,9}dziesiąt\w{1,3}|czterdziest\w{1,3}"
    r"|prvního|druhého|třetího|čtvrtého|pátého|šestého|sedmého|osmého|osmý|devátého|desátého"
    r"|[a-zěáš]{3,8}náctého|dvacátého|třicátého"
    r"|první|druhý|třetí|čtvrtý|pátý|šestý|sedmý|devátý|desátý|[a-zěáš]{3,8}náctý"
)
_ORDINALS_CYRILLIC = (
    r"(?:перв|втор|четв[её]рт|пят|шест|седьм|восьм|девят|десят|[а-я]{3,8}надцат|двадцат|тридцат|сороков"
    r"|[а-я]{4,7}десят|девяност)"
    r"(?:ого|ое|ый|ой)|третьего|третье|двухтысячн\w+"
    r"|(?:перш|друг|четверт|п.ят|шост|сьом|восьм|дев.ят|десят|[а-яі’']{3,9}надцят|двадцят|тридцят"
    r"|сороков|[а-яі’']{4,8}десят)(?:ого|е|ий)"
    r"|третього|третє"
)
DATED_LATIN = rf"(?:{_ORDINALS_LATIN}|{_MONTHS_LATIN})"
DATED_CYRILLIC = rf"(?:{_ORDINALS_CYRILLIC}|{_MONTHS_CYRILLIC})"
