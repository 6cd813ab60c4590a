"""Words for numbers, days and months, in English, Polish, German, Russian and Ukrainian, and the units of
measure that are letters.
"""

# One word a number, a line a language: "may", "second", "jeden", "eins" and "один" are other words too, so
# they are left out.
_NUMBERS = """
_ two three four five six seven eight nine ten eleven twelve
_ dwa trzy cztery pięć sześć siedem osiem dziewięć dziesięć jedenaście dwanaście
_ zwei drei vier fünf sechs sieben acht neun zehn elf zwölf
_ два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать
_ дві три чотири п'ять шість сім вісім дев'ять десять одинадцять дванадцять
"""

_DAYS = """
monday tuesday wednesday thursday friday saturday sunday
poniedziałek wtorek środa czwartek piątek sobota niedziela
poniedziałku wtorku środy czwartku piątku soboty niedzieli
_ _ środę _ _ sobotę niedzielę
montag dienstag mittwoch donnerstag freitag samstag sonntag
понедельник вторник среда четверг пятница суббота воскресенье
понедельника вторника среды четверга пятницы субботы воскресенья
_ _ среду _ пятницу субботу _
понеділок вівторок середа четвер п'ятниця субота неділя
"""

_MONTHS = """
january february _ april _ june july august september october november december
styczeń luty marzec kwiecień maj czerwiec lipiec sierpień wrzesień październik listopad grudzień
stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia
styczniu lutym marcu kwietniu maju czerwcu lipcu sierpniu wrześniu październiku listopadzie grudniu
januar februar märz april mai juni juli august september oktober november dezember
январь февраль март апрель _ июнь июль август сентябрь октябрь ноябрь декабрь
января февраля марта апреля мая июня июля августа сентября октября ноября декабря
січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня
"""


def _numbered(lines: str, prefix: str) -> dict[str, str]:
    rows = [line.split() for line in lines.strip().splitlines()]
    return {word: f"{prefix}{number}" for row in rows for number, word in enumerate(row, 1) if word != "_"}


NUMBER_WORDS = _numbered(_NUMBERS, "")
DAYS_AND_MONTHS = {**_numbered(_DAYS, "d"), **_numbered(_MONTHS, "m")}
_UNITS = """
km m cm mm kg g mg t l ml ha km² m² cm² m³ h min s ms kW W V A Hz kHz MHz GHz kB MB GB TB
USD EUR GBP CHF PLN RUB UAH CZK zł gr mi ft lb lbs oz mph
"""

UNITS = frozenset(_UNITS.split())
